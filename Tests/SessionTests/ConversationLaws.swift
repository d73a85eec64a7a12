import AudioCore
import ProjectModel
import ProviderKit
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// What holds in every conversation, over random ones on virtual time.
@Suite struct ConversationLaws {
    @Test(arguments: 0..<200) func laws(seed: Int) {
        var conversation = RandomConversation(seed: seed)
        conversation.run()
        var laws = Laws(seed: seed)
        for (at, output) in conversation.simulation.log { laws.check(output, at: at) }
        laws.checkEnd(voicesWork: conversation.voicesWork, isSettled: conversation.simulation.isSettled)
    }

    /// How the caller's audio is cut changes nothing of what the client is told.
    @Test(arguments: 0..<60) func cuttingChangesNothing(seed: Int) {
        func told(_ pieces: (inout Seeded) -> Int) -> [ConversationEvent] {
            var conversation = RandomConversation(seed: seed, pieces: pieces)
            conversation.run()
            return conversation.simulation.events.filter {
                switch $0 {
                case .vadFrame, .turnMetrics: false
                default: true
                }
            }
        }
        let whole = told { _ in 5120 }
        let cut = told { .random(in: 1...2000, using: &$0) }
        let difference = zip(whole, cut).enumerated().first { $1.0 != $1.1 }
        #expect(whole.count == cut.count && difference == nil, "seed \(seed): \(String(describing: difference))")
    }
}

/// One random conversation.
struct RandomConversation {
    private(set) var simulation: Simulation
    /// Whether every voice speaks.
    let voicesWork: Bool

    /// - Parameter pieces: how many samples each piece of the caller's audio has. A piece comes when the tenth of the stream
    ///   is complete of which it is a part.
    /// - Parameter rules: makes rules of a whole call.
    init(
        seed: Int, pieces: (inout Seeded) -> Int = { .random(in: 160...960, using: &$0) },
        rules: (inout Project, inout Seeded) -> Void = { _, _ in }
    ) {
        var random = Seeded(seed)
        var script = Script()
        script.transcripts = (0..<40).map { $0 % 5 == 3 ? "" : "question number \($0)" }
        script.fillings = (0..<40).map { ["{}", "{\"suits\": true}", "hm"][$0 % 3] }
        script.tokenDelay = .milliseconds(.random(in: 1...400, using: &random))
        script.synthesisDelay = .milliseconds(.random(in: 1...900, using: &random))
        script.clientSignals = .random(using: &random)
        script.cancelsAfterInterruption = Int.random(in: 0..<4, using: &random) == 0
        script.timesWords = .random(using: &random)
        script.reportsLate = .random(using: &random)
        script.spoken = String(repeating: "This is what I say myself. ", count: .random(in: 1...12, using: &random))
        if Bool.random(using: &random) { script.interimDelay = .milliseconds(.random(in: 50...900, using: &random)) }
        if Bool.random(using: &random) {
            let settling = Int.random(in: 1...900, using: &random)
            script.pauseDelay = { .milliseconds(1 + settling * $0 % 900) }
        }
        let slow = Int.random(in: 2...9, using: &random)
        script.transcriptionDelay = { $0 % slow == 0 ? .seconds(2) : .milliseconds(100) }
        let deaf = Int.random(in: 2...20, using: &random)
        if Bool.random(using: &random) { script.recognitionFails = { $0 % deaf == 1 } }
        let broken = Int.random(in: 0..<6, using: &random)
        switch broken {
        case 0: script.voiceFails = { _ in true }
        case 1: script.voiceFails = { $0.text.count % 3 == 0 }
        default: break
        }
        voicesWork = broken > 1
        if Int.random(in: 0..<4, using: &random) == 0 { script.failingAgents = ["Stock"] }
        if Bool.random(using: &random) {
            script.answers["Stock"] = String(repeating: "This is a long sentence of the plan. ", count: 8)
        }
        var project = Self.project(&random)
        rules(&project, &random)
        simulation = Simulation(project, script, knowsPauses: .random(using: &random))
        Self.schedule(&simulation, &random)
        var cutting = Seeded(seed &+ 1)
        let track = random.track(windows: 3000)
        simulation.hear(track, every: 5120) { pieces(&cutting) }
    }

    mutating func run() { simulation.run(until: .seconds(500)) }

    private static func project(_ random: inout Seeded) -> Project {
        var project = TestProjects.advisor(
            bargeIn: Int.random(in: 0..<4, using: &random) > 0, floor: .random(using: &random) ? .ready : .graphOrder,
            closes: .random(using: &random))
        project.audio.vad?.resumeAfterFalseBargeIn = Int.random(in: 0..<5, using: &random) > 0
        if Bool.random(using: &random) { project.orchestrator.agentNames += ["Currency"] }
        for index in project.agents.indices {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: project.agents[index].languageModel = ModelChain(speechToSpeech: SpeechToSpeechTests.model)
            case 1: project.agents[index].speaksSummary = true
            case 2: project.agents[index].filler = Filler(text: "One moment, please.", after: .milliseconds(800))
            default: break
            }
            project.agents[index].interruption.permission =
                [.always, .always, .never, .afterFirstSentence].randomElement(using: &random) ?? .always
            project.agents[index].interruption.minimumWords = .random(in: 0...2, using: &random)
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            let field = Inquiry.Field(name: "suits", kind: .truth, isRequired: .random(using: &random))
            project.agents[.random(in: 0...2, using: &random)].program = .human(
                Inquiry(
                    fields: .random(using: &random) ? [field] : [],
                    patience: .seconds(.random(in: 1...15, using: &random))))
        }
        return project
    }

    private static func schedule(_ simulation: inout Simulation, _ random: inout Seeded) {
        for _ in 0..<Int.random(in: 0..<30, using: &random) {
            var update = SessionUpdate()
            update.threshold = .random(in: 1...30, using: &random)
            update.reportsFrames = .random(using: &random)
            update.knowsPauses = .random(using: &random)
            let signals: [ClientSignal] = [
                .text("typed"), .cancelResponse, .stopResponse, .skipAgent, .clearAudio, .startRecording,
                .stopRecording, .stopRecording,
                .playbackStopped, .playbackStarted, .commitAudio, .ignored, .update(update),
                .playbackProgress(.milliseconds(.random(in: 0...9000, using: &random))),
            ]
            guard let signal = signals.randomElement(using: &random) else { continue }
            simulation.client(signal, at: .milliseconds(.random(in: 0...96_000, using: &random)))
        }
        // Whoever holds the button lets it go in the end.
        simulation.client(.stopRecording, at: .seconds(100))
    }
}
