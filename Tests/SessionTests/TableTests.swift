import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// An agent that queries tables: its model is told of them, asks wrongly, is told why, asks rightly, and answers.
@Suite struct TableTests {
    private func project() -> Project {
        var project = TestProjects.single()
        let sales = DataTable(name: "sales", file: "sales.csv", columns: [.init(name: "amount", type: "REAL")])
        project.tools = [
            Tool(
                name: "query_tables", description: "Queries.", parameters: #"{"type":"object"}"#,
                source: .tables(TableSet(folder: "/x", storage: .files, tables: [sales])))
        ]
        project.agents[0].tools = ToolUse(tools: ["query_tables"])
        return project
    }

    private func script() -> Script {
        func query(_ sql: String) -> Script.Writing {
            .init(calls: [ToolCall(id: "x", name: "query_tables", arguments: "{\"sql\":\"\(sql)\"}")])
        }
        var script = Script()
        script.writings = [
            "Stock": [
                query("SELECT sum(price) FROM sales"), query("SELECT sum(amount) FROM sales"),
                .init(text: "It is thirty two."),
            ]
        ]
        script.outcome = {
            $0.arguments.contains("price")
                ? .failed(.invalidArguments, "nothing was done; no such column: price") : .result("[[32]]")
        }
        return script
    }

    @Test func aModelMendsItsQuery() throws {
        var simulation = Simulation(project(), script())
        simulation.client(.text("How much did we sell?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(simulation.texts.joined() == "It is thirty two. ")
        #expect(simulation.statuses == [.completed])
        let executors = simulation.requests.compactMap {
            if case .call(_, _, _, let by) = $0.request { by } else { nil }
        }
        #expect(executors == [.server, .server])
        let finished = simulation.events.compactMap {
            if case .toolFinished(_, _, _, let status) = $0 { status } else { nil }
        }
        #expect(finished == ["invalidArguments", "completed"])
        let generations = simulation.generations
        #expect(generations.count == 3)
        #expect(generations.allSatisfy { $0.messages[0].content.contains("Table \"sales\":\n* \"amount\" REAL") })
        #expect(generations.allSatisfy { $0.brief.lack == "compute with the table sales" })
        #expect(generations[1].messages.last?.content.hasSuffix("no such column: price") == true)
        #expect(generations[2].messages.last?.content == "[[32]]")
    }

    /// Whoever may not query them is not told of them.
    @Test func othersAreNotTold() throws {
        var project = project()
        project.agents[0].tools = ToolUse()
        var simulation = Simulation(project, Script())
        simulation.client(.text("How much did we sell?"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        let first = try #require(simulation.generations.first)
        #expect(!first.messages[0].content.contains("sales") && first.brief.lack == nil)
    }
}
