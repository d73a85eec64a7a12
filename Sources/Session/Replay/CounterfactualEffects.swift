import AudioCore
import ProviderKit

/// Carries out what a conversation decides with engines that answer from a recording and a simulated client, on virtual time.
struct CounterfactualEffects: Effects {
    private enum Happening {
        case reply(EngineReport, ConversationRun.Unknown.Kind?, isPartial: Bool)
        case client(SimulatedClient.Signal)
    }

    var now: Duration = .zero
    /// When the conversation wants to be woken.
    private(set) var wake: Duration?
    /// Replies that the recording does not hold, once they are used.
    private(set) var unknown: [ConversationRun.Unknown] = []
    private var library: AnswerLibrary
    private var client: SimulatedClient
    /// The silence that ends an utterance now.
    private let silence: Duration
    /// What will happen, the latest first.
    private var agenda: [(at: Duration, happening: Happening)] = []
    /// Utterances under way, and where they begin.
    private var utterances: [UtteranceID: AudioPosition] = [:]
    /// The end of the caller's audio.
    private var heard: AudioPosition = .start

    init(library: AnswerLibrary, client: SimulatedClient, silence: Duration) {
        self.library = library
        self.client = client
        self.silence = silence
    }

    // MARK: - The agenda

    /// When something happens next.
    var next: Duration? { agenda.last?.at }

    /// What happens next; nil when it means nothing any more.
    mutating func take() -> Input? {
        switch agenda.removeLast().happening {
        case .reply(let report, let kind, let isPartial):
            if let kind { unknown.append(.init(at: now, kind: kind, isPartial: isPartial)) }
            return .engine(report)
        case .client(let signal):
            let (said, following) = client.happened(signal, at: now)
            schedule(following)
            return said.map(Input.client)
        }
    }

    private mutating func schedule(_ happening: Happening, at: Duration) {
        var low = 0
        var high = agenda.count
        while low < high {
            let middle = (low + high) / 2
            // What was scheduled first at the same time happens first.
            if agenda[middle].at > at { low = middle + 1 } else { high = middle }
        }
        agenda.insert((at, happening), at: low)
    }

    private mutating func schedule(_ signals: [(at: Duration, signal: SimulatedClient.Signal)]) {
        for (at, signal) in signals { schedule(.client(signal), at: at) }
    }

    private mutating func reply(
        _ report: EngineReport, after delay: Duration, unknown: ConversationRun.Unknown.Kind? = nil,
        isPartial: Bool = false
    ) {
        schedule(.reply(report, unknown, isPartial: isPartial), at: now + delay)
    }

    private mutating func drop(where isDropped: (EngineReport) -> Bool) {
        agenda.removeAll { if case .reply(let report, _, _) = $0.happening { isDropped(report) } else { false } }
    }

    // MARK: - What is decided

    mutating func perform(_ output: Output) {
        switch output {
        case .tell(let event): schedule(client.told(event, at: now))
        case .play(let source, _, let range, let rate):
            schedule(client.received(.samples(range.count, at: rate), of: source.response, at: now))
        case .request(let request): perform(request)
        case .wake(let at): wake = at
        }
    }

    /// The caller's audio has come so far.
    mutating func heard(to position: AudioPosition) { heard = max(heard, position) }

    private mutating func perform(_ request: Request) {
        switch request {
        case .beginRecognition(let id, let position): begin(id, from: position)
        case .pauseRecognition(let id, let number): pause(id, number)
        case .resumeRecognition: break
        case .judgeEndOfTurn(let id, let pause, _):
            guard let known = library.judgement(at: heard) else { break }
            reply(.endOfTurn(id, pause: pause, known.probability), after: known.delay)
        case .endRecognition(let id): end(id)
        case .cancelRecognition(let id):
            utterances[id] = nil
            drop { $0.utterance == id }
        case .write(let work, let models, let request):
            let answer = library.writing(models, request)
            send(answer, of: .text, for: work.response) { $0.report(of: work) }
        case .converse(let work, let segment, let dialogue, let turn):
            let answer = library.conversing(agent: dialogue.agent, words: turn.words, rate: dialogue.opening.sampleRate)
            send(answer, of: .text, for: work.response) { $0.report(of: work, segment: segment) }
        case .synthesize(let id, let speech, let response):
            let answer = library.synthesis(speech)
            send(answer, of: .speech, for: response) { $0.report(of: id) }
        case .call(let id, let invocation, _, _):
            for piece in library.calling(invocation).pieces {
                if case .toolDone(let outcome) = piece.content { reply(.toolDone(id, outcome), after: piece.delay) }
            }
        case .cancelCall(let id): drop { if case .toolDone(id, _) = $0 { true } else { false } }
        case .cancelSpeech(let ids): drop { $0.segment.map(ids.contains) ?? false }
        case .cancelWriting(let response): drop { $0.work?.response == response }
        case .recall(let id, let recall): reply(.recalled(id, library.recalled(recall)), after: .zero)
        case .remember, .listen, .relay, .truncate, .forget, .warm, .keep, .forgetCaller: break
        }
    }

    /// Lets an engine answer.
    private mutating func send(
        _ answer: RecordedAnswer, of kind: ConversationRun.Unknown.Kind, for response: ResponseID?,
        as name: (RecordedAnswer.Content) -> EngineReport?
    ) {
        for (index, piece) in answer.pieces.enumerated() {
            guard let report = name(piece.content) else { continue }
            let isFirstUnknown = index == answer.known
            reply(
                report, after: piece.delay, unknown: isFirstUnknown ? kind : nil, isPartial: isFirstUnknown && index > 0
            )
        }
        if let used = answer.used { reply(.used(response, used.reports), after: used.delay) }
    }

    // MARK: - Recognition

    private mutating func begin(_ id: UtteranceID, from position: AudioPosition) {
        utterances[id] = position
        let span = position..<position.advanced(bySamples: RecognitionMemory.endless)
        for interim in library.interims(in: span, now: now) { schedule(interim, of: id) }
        if let failure = library.earlyFailure(from: position) {
            reply(.recognitionFailed(id, failure.code), after: failure.delay)
        }
    }

    private mutating func pause(_ id: UtteranceID, _ number: Int) {
        guard let start = utterances[id], let known = library.settled(from: start, pausedAt: heard) else { return }
        reply(.transcript(id, Transcript(text: known.text, isFinal: false, mark: .pause(number))), after: known.delay)
    }

    private mutating func schedule(_ interim: RecognitionMemory.Interim, of id: UtteranceID) {
        schedule(.reply(.transcript(id, interim.transcript), nil, isPartial: false), at: max(now, interim.at))
    }

    private mutating func end(_ id: UtteranceID) {
        guard let start = utterances.removeValue(forKey: id) else { return }
        let span = start..<max(heard, start)
        // Of what was expected, only what belongs to this utterance.
        drop { if case .transcript(id, let transcript) = $0 { !transcript.answersPause } else { false } }
        for interim in library.interims(in: span, now: now) where interim.at >= now { schedule(interim, of: id) }
        let understood = library.recognition(span, silence: silence)
        let isGuessed = understood.isUnknown || understood.isPartial
        switch understood.outcome {
        case .words(let words):
            reply(
                .transcript(id, Transcript(text: words, isFinal: true)), after: understood.delay,
                unknown: isGuessed ? .transcript : nil, isPartial: understood.isPartial)
        case .failed(let code): reply(.recognitionFailed(id, code), after: understood.delay)
        case .failedEarly: break
        }
        if let used = understood.used { reply(.used(nil, used.reports), after: used.delay) }
    }
}
