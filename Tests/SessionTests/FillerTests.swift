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

    private func asked(_ project: Project, until: Duration = .seconds(90), _ change: (inout Script) -> Void)
        -> Simulation
    {
        var script = Script()
        change(&script)
        var simulation = Simulation(project, script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: until)
        return simulation
    }

    private func fillers(_ simulation: Simulation) -> [Duration] { simulation.fillers.map(\.at) }

    @Test func aSlowModelIsBridgedOnceOnTime() {
        let simulation = asked(project()) { $0.tokenDelay = .seconds(1) }
        #expect(fillers(simulation).first == .milliseconds(2500))
        #expect(simulation.prepared == ["One moment, please."])
        let first = simulation.first(\.isText) ?? .zero
        #expect(fillers(simulation).count { $0 < first } == 1, "never two in one silence")
        #expect(!simulation.texts.contains { $0.contains("moment") })
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
        warm.client(.text("another"), at: .seconds(60))
        let before = fillers(warm).count
        warm.run(until: .seconds(120))
        #expect(fillers(warm).count > before, "the line is kept")
        #expect(warm.prepared.count == 1)
    }

    @Test func aGapInTheMiddleIsBridgedFromTheLastSoundOn() {
        var simulation = Simulation(project())
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(1))
        let work = simulation.work(of: "Stock")
        simulation.engine(.text(work, "This is the first sentence of it. And"), at: .milliseconds(1100))
        simulation.run(until: .seconds(30))
        let sentence = simulation.plays.prefix { $0.at < .seconds(4) }.reduce(Duration.zero) { $0 + $1.length }
        let begin = simulation.plays.first?.at ?? .zero
        #expect(fillers(simulation) == [begin + sentence + .milliseconds(1500)])
        simulation.engine(.textDone(work), at: .seconds(31))
        simulation.run(until: .seconds(60))
        #expect(simulation.events.contains { if case .agentTextDone = $0 { true } else { false } })
    }

    @Test func whoInterruptsAFillerHasHeardNothingOfTheAnswer() {
        var simulation = Simulation(project())
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.text("never mind"), at: .milliseconds(2900))
        simulation.run(until: .milliseconds(3500))
        let cut = simulation.events.compactMap { event -> String? in
            if case .interrupted(_, let agent, let heard) = event { "\(agent ?? "nobody"): \(heard)" } else { nil }
        }
        #expect(cut == ["Stock: "])
        #expect(simulation.remembered.isEmpty, "the question is part of the next turn")
        #expect(simulation.generations.last?.brief.callerWords == "a question never mind")
    }

    @Test func theFirstThatWorksAndHasALineSaysIt() {
        var project = TestProjects.advisor()
        project.agents[1].filler = Filler(text: "Let me see.")
        project.agents[2].filler = Filler(text: "I have no voice.")
        var simulation = Simulation(project)
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(1))
        let stock = simulation.work(of: "Stock", in: "Advisor")
        simulation.engine(.textDone(stock), at: .seconds(9))
        simulation.run(until: .milliseconds(8900))
        #expect(fillers(simulation).isEmpty, "Stock has none")
        simulation.run(until: .seconds(12))
        let said = simulation.fillers.map { [$0.source.agent, $0.text] }
        #expect(said == [["Currency", "Let me see."]])
    }

    @Test func theOrchestratorBridgesItsOwnChoosing() {
        var project = TestProjects.advisor()
        project.orchestrator.agentNames = ["Stock", "Currency"]
        project.orchestrator.filler = Filler(text: "One moment.", after: .seconds(1))
        let simulation = asked(project, until: .seconds(3)) { $0.tokenDelay = .seconds(9) }
        let said = simulation.fillers.map(\.source.agent)
        #expect(said == ["orchestrator"])
    }

    @Test func aLineThatCannotBeSpokenIsTriedAgainWithTheNextTurnOnly() {
        var simulation = Simulation(project())
        simulation.script.voiceFails = { _ in true }
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.client(.cancelResponse, at: .seconds(20))
        simulation.client(.text("a question"), at: .seconds(21))
        simulation.run(until: .seconds(19))
        #expect(simulation.prepared.count == 1)
        simulation.run(until: .seconds(60))
        #expect(simulation.prepared.count == 2)
    }

    /// Random conversations with fillers: between two of them there is always audio of an answer or a new response, none
    /// is said while audio is playing or has come, and none is remembered.
    @Test(arguments: 0..<60) func laws(seed: Int) {
        var random = Seeded(seed)
        var script = Script()
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
        var simulation = Simulation(project, script)
        simulation.hear(random.track(windows: 2500))
        simulation.run(until: .seconds(300))
        let kept = Set(simulation.synthesized.filter { $0.response == nil }.map(\.id))
        var (bridged, playedOut): (Bool, Duration) = (false, .zero)
        for (at, output) in simulation.log {
            switch output {
            case .tell(.responseStarted), .tell(.resumed): bridged = false
            case .tell(.agentFiller):
                #expect(!bridged, "seed \(seed): two in a row")
                #expect(at >= playedOut, "seed \(seed): over a voice")
                bridged = true
            case .play(_, let segment, let range, let rate):
                playedOut = max(playedOut, at) + .samples(range.count, at: rate)
                if !kept.contains(segment) { bridged = false }
            case .tell(.interrupted), .tell(.paused), .tell(.responseDone): playedOut = at
            default: break
            }
        }
        #expect(!simulation.generations.flatMap(\.messages).contains { $0.content.contains("One moment") })
    }
}
