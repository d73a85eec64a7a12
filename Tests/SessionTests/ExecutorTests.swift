import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Agents whose answer is the result of one call.
@Suite struct ExecutorTests {
    private func project(_ source: Tool.Source = .client, timeout: Duration = .seconds(30)) -> Project {
        var project = TestProjects.single()
        project.tools = [
            Tool(
                name: "Stock", description: "Counts.", parameters: #"{"type":"object"}"#, source: source,
                timeout: timeout)
        ]
        project.agents[0].tools = ToolUse(tools: ["Stock"])
        project.agents[0].program = .executor(Executor(tool: "Stock", settings: #"{"shelf":7}"#))
        return project
    }

    private static let http = Tool.Source.http(HTTPTool(method: "POST", url: "https://stock.example/count"))

    private func calls(_ simulation: Simulation) -> [ToolInvocation] {
        simulation.requests.compactMap {
            if case .call(_, let invocation, _, _) = $0.request { invocation } else { nil }
        }
    }

    private func finished(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .toolFinished(_, _, _, let status) = $0 { status } else { nil } }
    }

    private func callID(_ simulation: Simulation) throws -> CallID {
        try #require(
            simulation.events.compactMap { event -> CallID? in
                if case .toolCalled(_, let id, _, _) = event { id } else { nil }
            }.last)
    }

    @Test func theResultIsSpoken() {
        var script = Script()
        script.outcome = { _ in .result("\"There are nine. Shall I order more?\"") }
        var simulation = Simulation(project(Self.http), script)
        simulation.client(.text("How many hammers?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(calls(simulation).map(\.arguments) == [#"{"query":"How many hammers?","config":{"shelf":7}}"#])
        #expect(simulation.texts.joined() == "There are nine. Shall I order more?")
        #expect(simulation.spoken.joined(separator: " ") == "There are nine. Shall I order more?")
        #expect(simulation.statuses == [.completed] && finished(simulation) == ["completed"])
        #expect(simulation.generations.isEmpty, "no model writes")
        #expect(simulation.fillers.isEmpty)
    }

    @Test(arguments: [#"{"count":9}"#, "9", "[1,2]", "*nine*"]) func whatIsNoStringIsShownAsItIs(_ result: String) {
        var script = Script()
        script.outcome = { _ in .result(result) }
        var simulation = Simulation(project(Self.http), script)
        simulation.client(.text("How many?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.texts.joined() == result && simulation.statuses == [.completed])
    }

    @Test func theClientAnswers() throws {
        var simulation = Simulation(project(), Script())
        simulation.client(.text("How many?"), at: .seconds(1))
        simulation.run(until: .seconds(3))
        simulation.client(.toolOutput(try callID(simulation), "Nine."), at: .seconds(4))
        simulation.run(until: .seconds(30))
        #expect(simulation.texts.joined() == "Nine." && simulation.statuses == [.completed])
    }

    /// Nobody answers, or whoever does fails: the caller hears the apology.
    @Test func noAnswerInTimeIsAnApology() throws {
        var simulation = Simulation(project(timeout: .seconds(5)), Script())
        simulation.client(.text("How many?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(finished(simulation) == ["timedOut"] && simulation.statuses == [.failed])
        #expect(simulation.texts.isEmpty && !simulation.fillers.isEmpty, "an apology")
        #expect(simulation.warnings.map(\.code) == ["agent_failed"])
        let over = try #require(simulation.first { if case .toolFinished = $0 { true } else { false } })
        #expect(over >= .seconds(6) && over < .seconds(6.5))
    }

    @Test(arguments: ["", "null", "  ", #"{"status":204}"#]) func nothingIsNoAnswer(_ result: String) {
        var script = Script()
        script.outcome = { _ in .result(result) }
        var simulation = Simulation(project(Self.http), script)
        simulation.client(.text("How many?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.statuses == [.failed] && simulation.texts.isEmpty && !simulation.fillers.isEmpty)
    }

    /// A client without that function says so, and nobody waits.
    @Test func aRefusalOfTheClientIsAnApologyAtOnce() throws {
        var simulation = Simulation(project(), Script())
        simulation.client(.text("How many?"), at: .seconds(1))
        simulation.run(until: .seconds(2))
        simulation.client(.toolRefusal(try callID(simulation), "no such function"), at: .seconds(2))
        simulation.run(until: .seconds(10))
        #expect(finished(simulation) == ["refused"] && simulation.statuses == [.failed])
        let apology = try #require(simulation.fillers.first?.at)
        #expect(apology < .seconds(4), "not after the time that the client had")
    }

    /// A flow goes on without the agent that failed.
    @Test func theFlowGoesOn() {
        var project = TestProjects.advisor()
        project.tools = [
            Tool(
                name: "Stock", description: "", parameters: #"{"type":"object"}"#, source: .client, timeout: .seconds(2)
            )
        ]
        project.agents[0].tools = ToolUse(tools: ["Stock"])
        project.agents[0].program = .executor(Executor(tool: "Stock"))
        var simulation = Simulation(project, Script())
        simulation.client(.text("Advise me."), at: .seconds(1))
        simulation.run(until: .seconds(60))
        #expect(simulation.warnings.map(\.code) == ["agent_failed"])
        #expect(simulation.speakers.contains("Currency") && simulation.speakers.contains("Advisor"))
        #expect(simulation.statuses == [.completed])
    }

    /// What stands before it in a flow is told to it, and what comes after it is told its answer.
    @Test func aFlowPassesThroughIt() throws {
        var project = TestProjects.advisor()
        project.tools = [
            Tool(name: "Currency", description: "", parameters: #"{"type":"object"}"#, source: Self.http)
        ]
        project.agents[1].tools = ToolUse(tools: ["Currency"])
        project.agents[1].program = .executor(Executor(tool: "Currency", argument: "prompt"))
        var script = Script()
        script.answers = ["Stock": "Buy."]
        script.outcome = { _ in .result("Sell the pound.") }
        var simulation = Simulation(project, script)
        simulation.client(.text("Advise me."), at: .seconds(1))
        simulation.run(until: .seconds(60))
        let arguments = try #require(calls(simulation).first?.arguments)
        #expect(
            arguments.hasPrefix(
                #"{"prompt":"Advise me.","goal":"Advise.","answers":[{"agent":"Stock","text":"Buy. "}]"#)
        )
        let summary = try #require(simulation.generations.last { $0.brief.task == .summarize })
        #expect(summary.brief.parents.map(\.text).contains { $0.contains("Sell the pound.") })
    }

    /// The caller speaks while the call is under way: there is one call, and its result stands in the history.
    @Test func anInterruptionNeitherLosesNorRepeats() throws {
        var project = project(Self.http)
        project.orchestrator.agentNames = ["Stock", "Risk"]
        project.agents[2].speech = nil
        var script = Script()
        script.routing = "Stock"
        script.callDelay = { _ in .seconds(6) }
        script.outcome = { _ in .result("Nine hammers.") }
        var simulation = Simulation(project, script)
        simulation.client(.text("How many hammers?"), at: .seconds(1))
        simulation.run(until: .seconds(2))
        simulation.script.routing = "Risk"
        simulation.client(.text("Hello?"), at: .seconds(3))
        simulation.client(.text("And now?"), at: .seconds(20))
        simulation.run(until: .seconds(60))
        #expect(simulation.count(\.isInterruption) == 1)
        #expect(calls(simulation).count == 1 && finished(simulation) == ["completed"])
        let told = try #require(simulation.generations.last { $0.brief.agentName == "Risk" })
        #expect(told.messages.contains { $0.content.contains("Nine hammers.") })
        #expect(told.messages.contains { $0.content.contains("How many hammers?") })
    }

    /// The same question again joins the call that is under way, and its answer is heard.
    @Test func theSameQuestionJoinsTheCall() {
        var script = Script()
        script.callDelay = { _ in .seconds(6) }
        script.outcome = { _ in .result("Nine.") }
        var simulation = Simulation(project(Self.http), script)
        simulation.client(.text("How many?"), at: .seconds(1))
        simulation.client(.text("How many?"), at: .seconds(3))
        simulation.run(until: .seconds(60))
        #expect(calls(simulation).count == 1)
        #expect(simulation.texts.joined() == "Nine.")
    }

    /// However much was said, the call leaves.
    @Test func argumentsFitTheirBound() {
        var project = project(Self.http)
        project.agents[0].program = .executor(
            Executor(
                tool: "Stock", settings: #"{"x":"\#(String(repeating: "ü", count: 3900))"}"#, isToldHistory: true,
                isToldDate: true))
        project.agents[0].memory.variables = (0..<100).map {
            .init(name: "n\($0)", value: String(repeating: "\"", count: 400))
        }
        var script = Script()
        script.outcome = { _ in .result(String(repeating: "\u{1}\"ä ", count: 4000)) }
        var simulation = Simulation(project, script)
        for turn in 0..<3 {
            simulation.client(.text(String(repeating: "\"ä\\", count: 2600)), at: .seconds(1 + turn * 2000))
        }
        simulation.run(until: .seconds(8000))
        #expect(calls(simulation).count == 3)
        #expect(calls(simulation).allSatisfy { $0.arguments.utf8.count <= ToolCalls.longestArguments })
        #expect(calls(simulation).last?.arguments.contains("chat_history") == true)
    }
}
