import Foundation
import Network
import ProjectModel
import ProviderKit
import Tables
import Testing

@testable import Tools

/// A tool that queries tables: its arguments, its failures, each call once.
@Suite struct TableToolTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "parley-tables-\(UUID().uuidString)")

    private func box(_ tables: TableLibrary? = TableLibrary()) throws -> ToolBox {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("n\n1\n2\n".utf8).write(to: folder.appending(path: "t.csv"))
        var room = TableInspector.mostBytes
        let table = try TableInspector.table(.init(name: "t", file: "t.csv"), in: folder.path, room: &room)
        let set = TableSet(folder: folder.path, storage: .files, tables: [table])
        let parameters =
            #"{"type":"object","properties":{"sql":{"type":"string"}},"required":["sql"],"additionalProperties":false}"#
        var project = Project(name: "x", orchestrator: Orchestrator(agentNames: ["Ada"]), agents: [Agent(name: "Ada")])
        project.agents[0].tools = ToolUse(tools: ["query"])
        project.tools = [Tool(name: "query", description: "", parameters: parameters, source: .tables(set))]
        return ToolBox(project: project, client: try HTTPClient(), environment: [:], tables: tables)
    }

    @Test func callsAreCheckedAndCarriedOut() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let box = try box()
        let count = #"{"sql": "SELECT sum(n) AS s FROM t"}"#
        #expect(await box.call("query", count) == .result(#"{"columns":["s"],"rows":[[3]]}"#))
        #expect(await box.call("query", #"{"query": "SELECT 1"}"#, key: "k2").failure == .invalidArguments)
        #expect(await box.call("query", #"{"sql": 7}"#, key: "k3").failure == .invalidArguments)
        let dropped = await box.call("query", #"{"sql": "DROP TABLE t"}"#, key: "k4")
        #expect(dropped.failure == .invalidArguments && dropped.text.hasPrefix("nothing was done; only SELECT"))
        #expect(await box.call("query", count, key: "k5", agent: "Bob").failure == .unknownTool)
        // A key that is here for the second time has the outcome of the first.
        #expect(await box.call("query", #"{"sql": "SELECT 7"}"#) == .result(#"{"columns":["s"],"rows":[[3]]}"#))
        #expect(await box.definitions(for: "Ada").map(\.name) == ["query"])
    }

    @Test func aFileThatIsGoneIsTold() async throws {
        let box = try box()
        try FileManager.default.removeItem(at: folder)
        let outcome = await box.call("query", #"{"sql": "SELECT 1"}"#)
        #expect(outcome.failure == .unavailable && outcome.text.hasPrefix("the tables cannot be read: "))
    }
}
