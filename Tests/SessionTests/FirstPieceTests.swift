import ProjectModel
import Testing

@testable import Session

/// How soon the first piece of an answer is spoken.
@Suite struct FirstPieceTests {
    private func asked(tokenDelay: Duration, _ project: Project = TestProjects.single()) -> Simulation {
        var script = Script()
        script.tokenDelay = tokenDelay
        script.answers["Stock"] =
            "You could buy some government bonds, because they are safe, and wait for a year or two. Then sell them."
        var simulation = Simulation(project, script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(60))
        return simulation
    }

    @Test func aSlowModelIsHeardWithItsFirstClause() {
        let simulation = asked(tokenDelay: .milliseconds(80))
        #expect(
            simulation.texts == [
                "You could buy some government bonds, ", "because they are safe, and wait for a year or two. ",
                "Then sell them. ",
            ])
        #expect(simulation.spoken.first == "You could buy some government bonds,", "the voice is to go on")
        let sentence = simulation.events.compactMap {
            if case .turnMetrics(_, let turn) = $0 { turn.sentence } else { nil }
        }
        #expect(sentence == [.milliseconds(6 * 80)], "with the word behind the comma")
    }

    @Test func aQuickModelKeepsItsSentences() {
        let simulation = asked(tokenDelay: .milliseconds(10))
        #expect(simulation.texts.count == 2)
    }

    @Test func aModelThatPausesBehindAClauseIsNotWaitedFor() {
        var simulation = Simulation(TestProjects.single())
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(2))
        let work = simulation.work(of: "Stock")
        simulation.engine(.text(work, "You could buy some government bonds, because"), at: .milliseconds(2500))
        simulation.run(until: .milliseconds(2799))
        #expect(simulation.spoken.isEmpty)
        simulation.run(until: .milliseconds(2801))
        #expect(simulation.spoken == ["You could buy some government bonds,"])
    }
}
