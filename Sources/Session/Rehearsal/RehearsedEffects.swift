import AudioCore
import ProviderKit

/// Carries out what a rehearsed conversation decides: engines of constant speed, a client with a loudspeaker. Pure.
///
/// What falls on one moment happens in the order of its sources, whatever the order in which it was scheduled; what one source
/// reports stays in its own order. So parallel work that is answered in another order gives the same conversation.
struct RehearsedEffects: Effects {
    /// From the end of an utterance, or a pause in it, to its words.
    private static let recognition: Duration = .milliseconds(120)
    /// From a word to its interim transcript.
    private static let interim: Duration = .milliseconds(250)
    /// Between two words of a language model.
    private static let token: Duration = .milliseconds(20)
    /// From a text to the first sound of it.
    private static let synthesis: Duration = .milliseconds(80)
    /// A character takes so long to say.
    private static let perCharacter: Duration = .milliseconds(62)
    /// A synthesiser delivers so much audio at once, and works eight times as fast as it is played.
    private static let chunk: Duration = .milliseconds(400)

    fileprivate enum Happening {
        case engine(EngineReport)
        case client(SimulatedClient.Signal)
    }

    /// Who makes something happen.
    fileprivate struct Source: Comparable {
        /// The client first, then engines by what they are for.
        var rank: Int
        /// Of the utterance, the segment, the call and so on.
        var number = 0
        /// Which text of a response.
        var name = ""

        static func < (a: Source, b: Source) -> Bool { (a.rank, a.number, a.name) < (b.rank, b.number, b.name) }
    }

    /// An utterance that is being recognized.
    private struct Listening {
        var begin: Int
        var told = ""
    }

    var now: Duration = .zero
    private(set) var wake: Duration?
    private let sampleRate: Int
    private var client = SimulatedClient(
        .init(startDelay: .milliseconds(40), stopDelay: .zero, dropDelay: .milliseconds(20), progressInterval: nil))
    private var caller = RehearsedCaller(pushesToTalk: false)
    private var utterances: [UtteranceID: Listening] = [:]
    private var questions: [RehearsalQuestion] = []
    private var calls: [RehearsalCall] = []
    /// In the order of the times.
    private var agenda: [(at: Duration, source: Source, happening: Happening)] = []
    /// Texts that are wanted, and calls: what is taken back meanwhile is not answered.
    private var wanted: (texts: Set<Work>, calls: Set<CallID>) = ([], [])

    init(sampleRate: Int) { self.sampleRate = sampleRate }

    // MARK: - The agenda

    /// When something happens next.
    var next: Duration? { agenda.first?.at }

    /// What happens next; nil when it means nothing any more.
    mutating func take() -> Input? {
        switch agenda.removeFirst().happening {
        case .engine(let report): return .engine(report)
        case .client(let signal):
            let (said, following) = client.happened(signal, at: now)
            schedule(following)
            return said.map(Input.client)
        }
    }

    private mutating func schedule(_ happening: Happening, at: Duration) {
        let source = Source(happening)
        let index = agenda.firstIndex { $0.at > at || $0.at == at && $0.source > source } ?? agenda.count
        agenda.insert((at, source, happening), at: index)
    }

    private mutating func schedule(_ signals: [(at: Duration, signal: SimulatedClient.Signal)]) {
        for (at, signal) in signals { schedule(.client(signal), at: at) }
    }

    private mutating func report(_ report: EngineReport, after delay: Duration) {
        schedule(.engine(report), at: now + delay)
    }

    private mutating func drop(where isDropped: (EngineReport) -> Bool) {
        agenda.removeAll { if case .engine(let report) = $0.happening { isDropped(report) } else { false } }
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

    private mutating func perform(_ request: Request) {
        switch request {
        case .beginRecognition(let id, let position): utterances[id] = Listening(begin: position.samples)
        case .pauseRecognition(let id, let number):
            transcribe(id, isFinal: false, mark: .pause(number), after: Self.recognition)
        case .judgeEndOfTurn(let id, let pause, _):
            report(.endOfTurn(id, pause: pause, caller.isSilent ? 1 : 0), after: Self.recognition)
        case .endRecognition(let id):
            transcribe(id, isFinal: true, after: Self.recognition)
            report(.used(nil, [Self.used(.recognition)]), after: Self.recognition)
            utterances[id] = nil
        case .cancelRecognition(let id):
            utterances[id] = nil
            drop { $0.utterance == id }
        case .write(let work, let models, let request):
            wanted.texts.insert(work)
            questions.append(RehearsalQuestion(work: work, models: models, request: request))
        case .converse(let work, _, _, _):
            // No speech-to-speech model is played here.
            report(.textFailed(work, .unavailable), after: .zero)
        case .synthesize(let id, let speech, let response): synthesize(id, speech, response)
        case .cancelSpeech(let ids): drop { $0.segment.map(ids.contains) ?? false }
        case .cancelWriting(let response):
            wanted.texts = wanted.texts.filter { $0.response != response }
            questions.removeAll { $0.work.response == response }
            drop { $0.work?.response == response }
        case .call(let id, let invocation, let limit, .server):
            wanted.calls.insert(id)
            calls.append(RehearsalCall(id: id, invocation: invocation, limit: limit))
        case .call(let id, _, let limit, .client):
            // The client of a rehearsal has no tools.
            report(.toolDone(id, .failed(.timedOut, "The client did not answer.")), after: limit)
        case .cancelCall(let id):
            wanted.calls.remove(id)
            calls.removeAll { $0.id == id }
            drop { if case .toolDone(id, _) = $0 { true } else { false } }
        case .recall(let id, let recall): report(.recalled(id, recall.nothing), after: .zero)
        case .resumeRecognition, .listen, .relay, .truncate, .forget, .warm, .remember, .keep, .forgetCaller: break
        }
    }

    // MARK: - Hearing

    /// More of the caller's audio has come.
    mutating func heard(_ caller: RehearsedCaller) {
        self.caller = caller
        for id in utterances.keys.sorted() {
            guard let listening = utterances[id] else { continue }
            let words = caller.words(in: listening.begin..<caller.position)
            if words == listening.told { continue }
            utterances[id]?.told = words
            report(.transcript(id, Transcript(text: words, isFinal: false)), after: Self.interim)
        }
    }

    private mutating func transcribe(
        _ id: UtteranceID, isFinal: Bool, mark: Transcript.Mark? = nil, after delay: Duration
    ) {
        guard let listening = utterances[id] else { return }
        let words = caller.words(in: listening.begin..<max(caller.position, listening.begin))
        // What comes later would be older.
        drop { if case .transcript(id, let transcript) = $0 { !transcript.answersPause } else { false } }
        utterances[id]?.told = words
        report(.transcript(id, Transcript(text: words, isFinal: isFinal, mark: mark)), after: delay)
    }

    // MARK: - Writing

    mutating func takeQuestions() -> [RehearsalQuestion] {
        defer { questions = [] }
        return questions
    }

    /// Lets a language model write, and then call tools; nil: it fails.
    mutating func write(_ text: String?, calling calls: [ToolCall], for work: Work, after delay: Duration) {
        guard wanted.texts.remove(work) != nil else { return }
        guard let text else {
            report(.textFailed(work, .unavailable), after: delay)
            return
        }
        var time = delay
        for word in text.split(separator: " ", omittingEmptySubsequences: false) where !text.isEmpty {
            report(.text(work, time == delay ? String(word) : " " + word), after: time)
            time += Self.token
        }
        for call in calls { report(.toolCall(work, call), after: time) }
        report(.textDone(work), after: time)
        report(.used(work.response, [Self.used(.generation)]), after: time)
    }

    // MARK: - Tools

    mutating func takeCalls() -> [RehearsalCall] {
        defer { calls = [] }
        return calls
    }

    /// A call is over.
    mutating func finish(_ call: RehearsalCall, _ outcome: ToolOutcome, after delay: Duration) {
        guard wanted.calls.remove(call.id) != nil else { return }
        let isInTime = delay < call.limit
        report(
            .toolDone(call.id, isInTime ? outcome : .failed(.timedOut, "No result came in time.")),
            after: isInTime ? delay : call.limit)
    }

    // MARK: - Speaking

    private mutating func synthesize(_ id: SegmentID, _ speech: Speech, _ response: ResponseID?) {
        let perCharacter = Self.perCharacter.samples(at: sampleRate)
        let chunk = Self.chunk.samples(at: sampleRate)
        var (left, time) = (max(speech.text.count, 1) * perCharacter, Self.synthesis)
        report(.words(id, Self.words(of: speech.text)), after: time)
        while left > 0 {
            report(.audio(id, samples: min(left, chunk)), after: time)
            left -= chunk
            time += Self.chunk / 8
        }
        report(.audioDone(id), after: time)
        report(.used(response, [Self.used(.synthesis)]), after: time)
    }

    /// When each word of a text is spoken.
    private static func words(of text: String) -> [WordTiming] {
        var (timings, begin, offset) = ([WordTiming](), 0, 0)
        for character in text + " " {
            if character.isWhitespace {
                if offset > begin {
                    timings.append(
                        WordTiming(range: begin..<offset, start: perCharacter * begin, end: perCharacter * offset))
                }
                begin = offset + 1
            }
            offset += 1
        }
        return timings
    }

    private static func used(_ kind: ProviderReport.Kind) -> ProviderReport {
        ProviderReport(provider: "Rehearsal/\(kind.rawValue)", kind: kind, outcome: .completed)
    }
}

extension RehearsedEffects.Source {
    fileprivate init(_ happening: RehearsedEffects.Happening) {
        guard case .engine(let report) = happening else {
            self.init(rank: 0)
            return
        }
        switch report {
        case .transcript(let id, _), .recognitionFailed(let id, _), .endOfTurn(let id, _, _):
            self.init(rank: 1, number: id.number)
        case .recalled(let id, _): self.init(rank: 2, number: id.number)
        case .text(let work, _), .toolCall(let work, _), .textDone(let work), .textFailed(let work, _):
            self.init(rank: 3, number: work.response.number, name: work.part.name)
        case .toolDone(let id, _): self.init(rank: 4, number: id.number)
        case .audio(let id, _), .words(let id, _), .audioDone(let id), .audioFailed(let id, _):
            self.init(rank: 5, number: id.number)
        case .hangUp(let id): self.init(rank: 6, number: id.number)
        // What providers took is told behind what they did.
        case .used(let id, _): self.init(rank: 7, number: id?.number ?? 0)
        }
    }
}

extension Work.Part {
    /// Its own among the parts of a response.
    fileprivate var name: String {
        switch self {
        case .routing: "routing"
        case .screening: "screening"
        case .answer(let node): "answer \(node)"
        case .summary(let node): "summary \(node)"
        case .judgement(let node, let number): "judgement \(number) \(node)"
        case .reflection(let node): "reflection \(node)"
        case .study(let node): "study \(node)"
        }
    }
}
