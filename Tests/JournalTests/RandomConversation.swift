import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import TestSupport
import TurnTaking

@testable import Session

/// A caller who speaks, types and presses buttons at random, and engines that answer at random and sometimes fail.
struct RandomConversation {
    private(set) var records: [JournalRecord] = []
    private var random: Seeded
    private let project: Project

    init(seed: Int) {
        random = Seeded(seed)
        project = RandomProject.make(&random)
    }

    /// Goes on for some seconds.
    mutating func run(windows: Int = 240) {
        let description = SessionDescription(
            id: ConversationID("conv_0123456789ab"), project: project.name, version: 0, agents: [],
            vad: project.audio.vad, fallbacks: [], sampleRate: project.sampleRate)
        let identity = ConversationCore.Identity(
            description: description, lead: .milliseconds(Int.random(in: 0...1000, using: &random)),
            knowsPauses: Bool.random(using: &random), announcement: project.announcement,
            clock: WallClock(began: 1_795_890_240, offset: 3600, zone: "Europe/Berlin"))
        let header = JournalHeader(
            parley: "0", began: "2026-11-28T00:00:00.000Z", description: description, project: project,
            projectHash: "", lead: identity.lead, knowsPauses: identity.knowsPauses, clock: identity.clock)
        let notes = Notes([.begin(header)])
        var loop = ConversationLoop(
            ConversationCore(CompiledProject(project), identity), RandomEngines(Seeded(random.next())),
            observe: { notes.take(.step($0, at: $1, $2)) })
        loop.handle(.opened)
        var caller = RandomCaller(track: random.track(windows: windows))
        while let audio = caller.next(&random) {
            // Whatever is due before this piece of audio has come.
            while let due = loop.effects.next, due.at <= caller.now {
                loop.withEffects { $0.now = max($0.now, due.at) }
                loop.handle(loop.withEffects { $0.take(due.place) })
            }
            loop.withEffects { $0.now = max($0.now, caller.now) }
            loop.handle(audio)
        }
        records = notes.records
    }
}

/// What a conversation's recorder is given.
private final class Notes {
    private(set) var records: [JournalRecord]

    init(_ records: [JournalRecord]) { self.records = records }

    func take(_ record: JournalRecord) { records.append(record) }
}

private struct RandomCaller {
    var track: [Float]
    private(set) var now: Duration = .zero
    private var taken = 0

    init(track: [Float]) { self.track = track }

    /// The next that the caller does; nil at the end.
    mutating func next(_ random: inout Seeded) -> Input? {
        if Int.random(in: 0..<24, using: &random) == 0 { return .client(Self.signal(&random)) }
        guard taken < track.count else { return nil }
        let count = min(Int.random(in: 0...4, using: &random), track.count - taken)
        // Networks are late now and then, and no clock ticks in whole nanoseconds.
        let isLate = Int.random(in: 0..<40, using: &random) == 0
        now += .samples(512 * count, at: 16_000) + (isLate ? .milliseconds(900) : .seconds(1) / 3000)
        defer { taken += count }
        return .audio(
            HeardAudio(
                end: AudioPosition(samples: 512 * (taken + count)), probabilities: Array(track[taken..<taken + count])))
    }

    private static func signal(_ random: inout Seeded) -> ClientSignal {
        let bad = BadInput(code: "malformed_json", message: "a message is no JSON")
        switch Int.random(in: 0..<16, using: &random) {
        case 0...2: return .text(["What is new?", "Und \"jetzt\" ☕️?\n\u{0}\\", ""].randomElement(using: &random) ?? "")
        case 3: return .startRecording
        case 4, 5: return .stopRecording
        case 6: return .commitAudio
        case 7: return .clearAudio
        case 8, 9: return .playbackStarted
        case 10: return .playbackStopped
        case 11: return .playbackProgress(.seconds(1) / Int.random(in: 1...7, using: &random))
        case 12: return .cancelResponse
        case 13:
            var update = SessionUpdate()
            update.threshold = Int.random(in: -1...9, using: &random)
            update.speechProbability = Bool.random(using: &random) ? .random(in: 0...1, using: &random) : nil
            update.reportsFrames = Bool.random(using: &random)
            return .update(update)
        case 14: return Bool.random(using: &random) ? .malformed(bad) : .refused(bad)
        default: return .ignored
        }
    }
}

/// Engines that report at random times.
private struct RandomEngines: Effects {
    var now: Duration = .zero
    private var random: Seeded
    private var agenda: [(at: Duration, input: Input)] = []
    private var wake: Duration?

    init(_ random: Seeded) { self.random = random }

    /// What is next, and where it stands; -1 is the timer.
    var next: (at: Duration, place: Int)? {
        let first = agenda.indices.min { (agenda[$0].at, $0) < (agenda[$1].at, $1) }
        let report = first.map { (agenda[$0].at, $0) }
        guard let wake, wake < report?.0 ?? wake + .nanoseconds(1) else { return report }
        return (wake, -1)
    }

    mutating func take(_ place: Int) -> Input {
        guard place < 0 else { return agenda.remove(at: place).input }
        wake = nil
        return .time
    }

    private mutating func report(_ reports: EngineReport..., within milliseconds: Int = 300) {
        var at = now
        for report in reports {
            at += .microseconds(Int.random(in: 0...milliseconds * 1000, using: &random))
            agenda.append((at, .engine(report)))
        }
    }

    private mutating func fails() -> Bool { Int.random(in: 0..<12, using: &random) == 0 }

    mutating func perform(_ output: Output) {
        switch output {
        case .wake(let at): wake = at
        case .tell, .play: break
        case .request(let request): perform(request)
        }
    }

    private mutating func perform(_ request: Request) {
        switch request {
        case .beginRecognition(let id, _):
            report(.transcript(id, Transcript(text: "how", isFinal: false)))
        case .pauseRecognition(let id, let pause):
            if fails() { return }
            let words = ["how much", "", "yes"].randomElement(using: &random) ?? ""
            report(.transcript(id, Transcript(text: words, isFinal: false, mark: .pause(pause))), within: 200)
        case .judgeEndOfTurn(let id, let pause, _):
            if !fails() { report(.endOfTurn(id, pause: pause, .random(in: 0...1, using: &random)), within: 200) }
        case .endRecognition(let id):
            if fails() { return report(.recognitionFailed(id, .timedOut)) }
            let words = ["how much is it", "", "yes", "ähm"].randomElement(using: &random) ?? ""
            report(.transcript(id, Transcript(text: words, isFinal: true)), .used(nil, [used(.recognition)]))
        case .write(let work, _, let request): write(work, request)
        case .converse(let work, let segment, _, _):
            write(work, nil)
            if let segment { speak(segment, "A voice of its own.", nil) }
        case .call(let id, _, _, _):
            if fails() { return report(.toolDone(id, .failed(.timedOut, "late"))) }
            report(.toolDone(id, .result("It is \"3 €\".")), within: 3000)
        case .synthesize(let id, let speech, let response): speak(id, speech.text, response)
        case .recall(let id, let recall): if !fails() { report(.recalled(id, recall.nothing)) }
        case .resumeRecognition, .cancelRecognition, .listen, .relay, .truncate, .cancelSpeech, .cancelWriting, .forget,
            .cancelCall, .remember, .keep, .forgetCaller, .warm:
            break
        }
    }

    private mutating func write(_ work: Work, _ request: GenerationRequest?) {
        if fails() { return report(.textFailed(work, .unavailable), .used(work.response, [used(.generation)])) }
        let text =
            switch work.part {
            case .screening: ["none", "No bets", "hm"].randomElement(using: &random) ?? ""
            case .routing:
                ["Ada", "Team", "nobody", "none", #"{"tasks": ["Team", {"agent": "Ada", "after": [0]}]}"#]
                    .randomElement(using: &random) ?? ""
            case .judgement: ["yes", "no", #"{"suits": true}"#, "{}"].randomElement(using: &random) ?? ""
            case .reflection:
                [#"{"good": true}"#, #"{"good": false, "flaws": ["It is dear."]}"#, "2", ""]
                    .randomElement(using: &random) ?? ""
            case .study:
                [#"{"questions": ["tides"]}"#, #"{"questions": [], "clarify": "Which?"}"#, "hm"]
                    .randomElement(using: &random) ?? ""
            case .answer, .summary:
                "I am at work. It is 3 € — \"cheap\". <think>not this</think> And that is all of it."
            }
        var at = now
        for word in text.split(separator: " ") {
            at += .microseconds(Int.random(in: 0...60_000, using: &random))
            agenda.append((at, .engine(.text(work, word + " "))))
        }
        if request?.tools.isEmpty == false, Bool.random(using: &random) {
            let name = ["count", "nothing"].randomElement(using: &random) ?? ""
            agenda.append((at, .engine(.toolCall(work, ToolCall(id: "x", name: name, arguments: "{}")))))
        }
        agenda.append((at, .engine(.textDone(work))))
        agenda.append((at, .engine(.used(work.response, [used(.generation)]))))
    }

    private mutating func speak(_ id: SegmentID, _ text: String, _ response: ResponseID?) {
        if fails() { return report(.audioFailed(id, .rejected), .used(response, [used(.synthesis)])) }
        if Bool.random(using: &random) {
            report(.words(id, [WordTiming(range: 0..<1, start: .zero, end: .seconds(1) / 7)]), within: 20)
        }
        let samples = Int.random(in: 1...4000, using: &random)
        report(
            .audio(id, samples: samples), .audio(id, samples: text.count * 300), .audioDone(id),
            .used(response, [used(.synthesis)]))
    }

    private mutating func used(_ kind: ProviderReport.Kind) -> ProviderReport {
        ProviderReport(
            provider: "Local/Planner", kind: kind, outcome: fails() ? .failed(.rateLimited) : .completed,
            firstPiece: .seconds(1) / 7, total: .milliseconds(3), characters: 12,
            tokens: TokenUsage(input: 7, output: 3), audioOut: .samples(1, at: 44_100))
    }
}

/// Projects of many kinds.
private enum RandomProject {
    static func make(_ random: inout Seeded) -> Project {
        var audio = AudioConfiguration()
        audio.endpointing.silence = .milliseconds(Int.random(in: 100...500, using: &random))
        if Bool.random(using: &random) {
            audio.endpointing.endOfTurn = EndOfTurnPolicy(
                judge: Bool.random(using: &random) ? "Local/SmartTurn" : nil,
                shortest: .milliseconds(Int.random(in: 100...300, using: &random)), longest: .milliseconds(500))
        }
        if Int.random(in: 0..<4, using: &random) > 0 {
            var vad = VADConfiguration()
            (vad.threshold, vad.windowSize) = (Int.random(in: 2...6, using: &random), 10)
            (vad.lockout, vad.gracePeriod, vad.minimumAudio) = (.milliseconds(100), .seconds(1), .zero)
            vad.resumeAfterFalseBargeIn = Int.random(in: 0..<4, using: &random) > 0
            if Bool.random(using: &random) { vad.backChannels = ["yes"] }
            audio.vad = vad
        }
        var speech = SpeechConfiguration()
        speech.sampleRate = [8000, 16_000, 44_100].randomElement(using: &random)
        var project = Project(
            name: "random", orchestrator: Orchestrator(agentNames: ["Ada", "Team"], speech: speech),
            agents: [
                Agent(name: "Ada", description: "Answers."),
                Agent(name: "Bob", description: "Counts.", speaksSummary: Bool.random(using: &random)),
                Agent(name: "Cleo", description: "Judges."),
            ],
            superAgents: [
                SuperAgent(
                    name: "Team", goal: "Answer.",
                    graph: FlowGraph(nodes: [
                        .init(
                            name: "Ada",
                            edges: [.init(to: "Bob"), .init(to: "Cleo", when: .condition("it is expensive"))]),
                        .init(name: "Bob"), .init(name: "Cleo"),
                    ]),
                    closesWithSummary: Bool.random(using: &random))
            ],
            audio: audio)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: project.orchestrator.agentNames = ["Ada"]
        case 1: project.orchestrator.agentNames = ["Team"]
        case 2:
            let own = ModelReference(provider: "OpenAI", model: "gpt-realtime")
            project.agents[0].languageModel = ModelChain(speechToSpeech: own)
        default: break
        }
        if Bool.random(using: &random) {
            project.orchestrator.filler = Filler(text: "A moment.", after: .milliseconds(250))
        }
        if Bool.random(using: &random) {
            project.agents[Int.random(in: 1...2, using: &random)].program = .human(
                Inquiry(
                    fields: [.init(name: "suits", kind: .truth, isRequired: .random(using: &random))],
                    patience: .milliseconds(Int.random(in: 300...3000, using: &random))))
        }
        if Bool.random(using: &random) {
            project.recording = RecordingPolicy(isEnabled: true, announcement: "This call is recorded.")
        }
        let model = ModelReference.localPlanner
        project.prices.prices = [
            model: Price(inputTokens: 0.1, outputTokens: 1.0 / 3), .localPocketSphinx: Price(minutes: 0.7),
            .localFlite: Price(characters: 1e-6),
        ]
        project.tools = [
            Tool(
                name: "count", description: "Counts.", parameters: "{}", source: .client,
                interruption: Tool.Interruption.allCases.randomElement(using: &random) ?? .finish)
        ]
        for index in project.agents.indices { project.agents[index].tools = ToolUse(tools: ["count"], maxSteps: 2) }
        return project
    }
}
