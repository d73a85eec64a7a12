import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Agents that do a research in several stages, in a conversation.
@Suite struct ResearchTests {
    private func project(_ change: (inout Research.Depth) -> Void = { _ in }) -> Project {
        var project = TestProjects.single()
        project.tools = ["hand", "web"].map {
            Tool(
                name: $0, description: "Searches.", parameters: Retriever.parameters,
                source: .retriever(Retriever(.folder("/srv"))), interruption: .cancel)
        }
        project.agents[0].tools = ToolUse(tools: ["hand", "web"])
        var depth = Research.Depth(questions: 2, rounds: 2)
        change(&depth)
        var research = Research(tools: ["hand", "web"])
        research.depth = depth
        project.agents[0].program = .research(research)
        return project
    }

    private func script(_ plans: String...) -> Script {
        var script = Script()
        script.plans = plans
        script.outcome = {
            .result("[{\"result\": \"Found by \($0.tool) for \($0.arguments).\", \"source\": \"\($0.tool)\"}]")
        }
        script.answers = ["Stock": "It is high at six."]
        return script
    }

    private func asked(_ simulation: Simulation) -> [String] {
        simulation.requests.compactMap {
            if case .call(_, let invocation, _, _) = $0.request {
                "\(invocation.tool) \(invocation.arguments)"
            } else {
                nil
            }
        }
    }

    @Test func questionsAreLookedUpAtOnceAndThenTheGaps() throws {
        var simulation = Simulation(
            project { $0.showsStages = true },
            script(#"{"questions": ["tides", "moons"]}"#, #"{"questions": ["winds"]}"#))
        simulation.client(.text("When is it high?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(
            asked(simulation) == [
                #"hand {"query":"tides"}"#, #"web {"query":"tides"}"#, #"hand {"query":"moons"}"#,
                #"web {"query":"moons"}"#, #"hand {"query":"winds"}"#, #"web {"query":"winds"}"#,
            ])
        let times = simulation.requests.filter { if case .call = $0.request { true } else { false } }.map(\.at)
        #expect(Set(times.prefix(4)).count == 1, "all at the same time")
        let report = try #require(simulation.generations.last)
        #expect(report.brief.task == .plan && report.tools.isEmpty)
        guard case .passages(let passages)? = report.brief.finding else {
            Issue.record("nothing was found")
            return
        }
        #expect(Set(passages.map(\.text)).count == 6 && Set(passages.map(\.source)) == ["hand", "web"])
        #expect(simulation.texts.joined() == "It is high at six. " && simulation.statuses == [.completed])
        #expect(simulation.fillers.map(\.text) == ["• tides\n• moons", "• winds"])
        let check = try #require(simulation.generations.dropFirst().first)
        #expect(check.messages.last?.content.contains("* tides") == true && check.form == .questions)
        simulation.client(.text("Thank you."), at: .seconds(31))
        simulation.run(until: .seconds(60))
        #expect(simulation.remembered.map(\.content) == ["When is it high?", "It is high at six. "])
    }

    /// What the caller says to the question is part of what is looked up.
    @Test(arguments: ["The North Sea.", nil])
    func theCallerIsAskedFirst(answer: String?) throws {
        var simulation = Simulation(
            project { ($0.clarifies, $0.patience) = (true, .seconds(5)) },
            script(#"{"questions": [], "clarify": "Which sea?"}"#, #"{"questions": [], "clarify": "Again?"}"#))
        simulation.client(.text("When is it high?"), at: .seconds(1))
        if let answer { simulation.client(.text(answer), at: .seconds(6)) }
        simulation.run(until: .seconds(40))
        #expect(simulation.texts.joined() == "Which sea?It is high at six. ")
        #expect(simulation.spoken.first == "Which sea?", "it is heard")
        let words = "When is it high?" + (answer.map { "\\n" + $0 } ?? "")
        #expect(asked(simulation).first == "hand {\"query\":\"\(words)\"}")
        #expect(simulation.statuses == [.completed, .completed])
    }

    /// A slow research says how far it is, each stage once.
    @Test func theCallerHearsHowFarItIs() {
        var slow = script(#"{"questions": ["tides"]}"#, #"{"questions": []}"#)
        slow.thinks = { _ in .seconds(6) }
        slow.callDelay = { _ in .seconds(6) }
        var simulation = Simulation(project(), slow)
        simulation.client(.text("When is it high?"), at: .seconds(1))
        simulation.run(until: .seconds(40))
        let lines = ResearchLines.standard(in: "en-US")
        #expect(simulation.fillers.map(\.text) == [lines?.planning, lines?.searching, lines?.reviewing])
        #expect(simulation.texts.joined() == "It is high at six. ")
        #expect(ResearchLines.standard(in: "xx") == nil)
    }

    @Test func anInterruptionEndsIt() {
        var slow = script(#"{"questions": ["tides"]}"#)
        slow.callDelay = { _ in .seconds(6) }
        var simulation = Simulation(project(), slow)
        simulation.client(.text("When is it high?"), at: .seconds(1))
        simulation.client(.text("Never mind."), at: .seconds(3))
        simulation.run(until: .seconds(4))
        #expect(simulation.requests.count { if case .cancelCall = $0.request { true } else { false } } == 2)
    }

    /// Its report is checked as other answers are.
    @Test func itReflects() throws {
        var project = project { $0.rounds = 1 }
        project.agents[0].reflection = SelfReflection(maximumAttempts: 2)
        var script = script(#"{"questions": ["tides"]}"#)
        script.critiques = [#"{"good": false, "flaws": ["No source."]}"#]
        var simulation = Simulation(project, script)
        simulation.client(.text("When is it high?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        let tasks = simulation.generations.map(\.brief.task)
        #expect(tasks.count { if case .critique = $0 { true } else { false } } == 1)
        #expect(asked(simulation).count == 2, "nothing is looked up again")
        #expect(simulation.generations.allSatisfy { $0.brief.task == tasks[0] || $0.brief.finding != nil })
        #expect(simulation.texts.joined() == "It is high at six. ")
    }
}
