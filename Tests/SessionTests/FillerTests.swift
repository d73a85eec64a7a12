import Agents
import AudioCore
import ProjectModel
import ProviderKit
import TestSupport
import Testing
import TurnTaking

@testable import Session

/// Silences in which an answer is owed.
@Suite struct FillerTests {
    private func project(after: Duration = .milliseconds(1500), bargeIn: Bool = true) -> Project {
        var project = TestProjects.single(bargeIn: bargeIn)
        project.agents[0].filler = Filler(text: "One moment, please.", after: after)
        return project
    }

    private func asked(_ project: Project, until: Duration = .seconds(90), _ change: (inout Simulation.Script) -> Void)
        -> Simulation
    {
        var script = Simulation.Script()
        change(&script)
        var simulation = Simulation(project, script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: until)
        return simulation
    }

    private func fillers(_ simulation: Simulation) -> [Duration] {
        simulation.told.compactMap { if case .agentFiller = $0.event { $0.at } else { nil } }
    }

    private func firstText(_ simulation: Simulation) -> Duration? {
        simulation.told.first { if case .agentText = $0.event { true } else { false } }?.at
    }

    @Test func aSlowModelIsBridgedOnceOnTime() {
        let simulation = asked(project()) { $0.tokenDelay = .seconds(1) }
        #expect(fillers(simulation).first == .milliseconds(2500))
        #expect(simulation.prepared.map(\.text) == ["One moment, please."])
        let first = firstText(simulation) ?? .zero
        #expect(fillers(simulation).count { $0 < first } == 1, "never two in one silence")
        #expect(simulation.machine.history.entries.last?.text.contains("moment") == false)
    }

    @Test func aQuickAnswerNeitherNeedsNorPaysForOne() {
        let simulation = asked(project()) { $0.tokenDelay = .milliseconds(20) }
        #expect(fillers(simulation).isEmpty && simulation.prepared.isEmpty)
    }

    @Test func aSlowVoiceIsBridgedToo() {
        let simulation = asked(project()) {
            $0.synthesisDelay = .seconds(2)
            $0.tokenDelay = .milliseconds(1)
        }
        // The line itself takes two seconds to be made, so the answer is there before it.
        #expect(fillers(simulation).isEmpty)
        var warm = asked(project(), until: .seconds(30)) {
            $0.synthesisDelay = .milliseconds(50); $0.tokenDelay = .seconds(1)
        }
        warm.script.synthesisDelay = .seconds(4)
        warm.script.tokenDelay = .milliseconds(1)
        warm.schedule(.client(.text("another")), at: .seconds(60))
        let before = fillers(warm).count
        warm.run(until: .seconds(120))
        #expect(fillers(warm).count > before, "the line is kept")
        #expect(warm.prepared.count == 1)
    }

    @Test func aGapInTheMiddleIsBridgedFromTheLastSoundOn() {
        var simulation = Simulation(project(), script: .init())
        simulation.holdGenerations = true
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        let work = simulation.work(of: "Stock")
        simulation.schedule(.engine(.text(0, work, "This is the first sentence of it. And")), at: .milliseconds(1100))
        simulation.run(until: .seconds(30))
        let audio = simulation.told.filter { if case .agentAudio = $0.event { true } else { false } }
        let sentence = audio.prefix { $0.at < .seconds(4) }.reduce(Duration.zero) { sum, told in
            if case .agentAudio(_, let chunk) = told.event { sum + chunk.duration } else { sum }
        }
        let begin = audio.first?.at ?? .zero
        #expect(fillers(simulation) == [begin + sentence + .milliseconds(1500)])
        simulation.schedule(.engine(.textDone(0, work)), at: .seconds(31))
        simulation.run(until: .seconds(60))
        #expect(simulation.events.contains { if case .agentTextDone = $0 { true } else { false } })
    }

    @Test func whoInterruptsAFillerHasHeardNothingOfTheAnswer() {
        var simulation = Simulation(project(), script: .init())
        simulation.holdGenerations = true
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.schedule(.client(.text("never mind")), at: .milliseconds(2900))
        simulation.run(until: .milliseconds(3500))
        let cut = simulation.events.compactMap { event -> String? in
            if case .interrupted(let agent, let heard) = event { "\(agent ?? "nobody"): \(heard)" } else { nil }
        }
        #expect(cut == ["Stock: "])
        #expect(simulation.machine.history.entries.isEmpty, "the question is part of the next turn")
    }

    @Test func theFirstThatWorksAndHasALineSaysIt() {
        var project = TestProjects.advisor()
        project.agents[1].filler = Filler(text: "Let me see.")
        project.agents[2].filler = Filler(text: "I have no voice.")
        var simulation = Simulation(project, script: .init())
        simulation.holdGenerations = true
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        let stock = simulation.work(of: "Stock", in: "Advisor")
        simulation.schedule(.engine(.textDone(0, stock)), at: .seconds(9))
        simulation.run(until: .milliseconds(8900))
        #expect(fillers(simulation).isEmpty, "Stock has none")
        simulation.run(until: .seconds(12))
        let said = simulation.events.compactMap {
            if case .agentFiller(let agent, let text) = $0 { [agent, text] } else { nil }
        }
        #expect(said == [["Currency", "Let me see."]])
    }

    @Test func theOrchestratorBridgesItsOwnChoosing() {
        var project = TestProjects.advisor()
        project.orchestrator.agentNames = ["Stock", "Currency"]
        project.orchestrator.filler = Filler(text: "One moment.", after: .seconds(1))
        let simulation = asked(project, until: .seconds(3)) { $0.tokenDelay = .seconds(9) }
        let said = simulation.events.compactMap { if case .agentFiller(let agent, _) = $0 { agent } else { nil } }
        #expect(said == ["orchestrator"])
    }

    @Test func aLineThatCannotBeSpokenIsTriedAgainWithTheNextTurnOnly() {
        var simulation = Simulation(project(), script: .init())
        simulation.script.failingVoices = true
        simulation.holdGenerations = true
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.schedule(.client(.cancelResponse), at: .seconds(20))
        simulation.schedule(.client(.text("a question")), at: .seconds(21))
        simulation.run(until: .seconds(19))
        #expect(simulation.prepared.count == 1)
        simulation.run(until: .seconds(60))
        #expect(simulation.prepared.count == 2)
    }

    /// Random conversations with fillers: between two of them there is always audio of an answer or a new response, none
    /// is said while audio is playing or has come, and none is remembered.
    @Test(arguments: 0..<60) func laws(seed: Int) {
        var random = Seeded(seed)
        var script = Simulation.Script()
        script.transcripts = (0..<20).map { $0 % 5 == 3 ? "" : "question \($0)" }
        script.tokenDelay = .milliseconds(.random(in: 1...900, using: &random))
        script.synthesisDelay = .milliseconds(.random(in: 1...2500, using: &random))
        script.clientSignals = .random(using: &random)
        var project = TestProjects.advisor(closes: .random(using: &random))
        let after: Duration = .milliseconds(.random(in: 300...2500, using: &random))
        for index in project.agents.indices where Bool.random(using: &random) {
            project.agents[index].filler = Filler(text: "One moment, please.", after: after)
        }
        project.orchestrator.filler = Filler(text: "One moment, please.", after: after)
        var simulation = Simulation(project, script: script)
        simulation.hear(random.track(windows: 2500))
        simulation.run(until: .seconds(300))
        var (bridged, playedOut, isFiller): (Bool, Duration, Bool) = (false, .zero, false)
        for (at, event) in simulation.told {
            switch event {
            case .responseStarted: bridged = false
            case .agentFiller:
                #expect(!bridged, "seed \(seed): two in a row")
                #expect(at >= playedOut, "seed \(seed): over a voice")
                (bridged, isFiller) = (true, true)
            case .agentText: isFiller = false
            case .agentAudio(_, let chunk):
                playedOut = max(playedOut, at) + chunk.duration
                if !isFiller { bridged = false }
            case .interrupted: playedOut = at
            default: break
            }
        }
        #expect(!simulation.machine.history.entries.contains { $0.text.contains("moment") })
    }
}
