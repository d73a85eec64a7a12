import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import Testing
import TurnTaking

@testable import Session

/// Agents that ask the caller, in whole conversations on virtual time.
@Suite struct QuestionTests {
    /// A draft, an opinion of the caller's, and what becomes of both.
    private static func project(
        _ inquiry: Inquiry = Inquiry(patience: .seconds(20)), _ change: (inout Project) -> Void = { _ in }
    ) -> Project {
        var project = TestProjects.single()
        var opinion = Agent(name: "Opinion", description: "Asks whether the draft suits.")
        opinion.program = .human(inquiry)
        project.agents = [
            Agent(name: "Draft", description: "Drafts a trip."), opinion,
            Agent(name: "Final", description: "Mends it."),
        ]
        project.superAgents = [
            SuperAgent(
                name: "Trip", goal: "A trip that suits.",
                graph: FlowGraph(nodes: [
                    .init(name: "Draft", edges: [.init(to: "Opinion")]),
                    .init(name: "Opinion", edges: [.init(to: "Final")]), .init(name: "Final"),
                ]))
        ]
        project.orchestrator.agentNames = ["Trip"]
        change(&project)
        return project
    }

    private static let wanted = Inquiry(
        fields: [
            .init(name: "suits", kind: .truth, description: "Does it suit you", isRequired: true),
            .init(name: "days", kind: .integer, description: "How many days"),
        ], patience: .seconds(20))

    private static func script(_ change: (inout Script) -> Void = { _ in }) -> Script {
        var script = Script()
        script.answers = ["Draft": "A day at the lake. ", "Opinion": "Does it suit you? ", "Final": "Two days, then. "]
        change(&script)
        return script
    }

    private static func parents(of agent: String, in simulation: Simulation) -> [Brief.Answer]? {
        simulation.generations.last { $0.brief.agentName == agent && $0.brief.task == .plan }?.brief.parents
    }

    @Test func theCallersNextWordsAreTheAnswer() {
        var simulation = Simulation(Self.project(), Self.script())
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.client(.text("yes, but longer"), at: .seconds(15))
        simulation.run(until: .seconds(60))
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
        #expect(simulation.statuses == [.completed, .completed])
        #expect(
            Self.parents(of: "Final", in: simulation)?.map(\.text)
                == ["A day at the lake. ", "The caller said: yes, but longer"])
        // Those who come later are asked about what the caller wanted first.
        let final = simulation.generations.last { $0.brief.agentName == "Final" }
        #expect(final?.brief.callerWords == "plan a trip")
        // Every word stands once in what is remembered.
        simulation.client(.text("thanks"), at: .seconds(61))
        simulation.run(until: .seconds(65))
        let remembered = simulation.remembered.map(\.content).joined(separator: "|")
        for words in ["plan a trip", "A day at the lake.", "Does it suit you?", "yes, but longer", "Two days, then."] {
            #expect(remembered.components(of: words) == 1, "\(words) in \(remembered)")
        }
    }

    /// A question about something that was not heard could not be answered.
    @Test(arguments: [SpokenMembers.all, .last]) func questionsAndWhatLeadsToThemAreHeard(speak: SpokenMembers) {
        var simulation = Simulation(Self.project { $0.superAgents[0].speak = speak }, Self.script())
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.client(.text("yes"), at: .seconds(15))
        simulation.run(until: .seconds(30))
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
    }

    @Test func itGoesOnWithoutAnAnswer() throws {
        var simulation = Simulation(Self.project(), Self.script())
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.run(until: .seconds(90))
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
        #expect(simulation.statuses == [.completed, .completed])
        #expect(simulation.warnings.isEmpty)
        #expect(Self.parents(of: "Final", in: simulation)?.map(\.agent) == ["Draft"])
        let asked = try #require(
            simulation.told.first { if case .responseDone = $0.event { true } else { false } }?.at)
        let wentOn = try #require(
            simulation.told.last { if case .responseStarted = $0.event { true } else { false } }?.at)
        #expect(wentOn == asked + .seconds(20))
    }

    @Test(arguments: [19, 21]) func aCallerWhoSpeaksInTimeIsHeardOut(second: Int) {
        var simulation = Simulation(
            Self.project { $0.audio.vad?.resumeAfterFalseBargeIn = true },
            Self.script { $0.transcripts = ["yes, but longer"] })
        simulation.client(.text("plan a trip"), at: .milliseconds(1))
        simulation.run(until: .seconds(6))
        simulation.stayQuiet(Double(second) - 6)
        simulation.speak(6)
        simulation.stayQuiet(2)
        simulation.run(until: .seconds(60))
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
        #expect(
            Self.parents(of: "Final", in: simulation)?.last?.text == "The caller said: yes, but longer",
            "\(simulation.statuses)")
    }

    @Test func anAnswerOverTheQuestionIsTheAnswer() throws {
        var simulation = Simulation(
            Self.project(), Self.script { $0.answers["Opinion"] = "Does it suit you, or shall I change it a little? " })
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.run(until: .seconds(2))
        while simulation.plays.last?.source.agent != "Opinion", simulation.now < .seconds(30) {
            simulation.run(until: simulation.now + .milliseconds(20))
        }
        // Something of it is heard by then.
        let begun = try #require(simulation.plays.first { $0.source.agent == "Opinion" }?.at)
        simulation.client(.text("yes, but longer"), at: begun + .milliseconds(1500))
        simulation.run(until: .seconds(60))
        #expect(simulation.statuses == [.interrupted, .completed])
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
        #expect(Self.parents(of: "Final", in: simulation)?.last?.text == "The caller said: yes, but longer")
    }

    @Test func wordsOverTheDraftAreNoAnswer() throws {
        var simulation = Simulation(
            Self.project(),
            Self.script { $0.answers["Draft"] = "A day at the lake, with a boat and a long walk around all of it. " })
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.client(.text("not the lake"), at: .milliseconds(2500))
        simulation.run(until: .seconds(15))
        #expect(simulation.statuses.first == .interrupted)
        let drafts = simulation.generations.filter { $0.brief.agentName == "Draft" && $0.brief.task == .plan }
        #expect(drafts.count == 2 && drafts.last?.brief.callerWords == "not the lake")
    }

    @Test func whatMustBeKnownIsAskedAgain() {
        var simulation = Simulation(
            Self.project(Self.wanted),
            Self.script {
                $0.fillings = [#"{"suits": null, "days": 2}"#, #"Sure: {"suits": "yes", "days": "2"}"#]
            })
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.client(.text("two days"), at: .seconds(12))
        simulation.client(.text("it does"), at: .seconds(24))
        simulation.run(until: .seconds(60))
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
        #expect(simulation.statuses == [.completed, .completed, .completed])
        let asked = simulation.generations.compactMap { request -> [String]? in
            if case .ask(let questions) = request.brief.task { questions.map(\.name) } else { nil }
        }
        #expect(asked == [["suits", "days"], ["suits"]])
        #expect(
            Self.parents(of: "Final", in: simulation)?.last?.text == "The caller said: it does\nsuits: yes\ndays: 2")
    }

    @Test func aQuestionThatCannotBeAskedAgainIsGivenUp() {
        var simulation = Simulation(Self.project(Self.wanted), Self.script { $0.fillings = ["{}"] })
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.run(until: .seconds(11))
        simulation.script.failsParts = [.answer(node: "Trip/Opinion")]
        simulation.client(.text("hm"), at: .seconds(12))
        simulation.run(until: .seconds(22))
        #expect(simulation.speakers == ["Draft", "Opinion", "Final"])
        #expect(simulation.warnings.map(\.code) == ["agent_failed"])
        // What is said next is a turn of its own.
        simulation.script.failsParts = []
        simulation.client(.text("thanks"), at: .seconds(30))
        simulation.run(until: .seconds(32))
        #expect(simulation.generations.last { $0.brief.agentName == "Draft" }?.brief.callerWords == "thanks")
    }

    /// Nobody is asked for ever, and what a model makes of an answer is not believed.
    @Test(arguments: ["?", "[]", "{", #"{"suits": 7, "days": "many"}"#, #"{"days": 1e400}"#, ""])
    func anAnswerThatCannotBeReadEndsTheQuestion(filling: String) throws {
        var simulation = Simulation(
            Self.project(Self.wanted), Self.script { $0.fillings = Array(repeating: filling, count: 9) })
        simulation.client(.text("plan a trip"), at: .seconds(1))
        for turn in 1...4 { simulation.client(.text("hm \(turn)"), at: .seconds(1 + 12 * turn)) }
        simulation.run(until: .seconds(120))
        // The flow goes on once, whatever is said later.
        let final = try #require(simulation.generations.firstIndex { $0.brief.agentName == "Final" })
        let before = simulation.generations[..<final]
        let questions = before.count { if case .ask = $0.brief.task { true } else { false } }
        #expect((1...Questions.mostTimes).contains(questions))
        let said = simulation.generations[final].brief.parents.last?.text
        #expect(said?.hasPrefix("The caller said: hm \(questions)") == true, "\(said ?? "")")
    }

    @Test func aRefusedAnswerLeavesTheQuestionOpen() {
        var simulation = Simulation(
            Self.project { $0.orchestrator.rules = [ConductRule(name: "No bets", description: "No betting.")] },
            Self.script())
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.run(until: .seconds(14))
        simulation.script.screening = "No bets"
        simulation.client(.text("I bet it rains"), at: .seconds(15))
        simulation.run(until: .seconds(24))
        simulation.script.screening = "none"
        simulation.client(.text("it suits me"), at: .seconds(25))
        simulation.run(until: .seconds(60))
        #expect(simulation.statuses == [.completed, .completed, .completed])
        #expect(Self.parents(of: "Final", in: simulation)?.last?.text == "The caller said: it suits me")
        let drafts = simulation.generations.count { $0.brief.agentName == "Draft" && $0.brief.task == .plan }
        #expect(drafts == 1)
    }

    /// An agent whose part is the question alone.
    @Test func whoeverAnswersTheLastQuestionIsThanked() {
        var simulation = Simulation(
            Self.project {
                $0.superAgents = []
                $0.agents.removeAll { $0.name != "Opinion" }
                $0.orchestrator.agentNames = ["Opinion"]
            }, Self.script())
        simulation.client(.text("hello"), at: .seconds(1))
        simulation.client(.text("yes"), at: .seconds(10))
        simulation.client(.text("hello again"), at: .seconds(20))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.completed, .completed, .completed])
        #expect(simulation.texts == ["Does it suit you? ", "Does it suit you? "])
        #expect(simulation.speakers == ["Opinion"] && simulation.spoken.contains("Thank you."))
    }

    /// A call that ends does not wait for an answer, and is not woken for one.
    @Test func aGoodbyeEndsTheQuestion() throws {
        func call(longest: Duration?) -> Simulation {
            var simulation = Simulation(
                Self.project(Inquiry(patience: .seconds(4))) {
                    $0.call.longest = longest
                    $0.call.goodbye = "Thank you for calling, and have a very nice day with whatever you do. Goodbye."
                }, Self.script())
            simulation.client(.text("plan a trip"), at: .seconds(1))
            simulation.run(until: .seconds(60))
            return simulation
        }
        let asked = try #require(call(longest: nil).first { if case .responseDone = $0 { true } else { false } })
        // The goodbye is under way when the caller has been waited for.
        let simulation = call(longest: asked + .seconds(2))
        #expect(simulation.count { if case .ended = $0 { true } else { false } } == 1)
        #expect(simulation.speakers == ["Draft", "Opinion", "orchestrator"])
    }

    @Test func aStoppedQuestionIsNotAskedAnyMore() throws {
        var simulation = Simulation(Self.project(), Self.script())
        simulation.client(.text("plan a trip"), at: .seconds(1))
        simulation.client(.stopResponse, at: .seconds(2))
        simulation.client(.text("plan another"), at: .seconds(15))
        simulation.run(until: .seconds(20))
        let drafts = simulation.generations.filter { $0.brief.agentName == "Draft" && $0.brief.task == .plan }
        #expect(drafts.map(\.brief.callerWords) == ["plan a trip", "plan another"])
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
