import AudioCore
import ProjectModel
import ProviderKit
import TurnTaking

/// What was understood of the caller's audio in a recording, by the span of it.
struct RecognitionMemory: Sendable {
    /// Words so far, at the time at which the same audio is there.
    struct Interim: Equatable, Sendable {
        var at: Duration
        var transcript: Transcript
    }

    /// What a span of audio is understood as.
    struct Answer: Equatable, Sendable {
        enum Outcome: Equatable, Sendable {
            case words(String)
            case failed(ProviderError.Code)
            /// It had failed before the caller stopped.
            case failedEarly
        }

        var outcome: Outcome
        /// From the end of the utterance.
        var delay: Duration
        /// Nothing of it was understood in the recording.
        var isUnknown = false
        /// It is a part of an utterance; which of the words belong to it is estimated by its length.
        var isPartial = false
        var used: RecordedAnswer.Used?
    }

    /// No utterance takes longer.
    private static let longest = Ear.longestUtterance + .seconds(10)

    /// Longer than any recording, in samples.
    static let endless = 1 << 50

    private struct Utterance {
        var id: UtteranceID
        var from: AudioPosition
        var begun: Duration
        var end: (position: AudioPosition, at: Duration)?
        /// Where the utterance was given up.
        var cancelled: AudioPosition?
        var interims: [(at: Duration, transcript: Transcript)] = []
        var words: (at: Duration, text: String)?
        var failure: (at: Duration, code: ProviderError.Code)?
        /// What was asked at pauses, where in the audio, and what came of it.
        var pauses: [(number: Int, place: AudioPosition, at: Duration, answer: (at: Duration, text: String)?)] = []
        var used: (at: Duration, reports: [ProviderReport])?
        /// How many of its words were given out already.
        var taken = 0

        /// Whether the caller has not gone on after the last pause.
        var isPausing = false

        /// Where the final words did not come, what was answered at the last pause stands for them.
        mutating func settle() {
            guard words == nil, failure == nil, isPausing, let answer = pauses.last?.answer else { return }
            words = answer
        }

        var span: Range<AudioPosition>? { end.map { from..<max($0.position, from) } }
    }

    private var utterances: [Utterance] = []
    /// What a judge found, where in the audio it was asked, and how long it took.
    private var judgements: [(place: AudioPosition, delay: Duration, probability: Double)] = []
    /// The silence that ended an utterance then.
    private let silence: Duration
    private let usualDelay: Duration
    private let recordingEnd: Duration

    /// What was understood in `run`.
    init(_ run: ConversationRun) {
        silence = run.settings.project.audio.endpointing.longestSilence
        recordingEnd = run.end
        var (utterances, heard): ([Utterance], AudioPosition) = ([], .start)
        var judged: [UtteranceID: (pause: Int, place: AudioPosition, at: Duration)] = [:]
        for step in run.steps {
            if case .audio(let audio) = step.input { heard = audio.end }
            if case .engine(let report) = step.input { Self.learn(report, at: step.at, &utterances) }
            if case .engine(.endOfTurn(let id, let pause, let probability)) = step.input, let asked = judged[id],
                asked.pause == pause
            {
                judgements.append((asked.place, step.at - asked.at, probability))
            }
            for case .request(let request) in step.outputs {
                switch request {
                case .beginRecognition(let id, let from):
                    utterances.append(Utterance(id: id, from: from, begun: step.at))
                case .pauseRecognition(let id, let number):
                    guard let index = utterances.lastIndex(where: { $0.id == id }) else { continue }
                    utterances[index].pauses.append((number, heard, step.at, nil))
                    utterances[index].isPausing = true
                case .resumeRecognition(let id):
                    guard let index = utterances.lastIndex(where: { $0.id == id }) else { continue }
                    utterances[index].isPausing = false
                case .judgeEndOfTurn(let id, let pause, _): judged[id] = (pause, heard, step.at)
                case .endRecognition(let id):
                    guard let index = utterances.lastIndex(where: { $0.id == id }) else { continue }
                    utterances[index].end = (heard, step.at)
                case .cancelRecognition(let id):
                    guard let index = utterances.lastIndex(where: { $0.id == id }) else { continue }
                    utterances[index].cancelled = heard
                default: break
                }
            }
        }
        for index in utterances.indices { utterances[index].settle() }
        self.utterances = utterances
        let delays = utterances.compactMap { utterance -> Duration? in
            guard let end = utterance.end, let words = utterance.words else { return nil }
            return max(words.at - end.at, .zero)
        }
        usualDelay = AnswerLibrary.usual(delays) ?? .milliseconds(300)
    }

    private static func learn(_ report: EngineReport, at now: Duration, _ utterances: inout [Utterance]) {
        if case .used(nil, let reports) = report, reports.first?.kind == .recognition {
            let index = utterances.firstIndex { $0.used == nil && ($0.words != nil || $0.failure != nil) }
            if let index { utterances[index].used = (now, reports) }
            return
        }
        switch report {
        case .transcript(let id, let transcript):
            guard let index = utterances.lastIndex(where: { $0.id == id }) else { return }
            if transcript.isFinal {
                utterances[index].words = (now, transcript.text)
            } else if case .pause(let number) = transcript.mark {
                guard let pause = utterances[index].pauses.firstIndex(where: { $0.number == number }) else { return }
                utterances[index].pauses[pause].answer = (now, transcript.text)
            } else {
                utterances[index].interims.append((now, transcript))
            }
        case .recognitionFailed(let id, let code):
            guard let index = utterances.lastIndex(where: { $0.id == id }) else { return }
            utterances[index].failure = (now, code)
        default: break
        }
    }

    // MARK: - Answers

    /// What is understood while that span of the caller's audio goes on, from now on. What was understood before comes at
    /// once.
    func interims(in span: Range<AudioPosition>, now: Duration) -> [Interim] {
        var before = ""
        var result: [Interim] = []
        for utterance in utterances {
            let end = utterance.end?.position ?? utterance.cancelled ?? utterance.from.advanced(bySamples: Self.endless)
            let known = utterance.from..<max(end, utterance.from)
            guard overlap(known, span) > 0, 2 * overlap(known, span) >= length(known) else { continue }
            for (at, said) in utterance.interims where at < now + Self.longest {
                result.append(
                    Interim(at: at, transcript: Transcript(text: before + said.text, isFinal: false, mark: said.mark)))
            }
            if let words = utterance.words, !words.text.isEmpty { before += words.text + " " }
        }
        let past = result.last { $0.at < now }
        return (past.map { [$0] } ?? []) + result.filter { $0.at >= now }
    }

    /// What is answered at a pause there, of what was said from `start` on; nil when that was not asked, or came too late.
    func settled(from start: AudioPosition, pausedAt place: AudioPosition) -> (text: String, delay: Duration)? {
        for utterance in utterances where utterance.from == start {
            guard let pause = utterance.pauses.first(where: { $0.place == place }), let answer = pause.answer else {
                continue
            }
            return (answer.text, answer.at - pause.at)
        }
        return nil
    }

    /// What a judge finds at that place, and how long it takes; nil when it was not asked there.
    func judgement(at place: AudioPosition) -> (probability: Double, delay: Duration)? {
        judgements.first { $0.place == place }.map { ($0.probability, $0.delay) }
    }

    /// How the recognition failed that began there, if it did while the caller spoke.
    func earlyFailure(from position: AudioPosition) -> (code: ProviderError.Code, delay: Duration)? {
        let utterance = utterances.first { $0.from == position }
        guard let utterance, let failure = utterance.failure, failure.at < utterance.end?.at ?? .seconds(1 << 40)
        else { return nil }
        return (failure.code, failure.at - utterance.begun)
    }

    /// What is understood of `span`: the words of the utterances of which it holds at least half. Of an utterance that it is
    /// a part of, it has its share of the words.
    mutating func answer(_ span: Range<AudioPosition>, silence: Duration) -> Answer {
        let whole = utterances.indices.filter { index in
            guard let known = utterances[index].span else { return false }
            return known == span || (overlap(known, span) > 0 && 2 * overlap(known, span) >= length(known))
        }
        let exact = whole.first { utterances[$0].span == span } ?? (whole.count == 1 ? whole.first : nil)
        if let exact, let answer = same(exact, from: span.lowerBound) { return answer }
        var words: [String] = []
        var answer = Answer(outcome: .words(""), delay: usualDelay)
        for index in whole {
            guard let final = utterances[index].words, let end = utterances[index].end else { continue }
            let text = Self.words(final.text).dropFirst(utterances[index].taken).joined(separator: " ")
            answer.isPartial = answer.isPartial || utterances[index].taken > 0
            utterances[index].taken = .max
            if !text.isEmpty { words.append(text) }
            answer.delay = max(final.at - end.at, .zero)
        }
        let isKnown = whole.contains { utterances[$0].words != nil }
        if !isKnown { return part(of: span, silence: silence) ?? unknown(whole) }
        answer.outcome = .words(words.joined(separator: " "))
        return answer
    }

    /// The answer as it was recorded, of one utterance.
    private mutating func same(_ index: Int, from start: AudioPosition) -> Answer? {
        let utterance = utterances[index]
        guard let end = utterance.end, utterance.taken == 0 else { return nil }
        var answer: Answer
        if let failure = utterance.failure {
            // One that began elsewhere has not been told of it.
            let isTold = failure.at < end.at && utterance.from == start
            answer = Answer(
                outcome: isTold ? .failedEarly : .failed(failure.code), delay: max(failure.at - end.at, .zero))
        } else if let words = utterance.words {
            answer = Answer(outcome: .words(words.text), delay: max(words.at - end.at, .zero))
        } else {
            return nil
        }
        utterances[index].taken = .max
        answer.used = used(utterance, end: end.at)
        return answer
    }

    private func used(_ utterance: Utterance, end: Duration) -> RecordedAnswer.Used? {
        utterance.used.map { .init(delay: max($0.at - end, .zero), reports: $0.reports) }
    }

    /// Nothing was understood. Where the recording ended while words were awaited, they come only after that.
    private func unknown(_ awaited: [Int]) -> Answer {
        let waited =
            awaited.compactMap { utterances[$0].end.map { recordingEnd - $0.at + .milliseconds(1) } }.max() ?? .zero
        return Answer(outcome: .words(AnswerLibrary.unknownWords), delay: max(usualDelay, waited), isUnknown: true)
    }

    /// A part of one recorded utterance.
    private mutating func part(of span: Range<AudioPosition>, silence: Duration) -> Answer? {
        let found = utterances.indices.first { index in
            guard let known = utterances[index].span, utterances[index].words != nil else { return false }
            return 2 * overlap(known, span) >= length(span)
        }
        guard let found, let known = utterances[found].span, let final = utterances[found].words,
            let end = utterances[found].end
        else { return nil }
        let words = Self.words(final.text)
        let speech = max(length(known) - self.silence.samples(at: AudioPosition.sampleRate), 1)
        let said = span.upperBound.samples(since: known.lowerBound) - silence.samples(at: AudioPosition.sampleRate)
        let count = min(max((words.count * said + speech / 2) / speech, 0), words.count)
        let taken = min(utterances[found].taken, words.count)
        let share = words[taken..<max(count, taken)].joined(separator: " ")
        utterances[found].taken = max(count, taken)
        return Answer(outcome: .words(share), delay: max(final.at - end.at, .zero), isPartial: true)
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
    private func length(_ span: Range<AudioPosition>) -> Int { span.upperBound.samples(since: span.lowerBound) }
    private func overlap(_ a: Range<AudioPosition>, _ b: Range<AudioPosition>) -> Int {
        max(min(a.upperBound, b.upperBound).samples(since: max(a.lowerBound, b.lowerBound)), 0)
    }
}
