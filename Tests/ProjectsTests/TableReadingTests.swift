import Foundation
import ProjectModel
import Testing

@testable import Projects

/// What the keys about tables become.
@Suite("Tables")
struct TableReadingTests {
    private func corpus(_ name: String) throws -> Project {
        let result = ProjectLoader.load(file: TestFiles.corpusPath("valid/\(name).yaml"), name: "x")
        return try #require(result.project, "\(result.rendered)")
    }

    private func set(_ tool: Tool?) -> TableSet? {
        if case .tables(let set)? = tool?.source { set } else { nil }
    }

    @Test func agentsGetAToolOfTheirOwn() throws {
        let project = try corpus("analytics")
        #expect(project.tools.map(\.name) == ["prices", "query_tables", "query_tables_2"])
        #expect(project.agents.map(\.tools.tools) == [["query_tables"], ["prices"], ["query_tables_2"]])
        #expect(project.agents.allSatisfy { $0.program == .planning })
        let own = try #require(set(project.tools[1]))
        #expect(own.storage == .files && own.tables.map(\.name) == ["sales", "prices"])
        let sales = own.tables[0]
        #expect(sales.description == "What was sold." && sales.rowCount == 2 && !sales.state.isEmpty)
        #expect(sales.columns.map(\.name) == ["day", "amount"])
        #expect(sales.columns.map(\.type) == ["TEXT, a date as YYYY-MM-DD", "REAL"])
        #expect(sales.columns[1].samples == ["12.5", "20.0"])
        // Semicolons, and a comma in numbers.
        #expect(own.tables[1].columns.map(\.samples) == [["'tea'", "'coffee'"], ["2.5", "3.0"]])
        let tool = try #require(set(project.tools[0]))
        #expect(tool.tables.map(\.name) == ["prices"])
        #expect(project.tools.allSatisfy { $0.parameters == ProjectReader.queryParameters })
        let data = try JSONEncoder().encode(project)
        #expect(try JSONDecoder().decode(Project.self, from: data) == project)
    }

    /// A server that cannot be asked is believed what the file says; what a client has, it must say.
    @Test func serversAndClientsHaveTables() throws {
        let project = try corpus("analytics-servers")
        #expect(project.tools.map(\.name) == ["query_tables", "PostgresExecutor", "PandasExecutor"])
        #expect(project.tools.map(\.isClients) == [false, true, true])
        let server = try #require(set(project.tools[0]))
        #expect(server.storage == .server(variable: "SHOP_DATABASE"))
        #expect(server.tables.map(\.schema) == ["shop"] && server.tables[0].columns.map(\.type) == ["date", ""])
        #expect(project.tools[0].parameters.contains(#""sql":"#) && project.tools[0].parameters.contains("PostgreSQL"))
        #expect(project.tools[2].parameters.contains(#""query":"#) && project.tools[2].parameters.contains("Pandas"))
        #expect(set(project.tools[2])?.storage == .client(executor: "PandasExecutor"))
        for name in ["valid", "invalid"] {
            let path = TestFiles.corpusPath("\(name)/analytics-servers.yaml")
            let result = ProjectLoader.load(file: path, name: "x")
            #expect(!result.source.contains("canary") && !result.rendered.contains("canary"))
        }
    }

    @Test func passwordsAreNotShown() throws {
        let result = ProjectLoader.load(file: TestFiles.corpusPath("valid/analytics-missing.yaml"), name: "x")
        #expect(result.project?.agents.allSatisfy { $0.program.standIn?.agentClass == "AnalyticsAgent" } == true)
        #expect(!result.source.contains("canary") && !result.rendered.contains("canary"))
    }

    /// A text that lies nowhere has no files beside it.
    @Test func aTextHasNoFiles() throws {
        let bytes = try TestFiles.corpusBytes("valid/analytics.yaml")
        let result = ProjectLoader.load(bytes: bytes, name: "x")
        #expect(result.project == nil, "a tool without its tables cannot be")
        #expect(result.diagnostics.contains { $0.severity == .error && $0.message.contains("read from no file") })
    }

    /// A file that changed makes another version when the project is read again.
    @Test func aVersionIsItsData() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parley-tables-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let table = folder.appending(path: "t.csv")
        let file = folder.appending(path: "shop.yaml")
        try Data("n\n1\n".utf8).write(to: table)
        let text = """
            orchestrator: {agent_list: [{agent_name: A}]}
            utility_agents:
              - agent_class: AnalyticsAgent
                agent_name: A
                config: {executor_config: {type: PandasExecutor, tables: [{name: t, file_path: t.csv}]}}
            """
        try Data(text.utf8).write(to: file)
        let registry = ProjectRegistry(folder: folder.path)
        registry.rescan()
        #expect(registry.project(named: "shop")?.version == 0)
        try Data((text + "\n# a comment\n").utf8).write(to: file)
        registry.rescan()
        #expect(registry.project(named: "shop")?.version == 0, "nothing that counts has changed")
        try Data("n\n1\n2\n".utf8).write(to: table)
        try Data((text + "\n# another\n").utf8).write(to: file)
        registry.rescan()
        #expect(registry.project(named: "shop")?.version == 1)
        #expect(set(registry.project(named: "shop")?.tools.first)?.tables.first?.rowCount == 2)
    }
}
