import ProjectModel
import Testing

@testable import Session

/// How soon the first piece of an answer is spoken.
@Suite struct FirstPieceTests {
    private func asked(tokenDelay: Duration, _ project: Project = TestProjects.single()) -> Simulation {
        var script = Simulation.Script()
        script.tokenDelay = tokenDelay
        script.answers["Stock"] =
            "You could buy some government bonds, because they are safe, and wait for a year or two. Then sell them."
        var simulation = Simulation(project, script: script)
        simulation.schedule(.client(.text("a question")), at: .seconds(1))
        simulation.run(until: .seconds(60))
        return simulation
    }

    private func texts(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .agentText(_, let text) = $0 { text } else { nil } }
    }

    private func spoken(_ simulation: Simulation) -> [String] { simulation.synthesized.map(\.text) }

    @Test func aSlowModelIsHeardWithItsFirstClause() {
        let simulation = asked(tokenDelay: .milliseconds(80))
        #expect(
            texts(simulation) == [
                "You could buy some government bonds, ", "because they are safe, and wait for a year or two. ",
                "Then sell them. ",
            ])
        #expect(spoken(simulation).first == "You could buy some government bonds,", "the voice is to go on")
        let sentence = simulation.events.compactMap {
            if case .turnMetrics(let turn) = $0 { turn.sentence } else { nil }
        }
        #expect(sentence == [.milliseconds(6 * 80)], "with the word behind the comma")
    }

    @Test func aQuickModelKeepsItsSentences() {
        let simulation = asked(tokenDelay: .milliseconds(10))
        #expect(texts(simulation).count == 2)
    }

    @Test func aModelThatPausesBehindAClauseIsNotWaitedFor() {
        var simulation = Simulation(TestProjects.single(), script: .init())
        simulation.holdGenerations = true
        simulation.schedule(.client(.text("a question")), at: .seconds(2))
        let work = simulation.work(of: "Stock")
        simulation.schedule(
            .engine(.text(0, work, "You could buy some government bonds, because")), at: .milliseconds(2500))
        simulation.run(until: .milliseconds(2799))
        #expect(spoken(simulation).isEmpty)
        simulation.run(until: .milliseconds(2801))
        #expect(spoken(simulation) == ["You could buy some government bonds,"])
    }
}
