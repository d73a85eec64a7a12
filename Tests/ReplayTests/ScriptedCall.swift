import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import TurnTaking

@testable import Session

/// Makes recordings: a conversation on virtual time with scripted engines, a caller and a client with a loudspeaker.
struct ScriptedCall {
    /// How engines and client behave.
    struct Script {
        /// What the caller says in each utterance, by number from 1; nothing beyond.
        var utterances: [String] = []
        var answers: [String: String] = [:]
        var transcriptionDelay: Duration = .milliseconds(131)
        /// From a pause to its words; nil: they are not settled early.
        var pauseDelay: Duration?
        /// What a judge finds at every pause, and how long it takes; nil: nothing.
        var judgement: (probability: Double, delay: Duration)?
        /// From the beginning of an utterance; nil: no interim words.
        var interimDelay: Duration?
        var tokenDelay: Duration = .milliseconds(23)
        var synthesisDelay: Duration = .milliseconds(67)
        /// nil: the client tells nothing of its loudspeaker.
        var startDelay: Duration? = .milliseconds(41)
    }

    var project: Project
    var script = Script()
    var knowsPauses = true
    private var acts: [(at: Duration, input: Input)] = []
    private var streamed = 0

    init(_ project: Project = ScriptedCall.advisor()) { self.project = project }

    // MARK: - The caller

    mutating func hear(_ track: [Float]) {
        for probability in track {
            for half in 1...2 {
                let end = AudioPosition(samples: streamed + half * 256)
                let audio = HeardAudio(end: end, probabilities: half == 2 ? [probability] : [])
                acts.append((end - .start, .audio(audio)))
            }
            streamed += 512
        }
    }

    mutating func speak(_ seconds: Double, probability: Float = 0.95) {
        hear(Array(repeating: probability, count: Int(seconds / 0.032)))
    }

    mutating func stayQuiet(_ seconds: Double) { speak(seconds, probability: 0.02) }

    mutating func act(_ signal: ClientSignal, at: Duration) { acts.append((at, .client(signal))) }

    // MARK: - The recording

    /// What the journal of the conversation holds.
    func record() -> RecordedConversation {
        let description = SessionDescription(
            id: ConversationID("conv_recorded00001"), project: project.name, version: 0, agents: [],
            vad: project.audio.vad, fallbacks: [], sampleRate: 16000)
        let header = JournalHeader(
            parley: "0.1.0", began: "2026-01-01T00:00:00Z", description: description, project: project, projectHash: "",
            lead: .milliseconds(400), knowsPauses: knowsPauses)
        let core = ConversationCore(
            CompiledProject(project), .init(description: description, knowsPauses: knowsPauses))
        let book = Book()
        var loop = ConversationLoop(core, ScriptedEngines(script)) { input, at, _ in
            book.entries.append(JournalEntry(at: Int64(at / .nanoseconds(1)), input: input, digest: nil))
        }
        loop.handle(.opened)
        // What was put in first at one time happens first.
        var rest = acts.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)[
            ...]
        let end = (rest.last?.at ?? .zero) + .seconds(1)
        while true {
            let next = [rest.first?.at, loop.effects.agenda.first?.at].compactMap(\.self).min()
            if let wake = loop.effects.wake, wake <= end, next.map({ wake < $0 }) ?? true {
                loop.withEffects { $0.now = max($0.now, wake) }
                loop.handle(.time)
                continue
            }
            guard let next, next <= end else { break }
            loop.withEffects { $0.now = max($0.now, next) }
            if let act = rest.first, act.at == next {
                rest.removeFirst()
                loop.handle(act.input)
            } else if let input = loop.withEffects({ $0.take() }) {
                loop.handle(input)
            }
        }
        return RecordedConversation(header, book.entries)
    }

    private final class Book { var entries: [JournalEntry] = [] }

    // MARK: - Projects

    static func voice(_ name: String) -> SpeechConfiguration {
        var speech = SpeechConfiguration()
        speech.voices = [name]
        return speech
    }

    /// Two agents, one after the other, and a closing summary.
    static func advisor() -> Project {
        var project = single()
        project.orchestrator.agentNames = ["Advisor"]
        project.agents.append(
            Agent(name: "Currency", description: "Plans for currencies.", speech: voice("en-CA-LiamNeural")))
        project.superAgents = [
            SuperAgent(
                name: "Advisor", goal: "Advise.",
                graph: FlowGraph(nodes: [.init(name: "Stock", edges: [.init(to: "Currency")]), .init(name: "Currency")]
                ),
                speech: voice("en-US-JennyNeural"), closesWithSummary: true)
        ]
        return project
    }

    /// One agent.
    static func single(threshold: Int = 15) -> Project {
        var vad = VADConfiguration()
        (vad.threshold, vad.windowSize) = (threshold, max(threshold, 24))
        (vad.lockout, vad.gracePeriod, vad.minimumAudio) = (.milliseconds(500), .seconds(1), .seconds(1))
        var audio = AudioConfiguration()
        audio.vad = vad
        return Project(
            name: "advisor",
            orchestrator: Orchestrator(agentNames: ["Stock"], speech: voice("en-AU-WilliamNeural")),
            agents: [Agent(name: "Stock", description: "Plans for stocks.")], audio: audio)
    }
}

/// Engines and a client that keep to a script.
struct ScriptedEngines: Effects {
    enum Happening {
        case input(Input)
        case starts(run: Int)
        case playedOut(piece: Int)
    }

    var now: Duration = .zero
    private(set) var wake: Duration?
    private(set) var agenda: [(at: Duration, happening: Happening)] = []
    private let script: ScriptedCall.Script
    private var playedOut: Duration = .zero
    private var isPlaying = false
    private var pieces = 0
    private var runs = 0

    init(_ script: ScriptedCall.Script) { self.script = script }

    mutating func take() -> Input? {
        switch agenda.removeFirst().happening {
        case .input(let input): return input
        case .starts(let run): return isPlaying && run == runs ? .client(.playbackStarted) : nil
        case .playedOut(let piece):
            guard piece == pieces, isPlaying else { return nil }
            isPlaying = false
            return .client(.playbackStopped)
        }
    }

    private mutating func schedule(_ happening: Happening, at: Duration) {
        let index = agenda.firstIndex { $0.at > at } ?? agenda.count
        agenda.insert((at, happening), at: index)
    }

    private mutating func engine(_ report: EngineReport, after delay: Duration) {
        schedule(.input(.engine(report)), at: now + delay)
    }

    private mutating func drop(where isDropped: (EngineReport) -> Bool) {
        agenda.removeAll { if case .input(.engine(let report)) = $0.happening { isDropped(report) } else { false } }
    }

    mutating func perform(_ output: Output) {
        switch output {
        case .tell(.paused), .tell(.interrupted), .tell(.responseDone(_, .cancelled)):
            (isPlaying, playedOut) = (false, now)
        case .tell: break
        case .play(_, _, let range, let rate): play(.samples(range.count, at: rate))
        case .wake(let at): wake = at
        case .request(let request): perform(request)
        }
    }

    private mutating func play(_ length: Duration) {
        let start = isPlaying ? now : now + (script.startDelay ?? .zero)
        playedOut = max(playedOut, start) + length
        pieces += 1
        guard script.startDelay != nil else { return }
        if !isPlaying {
            runs += 1
            schedule(.starts(run: runs), at: start)
        }
        isPlaying = true
        schedule(.playedOut(piece: pieces), at: playedOut)
    }

    private mutating func perform(_ request: Request) {
        switch request {
        case .beginRecognition(let id, _):
            guard let delay = script.interimDelay, !words(of: id).isEmpty else { break }
            engine(.transcript(id, Transcript(text: words(of: id), isFinal: false)), after: delay)
        case .endRecognition(let id):
            engine(.transcript(id, Transcript(text: words(of: id), isFinal: true)), after: script.transcriptionDelay)
            used(nil, .recognition, after: script.transcriptionDelay)
        case .pauseRecognition(let id, let number):
            guard let delay = script.pauseDelay else { break }
            engine(.transcript(id, Transcript(text: words(of: id), isFinal: false, mark: .pause(number))), after: delay)
        case .judgeEndOfTurn(let id, let pause, _):
            if let (probability, delay) = script.judgement {
                engine(.endOfTurn(id, pause: pause, probability), after: delay)
            }
        case .cancelRecognition(let id): drop { $0.utterance == id }
        case .write(let work, _, let request): write(work, request.brief)
        case .synthesize(let id, let speech, let response): synthesize(id, speech, response)
        case .cancelSpeech(let ids): drop { $0.segment.map(ids.contains) ?? false }
        case .cancelWriting(let response): drop { $0.work?.response == response }
        case .resumeRecognition, .converse, .listen, .relay, .truncate, .forget, .keep, .forgetCaller, .recall,
            .remember, .call, .cancelCall,
            .warm:
            break
        }
    }

    private func words(of id: UtteranceID) -> String {
        script.utterances.indices.contains(id.number - 1) ? script.utterances[id.number - 1] : ""
    }

    private mutating func write(_ work: Work, _ brief: Brief) {
        var delay: Duration = .zero
        let text =
            script.answers[brief.agentName]
            ?? "I am \(brief.agentName). You said \(brief.callerWords). This is my plan. "
        for word in text.split(separator: " ") {
            delay += script.tokenDelay
            engine(.text(work, word + " "), after: delay)
        }
        engine(.textDone(work), after: delay)
        used(work.response, .generation, after: delay)
    }

    private mutating func synthesize(_ id: SegmentID, _ speech: Speech, _ response: ResponseID?) {
        var delay = script.synthesisDelay
        var left = speech.text.count * 1040
        while left > 0 {
            engine(.audio(id, samples: min(left, 4000)), after: delay)
            left -= 4000
            delay += .milliseconds(11)
        }
        engine(.audioDone(id), after: delay)
        used(response, .synthesis, after: delay)
    }

    private mutating func used(_ response: ResponseID?, _ kind: ProviderReport.Kind, after delay: Duration) {
        engine(
            .used(response, [ProviderReport(provider: "Test/\(kind.rawValue)", kind: kind, outcome: .completed)]),
            after: delay)
    }
}
