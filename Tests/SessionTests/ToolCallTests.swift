import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Agents that act: what they call leaves once, whatever the caller does meanwhile, and no result is lost.
@Suite struct ToolCallTests {
    private static let object = #"{"type":"object"}"#

    private func project(_ change: (inout Tool) -> Void = { _ in }) -> Project {
        var project = TestProjects.single()
        var book = Tool(
            name: "book", description: "Books.", parameters: Self.object,
            source: .http(HTTPTool(method: "POST", url: "http://127.0.0.1/book")))
        change(&book)
        let find = Tool(
            name: "find", description: "Finds.", parameters: Self.object,
            source: .http(HTTPTool(method: "GET", url: "http://127.0.0.1/find")))
        project.tools = [book, find]
        project.agents[0].tools = ToolUse(tools: ["book", "find"])
        return project
    }

    private func call(_ name: String, _ arguments: String = "{}") -> Script.Writing {
        Script.Writing(calls: [ToolCall(id: "x", name: name, arguments: arguments)])
    }

    private func script(_ writings: [Script.Writing]) -> Script {
        var script = Script()
        script.writings = ["Stock": writings]
        return script
    }

    private func calls(_ simulation: Simulation) -> [ToolInvocation] {
        simulation.requests.compactMap {
            if case .call(_, let invocation, _, _) = $0.request { invocation } else { nil }
        }
    }

    private func finished(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .toolFinished(_, _, _, let status) = $0 { status } else { nil } }
    }

    @Test func aModelGoesOnWithTheResult() throws {
        var simulation = Simulation(
            project(), script([call("book", #"{"day":"Monday"}"#), .init(text: "You are booked for Monday.")]))
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(calls(simulation).map(\.arguments) == [#"{"day":"Monday"}"#])
        #expect(simulation.texts.joined() == "You are booked for Monday. ")
        #expect(finished(simulation) == ["completed"])
        #expect(simulation.statuses == [.completed])
        let second = try #require(simulation.generations.last)
        #expect(second.tools.map(\.name) == ["book", "find"])
        #expect(second.messages.suffix(2).map(\.role) == [.assistant, .tool])
        #expect(second.messages.last?.content == "did book")
        #expect(second.messages.last?.callID == second.messages.dropLast().last?.toolCalls.first?.id)
    }

    @Test func callsOfOneRoundRunAtOnceAndKeepTheirOrder() throws {
        var script = script([
            .init(
                text: "Let me look.",
                calls: [
                    ToolCall(id: "a", name: "book", arguments: "{}"), ToolCall(id: "b", name: "find", arguments: "{}"),
                ]), .init(text: "Done."),
        ])
        script.callDelay = { $0.tool == "book" ? .seconds(2) : .milliseconds(10) }
        var simulation = Simulation(project(), script)
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.run(until: .seconds(30))
        let times = simulation.requests.filter { if case .call = $0.request { true } else { false } }.map(\.at)
        #expect(times.count == 2 && times[1] - times[0] < .milliseconds(100))
        let messages = try #require(simulation.generations.last?.messages.suffix(3))
        #expect(messages.map(\.content) == ["Let me look. ", "did book", "did find"])
        #expect(simulation.texts.joined() == "Let me look.  Done. ", "it is heard while they run")
        #expect(simulation.plays.first.map { $0.at < times[0] + .seconds(2) } == true)
    }

    /// The caller speaks while a booking is under way: there is one booking, and the next answer knows it.
    @Test(arguments: Tool.Interruption.allCases) func anInterruptionNeitherLosesNorRepeats(_ policy: Tool.Interruption)
        throws
    {
        var script = script([
            .init(text: "I will book that for you now.", calls: [ToolCall(id: "a", name: "book", arguments: "{}")]),
            call("book"), .init(text: "It is booked."),
        ])
        script.callDelay = { _ in .seconds(6) }
        var simulation = Simulation(project { $0.interruption = policy }, script)
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.client(.text("Hello?"), at: .seconds(3))
        simulation.run(until: .seconds(60))
        #expect(simulation.count(\.isInterruption) == 1)
        // What was taken back may be asked for again; what goes on is not.
        #expect(calls(simulation).count == (policy == .cancel ? 2 : 1))
        #expect(finished(simulation) == (policy == .cancel ? ["cancelled", "completed"] : ["completed"]))
        #expect(simulation.texts.joined().hasSuffix("It is booked. "))
        let told = simulation.generations.dropFirst().first?.messages.last { $0.role == .tool }?.content
        #expect(told == (policy == .cancel ? ToolOutcome.takenBack : ToolOutcome.running))
        #expect(simulation.generations.last?.messages.last?.content.hasPrefix("did book") == true)
    }

    /// A result that comes when nobody waits for it any more stands in the history.
    @Test func aLateResultIsRemembered() throws {
        var script = script([call("book"), .init(text: "Hello to you."), .init(text: "Yes, it is booked.")])
        script.callDelay = { _ in .seconds(4) }
        var simulation = Simulation(project(), script)
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.client(.text("Hello?"), at: .seconds(2))
        simulation.client(.text("Am I booked?"), at: .seconds(20))
        simulation.run(until: .seconds(60))
        #expect(calls(simulation).count == 1)
        let messages = try #require(simulation.generations.last?.messages)
        #expect(messages.filter { $0.role == .tool }.map(\.content) == ["did book"])
        #expect(messages.contains { $0.role == .user && $0.content.contains("Book me in.") })
    }

    @Test func onlyWhatAnAgentHasIsCalled() throws {
        var simulation = Simulation(
            project(), script([call("delete_everything"), .init(text: "I cannot do that.")]))
        simulation.client(.text("Delete all."), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(calls(simulation).isEmpty && finished(simulation).isEmpty)
        #expect(simulation.generations.last?.messages.last?.content.contains("unknownTool") == true)
        #expect(simulation.texts.joined() == "I cannot do that. ")
    }

    /// A model that only ever calls comes to an end.
    @Test func roundsAreBounded() {
        var project = project()
        project.agents[0].tools.maxSteps = 3
        let endless = (0..<20).map { call("find", #"{"page":\#($0)}"#) }
        var simulation = Simulation(project, script(endless))
        simulation.client(.text("Find it."), at: .seconds(1))
        simulation.run(until: .seconds(60))
        #expect(calls(simulation).count == 3)
        #expect(simulation.statuses == [.failed])
        #expect(!simulation.fillers.isEmpty, "an apology")
    }

    @Test func atMostSixteenCallsAreUnderWay() {
        let many = (0..<20).map { ToolCall(id: "\($0)", name: "find", arguments: #"{"page":\#($0)}"#) }
        var simulation = Simulation(project(), script([.init(calls: many), .init(text: "Done.")]))
        simulation.client(.text("Find it."), at: .seconds(1))
        simulation.run(until: .seconds(60))
        #expect(calls(simulation).count == ToolCalls.maximum)
        #expect(simulation.texts.joined() == "Done. ")
    }

    /// A tool of the client: it is told the arguments, and its result goes on; others' results are refused.
    @Test func aClientCarriesOutItsTools() throws {
        var simulation = Simulation(
            project { $0.source = .client }, script([call("book", #"{"day":1}"#), .init(text: "Booked.")]))
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.run(until: .seconds(3))
        let id = try #require(
            simulation.events.compactMap { event -> CallID? in
                if case .toolCalled(_, let id, "book", #"{"day":1}"#) = event { id } else { nil }
            }.first)
        simulation.client(.toolOutput(CallID(77), "forged"), at: .seconds(4))
        simulation.client(.toolOutput(id, "seat 4"), at: .seconds(5))
        simulation.client(.toolOutput(id, "seat 5"), at: .seconds(6))
        simulation.run(until: .seconds(30))
        #expect(simulation.generations.last?.messages.last?.content == "seat 4")
        #expect(simulation.warnings.map(\.code) == ["unknown_call", "unknown_call"])
        #expect(simulation.texts.joined() == "Booked. ")
    }

    @Test func aSlowToolHasALine() {
        var script = script([call("book"), .init(text: "Booked.")])
        script.callDelay = { _ in .seconds(4) }
        var simulation = Simulation(project { $0.progress = "I am on it." }, script)
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.fillers.map(\.text) == ["I am on it."])
    }
}
