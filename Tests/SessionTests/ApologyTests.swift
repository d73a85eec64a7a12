import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// An answer that is owed ends in sound: where none came, a line says that there is none.
@Suite struct ApologyTests {
    private func asked(_ project: Project = TestProjects.single(), _ change: (inout Script) -> Void) -> Simulation {
        var script = Script()
        change(&script)
        var simulation = Simulation(project, script)
        simulation.client(.text("a question"), at: .seconds(1))
        simulation.run(until: .seconds(60))
        return simulation
    }

    private let line = Apology.standard(in: "en-US")

    @Test func aModelThatFailsIsApologizedFor() throws {
        let simulation = asked { $0.failingAgents = ["Stock"] }
        #expect(simulation.fillers.map(\.text) == [line])
        #expect(simulation.fillers.first?.source.agent == "Stock")
        #expect(simulation.statuses == [.failed])
        let segment = try #require(simulation.synthesized.first)
        #expect(simulation.plays.allSatisfy { $0.segment == segment.id } && !simulation.plays.isEmpty)
        #expect(simulation.plays.last?.range.upperBound == segment.speech.text.count * 960, "to its end")
    }

    @Test func projectsSayItTheirWay() {
        var project = TestProjects.single()
        project.orchestrator.apology = "No answer today."
        #expect(asked(project) { $0.failingAgents = ["Stock"] }.fillers.map(\.text) == ["No answer today."])
        project.agents[0].apology = "I have none."
        #expect(asked(project) { $0.failingAgents = ["Stock"] }.fillers.map(\.text) == ["I have none."])
    }

    @Test(arguments: ["de-DE", "fr", "zh-CN", "xx"]) func everyLanguageHasALine(language: String) {
        #expect(!Apology.standard(in: language).isEmpty)
        #expect((Apology.standard(in: language) == line) == (language == "xx"))
    }

    /// A voice that fails altogether is apologized for in the local one; where that fails as well the words are shown.
    @Test func aVoiceThatFailsIsReplacedByTheLocalOne() {
        var project = TestProjects.single()
        let hosted = ModelReference(provider: "Azure", model: "AI-Speech")
        project.audio.synthesizer = ModelChain(hosted)
        let simulation = asked(project) { $0.voiceFails = { $0.voice.model.first == hosted } }
        #expect(!simulation.texts.isEmpty, "its words are on the screen")
        #expect(simulation.fillers.map(\.text) == [line], "shown once")
        #expect(simulation.synthesized.last?.speech.voice.model == .localSynthesizers)
        #expect(
            !simulation.plays.isEmpty && simulation.plays.allSatisfy { $0.segment == simulation.synthesized.last?.id })
        #expect(simulation.statuses == [.completed], "the answer was shown")
        let silent = asked(project) { $0.voiceFails = { _ in true } }
        #expect(silent.plays.isEmpty && silent.statuses == [.completed])
    }

    /// Who falls silent in the middle of an answer says so.
    @Test func anAnswerThatBreaksOffEndsInAnApology() {
        var simulation = Simulation(TestProjects.single())
        simulation.script.holdsGenerations = true
        simulation.client(.text("a question"), at: .seconds(1))
        let work = simulation.work(of: "Stock")
        simulation.engine(.text(work, "This is the first sentence. And then"), at: .seconds(2))
        simulation.engine(.textFailed(work, .unavailable), at: .seconds(3))
        simulation.run(until: .seconds(30))
        #expect(simulation.texts.first == "This is the first sentence. ")
        #expect(simulation.fillers.map(\.text) == [line])
        #expect(simulation.plays.last?.source.agent == "Stock")
    }

    @Test func whereNobodySpeaksNobodyApologizes() {
        var project = TestProjects.single()
        project.agents[0].speech = TestProjects.silent()
        let simulation = asked(project) { $0.failingAgents = ["Stock"] }
        #expect(simulation.plays.isEmpty && simulation.statuses == [.failed])
    }

    /// A line is no part of the conversation: no model is told it.
    @Test func apologiesAreNotRemembered() {
        var simulation = asked { $0.failingAgents = ["Stock"] }
        simulation.client(.text("again"), at: .seconds(61))
        simulation.run(until: .seconds(62))
        #expect(!simulation.generations.flatMap(\.messages).contains { $0.content.contains(line) })
    }

    @Test func anApologyCanBeInterrupted() {
        var script = Script()
        script.failingAgents = ["Stock"]
        script.transcripts = ["a question", "never mind that"]
        var simulation = Simulation(TestProjects.single(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(1.6)
        simulation.speak(2)
        simulation.stayQuiet(2)
        simulation.run(until: .seconds(9))
        #expect(simulation.statuses.first == .interrupted)
    }
}
