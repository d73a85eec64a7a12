import Agents
import ProjectModel
import ProviderKit
import SpeechText

/// What one node of a reply has written, and what of it waits to be said. Pure.
///
/// What a model sends passes a filter first: its thoughts, template tokens and the like are neither said nor kept.
struct ReplyMember: Sendable {
    enum Stage: Equatable, Sendable {
        /// Not started, or skipped. Exits: `calling`, `writing`.
        case idle
        /// It waits for what it has called before it says anything. Exits: `writing`, `done`.
        case calling(Brief)
        /// Its answer to the brief is being written. Exits: `summarizing`, `done`.
        case writing(Brief)
        /// Its spoken summary is being written. Exits: `done`.
        case summarizing
        /// Nothing more will come. Exits: `calling`, `writing`, when a loop runs it again.
        case done
    }

    /// How its answer is heard.
    private enum Sounding: Sendable {
        /// Synthesized, if it has a voice. Exits: `shownOnly`.
        case inItsVoice
        /// Not at all: another member follows.
        case shownOnly
        /// Its model speaks itself, as that segment; and whether that stands in the line yet.
        case itself(SegmentID, isQueued: Bool)
    }

    /// An answer is cut at this many characters: some 15 minutes of speech.
    static let longestAnswer = 16_000
    /// An answer up to this many characters is its own summary.
    static let shortAnswer = 160
    /// A summary is cut at this many characters, and so is what a condition is judged by.
    static let longestSummary = 4000
    /// A first sentence that takes longer than this to be written is cut at a clause. A model that is quicker loses prosody
    /// and gains next to nothing; one that writes 20 words a second is heard half a second sooner.
    static let clausePatience: Duration = .milliseconds(300)

    private(set) var speaker: Speaker
    /// Whose words these are; nil before it has begun.
    private(set) var source: Attribution?
    private(set) var stage: Stage = .idle
    private var filter: AnswerFilter
    private var answer = BoundedText(limit: longestAnswer)
    private var summaryText = BoundedText(limit: longestSummary)
    private var sentences: SentenceAggregator
    /// When the first piece of the text came that is being written; nil before.
    private var firstToken: Duration?
    private var sounding = Sounding.inItsVoice
    /// What waits for the floor.
    private var waiting: [Segment] = []
    /// What it has called.
    private(set) var tools = ToolRounds()
    /// What language models say of its answer.
    var reviews = Reviews()

    init(speaker: Speaker) {
        self.speaker = speaker
        filter = AnswerFilter(speaker: speaker.agent)
        sentences = Self.aggregator(for: speaker)
        reviews = Reviews(speaker.writer.reflection)
    }

    // MARK: - What there is

    /// What it has written.
    var text: String { answer.text }
    /// Whether the text was longer than its bound.
    var isCut: Bool { answer.isCut }
    /// Whether there is anything in its answer that can be said. What no model wrote may also be data, which is shown.
    var hasAnswered: Bool {
        if case .call = speaker.work { return answer.text.contains { $0.isLetter || $0.isNumber } }
        return isSayable(answer.text)
    }
    /// Whether something waits for the floor.
    var isReady: Bool { !waiting.isEmpty }
    /// The voice of its answer; nil: it is shown only.
    var voice: Voice? {
        if case .shownOnly = sounding { nil } else { speaker.voice }
    }
    /// The segment in its own voice.
    var ownSegment: SegmentID? {
        if case .itself(let segment, _) = sounding { segment } else { nil }
    }

    /// Whether more text of it will come.
    var isWriting: Bool {
        switch stage {
        case .calling, .writing, .summarizing: true
        case .idle, .done: false
        }
    }

    /// Whether it looks something up, which leaves nothing behind in the history but its answer.
    var isLookingUp: Bool {
        guard case .calling = stage, case .lookUp = speaker.work else { return false }
        return true
    }

    /// When its first piece should end with a clause, because the stream is slow; nil when that would change nothing.
    var clauseCut: Duration? {
        let isSpoken = stage == .summarizing || speaker.speaksAsItWrites
        guard isWriting, isSpoken, ownSegment == nil, sentences.mayCutFirstClause else { return nil }
        return firstToken.map { $0 + Self.clausePatience }
    }

    /// Whether what its model writes for it is an answer, or a draft of one.
    var isDrafting: Bool {
        guard case .writing = stage else { return false }
        return reviews.reflection?.isDrafting ?? true
    }

    /// What the model said of each condition.
    var verdicts: [String] { reviews.judgements.map(\.text) }

    // MARK: - What it does

    /// Begins to work on `brief`, from nothing.
    /// - Parameter own: the segment in which its model speaks itself.
    mutating func begin(_ brief: Brief, source: Attribution, own: SegmentID? = nil) {
        // What it has had invented for others is known.
        let inventions = reviews.inventions
        self = ReplyMember(speaker: speaker)
        reviews.inventions = inventions
        (self.source, stage) = (source, .writing(brief))
        sounding = own.map { .itself($0, isQueued: false) } ?? .inItsVoice
    }

    /// Begins to work on `brief` with calls, from nothing.
    mutating func beginCalling(_ brief: Brief, source: Attribution) {
        begin(brief, source: source)
        stage = .calling(brief)
    }

    /// What it has called has come, and that is its answer. No model wrote it, so it is not filtered.
    mutating func answer(with text: String, step: inout Step) {
        guard case .calling(let brief) = stage else { return }
        (stage, firstToken) = (.writing(brief), step.now)
        _ = add([.text(text)], step: &step)
    }

    /// Its answer is this, and it says nothing.
    mutating func collect(_ text: String) {
        _ = answer.append(text)
        stage = .done
    }

    /// The caller has answered its question: that is its answer, for whoever follows. It was asked and heard already.
    mutating func takeCallersAnswer(_ text: String) {
        settle(text)
        source = nil
    }

    /// Its answer is this, whatever it looks like: no model wrote it.
    mutating func write(ours text: String) { _ = answer.append(text) }

    /// It is asked that, as far as it has not begun.
    mutating func ask(_ words: String?) {
        if speaker.words != words { speaker.words = words }
    }

    /// More of its answer.
    /// - Returns: the part of it that is an answer, and whether all that was written before it was none.
    mutating func write(_ raw: String, step: inout Step) -> (piece: String, isRetracted: Bool) {
        firstToken = firstToken ?? step.now
        return add(filter.read(raw), step: &step)
    }

    private mutating func add(_ events: [AnswerFilter.Event], step: inout Step) -> (String, Bool) {
        var (added, isRetracted) = ("", false)
        for event in events {
            switch event {
            case .text(let text):
                let piece = answer.append(text)
                added += piece
                if ownSegment == nil, speaker.speaksAsItWrites { queue(sentences.push(piece), step: &step) }
                if speaker.delivery == .shownAsWritten, !piece.isEmpty {
                    waiting.append(segment(step: &step, shown: piece))
                }
            case .retracted:
                // All of it was a thought.
                (answer, sentences) = (BoundedText(limit: Self.longestAnswer), Self.aggregator(for: speaker))
                (added, isRetracted) = ("", true)
                if ownSegment == nil { waiting = [] }
            }
        }
        return (added, isRetracted)
    }

    /// Its model wants a tool called.
    mutating func want(_ called: Step.Called) { tools.want(called) }

    /// Its model has written all that it writes before it is told results.
    mutating func endRound() -> ToolRounds.Next {
        tools.written(String(answer.text.dropFirst(tools.start)))
    }

    /// A call of it is over.
    mutating func receive(_ result: CallResult, for id: CallID) -> ToolRounds.Next { tools.receive(result, for: id) }

    /// What it said before it called is spoken while it waits.
    mutating func endSentence(step: inout Step) {
        guard ownSegment == nil, speaker.speaksAsItWrites else { return }
        queue(sentences.finish().map { [$0] } ?? [], step: &step)
        sentences = Self.aggregator(for: speaker)
    }

    /// Its model goes on with results. What it writes now is set apart from what it has said.
    mutating func goOn() {
        filter = AnswerFilter(speaker: speaker.agent)
        if !answer.text.isEmpty {
            let gap = answer.append(" ")
            if ownSegment == nil, speaker.speaksAsItWrites { _ = sentences.push(gap) }
        }
        tools.start = answer.text.count
    }

    /// More of its spoken summary.
    mutating func summarize(_ raw: String, step: inout Step) {
        firstToken = firstToken ?? step.now
        queue(sentences.push(summaryText.append(filter.push(raw))), step: &step)
    }

    /// Its model writes another draft.
    mutating func beginDraft() {
        (filter, answer) = (AnswerFilter(speaker: speaker.agent), BoundedText(limit: Self.longestAnswer))
        (sentences, firstToken) = (Self.aggregator(for: speaker), nil)
        tools.beginDraft()
    }

    /// Its answer is that draft, or that union of drafts.
    mutating func settle(_ text: String) {
        if text == answer.text { return }
        answer = BoundedText(limit: Self.longestAnswer)
        _ = answer.append(text)
    }

    /// No more of its text will come: what the filter held back belongs to it.
    /// - Returns: as `write` does.
    mutating func finishText(step: inout Step) -> (piece: String, isRetracted: Bool) {
        switch stage {
        case .writing: return add(filter.end(), step: &step)
        case .summarizing: queue(sentences.push(summaryText.append(filter.finish())), step: &step)
        case .idle, .calling, .done: break
        }
        return ("", false)
    }

    /// Its answer is shown only.
    mutating func hush() { sounding = .shownOnly }

    /// Its whole text is shown, and a summary of it will be spoken.
    mutating func beginSummary(step: inout Step) {
        waiting.append(segment(step: &step, shown: text))
        (stage, firstToken, filter) = (.summarizing, nil, AnswerFilter(speaker: speaker.agent))
    }

    /// Its whole text is shown and spoken.
    mutating func showAndSpeak(step: inout Step) {
        waiting.append(segment(step: &step, shown: text))
        queueWhole(step: &step)
    }

    /// Its whole answer is spoken.
    mutating func queueWhole(step: inout Step) {
        var aggregator = Self.aggregator(for: speaker)
        queue(aggregator.push(text) + (aggregator.finish().map { [$0] } ?? []), step: &step)
    }

    /// Nothing more will be said: flushes the last sentence and marks the end.
    mutating func close(step: inout Step) {
        if voice == nil {
            if speaker.delivery != .shownAsWritten { waiting = text.isEmpty ? [] : [segment(step: &step, shown: text)] }
        } else {
            queueOwn("")
            queue(sentences.finish().map { [$0] } ?? [], step: &step)
        }
        var end = segment(step: &step)
        end.closes = text
        waiting.append(end)
        stage = .done
    }

    /// Nothing was said and nothing will be.
    mutating func giveUp() {
        (waiting, answer) = ([], BoundedText(limit: Self.longestAnswer))
        stage = .done
    }

    /// What it still writes is not said.
    mutating func silence() { waiting = [] }

    /// Its answer is complete, and for other members only.
    mutating func keepToItself() { (waiting, stage) = ([], .done) }

    /// Lets the first piece of a slow text end with a clause.
    mutating func cutClause(step: inout Step) {
        if let piece = sentences.cutFirstClause() { queue([piece], step: &step) }
    }

    /// Takes what waits for the floor.
    mutating func takeWaiting() -> [Segment] {
        defer { waiting = [] }
        return waiting
    }

    /// Puts what it speaks itself into the line, or adds to it while it waits there.
    /// - Returns: whether it has the floor already, so that `words` have to follow it.
    @discardableResult
    mutating func queueOwn(_ words: String) -> Bool {
        guard case .itself(let own, let isQueued) = sounding, let source, let voice = speaker.voice else {
            return false
        }
        if let index = waiting.firstIndex(where: { $0.id == own }) {
            waiting[index].shown = (waiting[index].shown ?? "") + words
            waiting[index].speech?.text += words
            return false
        }
        if isQueued { return true }
        sounding = .itself(own, isQueued: true)
        waiting.append(
            Segment(
                id: own, source: source, kind: .ownVoice, shown: words.isEmpty ? nil : words,
                speech: Speech(text: words, voice: voice)))
        return false
    }

    // MARK: -

    private static func aggregator(for speaker: Speaker) -> SentenceAggregator {
        speaker.voice.map { SentenceAggregator(language: $0.language) } ?? SentenceAggregator()
    }

    /// Puts sentences into the line, shown and spoken; those of a summary are spoken only.
    private mutating func queue(_ sentences: [String], step: inout Step) {
        for sentence in sentences {
            waiting.append(
                segment(step: &step, shown: speaker.speaksAsItWrites ? sentence : nil, spoken: sentence))
        }
    }

    /// One segment; what cannot be spoken is only shown.
    private func segment(step: inout Step, shown: String? = nil, spoken: String? = nil) -> Segment {
        let source = source ?? Attribution(response: ResponseID(0), item: ItemID(0), agent: speaker.agent)
        var segment = Segment(id: step.identifiers.segment(), source: source, shown: shown)
        if let spoken, let voice = speaker.voice {
            let text = voice.spoken(spoken, step.project.forms)
            if isSayable(text) { segment.speech = Speech(text: text + Self.openEnd(spoken, text), voice: voice) }
        }
        return segment
    }

    /// A comma for a clause that was cut off its sentence: the voice is to go on, not to end.
    private static func openEnd(_ written: String, _ text: String) -> String {
        guard let last = written.last(where: { !$0.isWhitespace }), let spoken = text.last else { return "" }
        return ",:;–—-，、；：".contains(last) && (spoken.isLetter || spoken.isNumber) ? "," : ""
    }
}
