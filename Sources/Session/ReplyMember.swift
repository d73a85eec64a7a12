import ProjectModel
import ProviderKit
import SpeechText

/// What one node of a reply has written, and what of it waits to be said.
struct ReplyMember: Sendable {
    enum Stage: Equatable, Sendable {
        /// Not started, or skipped. Exits: `writing`.
        case idle
        /// Its answer to the brief is being written. Exits: `summarizing`, `done`.
        case writing(Brief)
        /// Its spoken summary is being written. Exits: `done`.
        case summarizing
        /// Nothing more will come. Exits: `writing`, when a loop runs it again.
        case done
    }

    var speaker: Speaker
    var stage: Stage = .idle
    var text = ""
    var sentences: SentenceAggregator
    /// When the first piece of the text came that is being written; nil before.
    var firstToken: Duration?
    /// Characters of its answer and of its spoken summary so far: counting a long text with each token would add up.
    private var (answerLength, summaryLength) = (0, 0)
    /// What its model speaks itself, when it does; and whether that stands in the line yet.
    var own: (segment: SpeechSegment.ID, isQueued: Bool)?
    /// Its spoken summary so far.
    private(set) var summary = ""
    /// What waits for the floor.
    var waiting: [SpeechSegment] = []
    /// What the language model says of each condition on its answer.
    var judgements: [String] = []

    init(speaker: Speaker, stage: Stage = .idle) {
        self.speaker = speaker
        self.stage = stage
        sentences = Self.aggregator(for: speaker)
    }

    /// All sentences of a finished text.
    static func sentences(of text: String, for speaker: Speaker) -> [String] {
        var aggregator = aggregator(for: speaker)
        return aggregator.push(text) + (aggregator.finish().map { [$0] } ?? [])
    }

    private static func aggregator(for speaker: Speaker) -> SentenceAggregator {
        speaker.voice.map { SentenceAggregator(language: $0.language) } ?? SentenceAggregator()
    }

    /// More text. In place: a copy of a long answer with each token would add up.
    /// - Returns: whether something waits for the floor.
    mutating func receive(
        _ text: String, for part: Reply.Work.Part, now: Duration, numbered next: inout Int
    ) -> Bool {
        switch (part, stage) {
        case (.answer, .writing):
            let piece = write(text, now: now)
            if speaker.speaksAsItWrites { queue(sentences.push(piece), numbered: &next) }
        case (.summary, .summarizing):
            firstToken = firstToken ?? now
            let piece = String(text.prefix(Reply.longestSummary - summaryLength))
            summaryLength += piece.count
            summary += piece
            queue(sentences.push(piece), numbered: &next)
        case (.judgement(let index), _) where index < judgements.count:
            guard judgements[index].utf8.count < Reply.longestSummary else { return false }
            judgements[index] += text
            return false
        default: return false
        }
        return !waiting.isEmpty
    }

    /// More of its answer, as far as there is room.
    mutating func write(_ text: String, now: Duration) -> String {
        firstToken = firstToken ?? now
        let piece = String(text.prefix(Reply.longestAnswer - answerLength))
        answerLength += piece.count
        self.text += piece
        return piece
    }

    /// Whether more text of it will come.
    var isWriting: Bool {
        switch stage {
        case .writing, .summarizing: true
        case .idle, .done: false
        }
    }

    /// When its first piece should end with a clause, because the stream is slow; nil when that would change nothing.
    var clauseCut: Duration? {
        let isSpoken = stage == .summarizing || speaker.speaksAsItWrites
        guard isWriting, isSpoken, sentences.mayCutFirstClause else { return nil }
        return firstToken.map { $0 + Reply.clausePatience }
    }

    /// Puts sentences into the line, shown and spoken; those of a summary are spoken only.
    mutating func queue(_ sentences: [String], numbered next: inout Int) {
        for sentence in sentences {
            waiting.append(segment(&next, shown: speaker.speaksAsItWrites ? sentence : nil, spoken: sentence))
        }
    }

    /// Puts what it speaks itself into the line, or adds to it while it waits there.
    /// - Returns: whether it has the floor already, so that `words` have to follow it.
    @discardableResult
    mutating func queueOwn(_ words: String) -> Bool {
        guard let own, let voice = speaker.voice else { return false }
        if let index = waiting.firstIndex(where: { $0.id == own.segment }) {
            waiting[index].shown = (waiting[index].shown ?? "") + words
            waiting[index].speech?.text += words
            return false
        }
        if own.isQueued { return true }
        self.own?.isQueued = true
        waiting.append(
            SpeechSegment(
                id: own.segment, agent: speaker.agent, shown: words.isEmpty ? nil : words,
                speech: .init(text: words, voice: voice), isOwnVoice: true))
        return false
    }

    /// A comma for a clause that was cut off its sentence: the voice is to go on, not to end.
    private static func openEnd(_ written: String, _ text: String) -> String {
        guard let last = written.last(where: { !$0.isWhitespace }), let spoken = text.last else { return "" }
        return ",:;–—-，、；：".contains(last) && (spoken.isLetter || spoken.isNumber) ? "," : ""
    }

    /// One segment of this member; what cannot be spoken is only shown.
    func segment(_ next: inout Int, shown: String? = nil, spoken: String? = nil) -> SpeechSegment {
        defer { next += 1 }
        var speech: SpeechSegment.Speech?
        if let spoken, let voice = speaker.voice {
            let text = voice.normalizesText ? speakable(spoken, language: voice.language) : spoken
            if text.contains(where: { $0.isLetter || $0.isNumber }) {
                speech = .init(text: text + Self.openEnd(spoken, text), voice: voice)
            }
        }
        return SpeechSegment(id: next, agent: speaker.agent, shown: shown, speech: speech)
    }
}
