import AudioCore
import ProjectModel
import ProviderKit
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// What holds in every conversation, over random ones on virtual time.
@Suite struct ConversationLaws {
    /// The order of PROTOCOLS.md, whatever happens when.
    @Test(arguments: 0..<150) func laws(seed: Int) {
        var random = Seeded(seed)
        var script = Simulation.Script()
        script.transcripts = (0..<20).map { $0 % 5 == 3 ? "" : "question \($0)" }
        script.tokenDelay = .milliseconds(.random(in: 1...400, using: &random))
        script.synthesisDelay = .milliseconds(.random(in: 1...900, using: &random))
        script.clientSignals = .random(using: &random)
        script.cancelsAfterInterruption = .random(using: &random)
        script.failingVoices = Int.random(in: 0..<8, using: &random) == 0
        if Int.random(in: 0..<4, using: &random) == 0 { script.failingAgents = ["Stock"] }
        let project = TestProjects.advisor(
            bargeIn: Int.random(in: 0..<4, using: &random) > 0, floor: .random(using: &random) ? .ready : .graphOrder,
            closes: .random(using: &random))
        var simulation = Simulation(project, script: script)
        simulation.hear(random.track(windows: 4000))
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            let events: [ClientEvent] = [
                .text("typed"), .cancelResponse, .clearAudio, .stopRecording, .playbackStopped, .playbackStarted,
                .commitAudio, .playbackProgress(.milliseconds(300)),
            ]
            guard let event = events.randomElement(using: &random) else { continue }
            simulation.schedule(.client(event), at: .milliseconds(.random(in: 0...120_000, using: &random)))
        }
        simulation.run(until: .seconds(400))
        check(simulation.events, seed: seed)
        #expect(simulation.machine.usage.isEmpty, "seed \(seed): a turn whose usage is never told")
    }

    private func check(_ events: [ConversationEvent], seed: Int) {
        var open: String?
        var silent = false
        var audioOver = false
        var spoke: Set<String> = []
        var counted: Set<String> = []
        for event in events {
            switch event {
            case .responseStarted(let id):
                #expect(open == nil, "seed \(seed): responses overlap")
                (open, silent, audioOver, spoke) = (id, false, false, [])
            case .agentText(let agent, _), .agentFiller(let agent, _):
                #expect(open != nil && !silent)
                spoke.insert(agent)
            case .agentAudio(let agent, _):
                #expect(open != nil && !silent && !audioOver, "seed \(seed): audio outside its response")
                #expect(spoke.contains(agent), "seed \(seed): audio before its text")
            case .turnUsage(let usage):
                #expect(counted.insert(usage.response).inserted, "seed \(seed): a turn is counted twice")
            case .audioDone:
                #expect(open != nil && !audioOver)
                audioOver = true
            case .interrupted:
                #expect(open != nil && !silent)
                silent = true
            case .responseDone(let id, let status):
                #expect(open == id, "seed \(seed)")
                #expect(audioOver || status == .interrupted, "seed \(seed): \(status) without an end of the audio")
                open = nil
            default: break
            }
        }
        #expect(open == nil, "seed \(seed): a response was left open")
    }
}
