import Foundation
import ProjectModel
import Testing

@testable import Projects

/// What agents become whose answer is the result of one call, and agents that look things up first.
@Suite("Executors and researchers")
struct ExecutorReadingTests {
    private func corpus(_ name: String) throws -> Project {
        let result = ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/\(name).yaml"), name: "x")
        return try #require(result.project, "\(result.rendered)")
    }

    @Test func everyExecutorHasAToolOfItsOwn() throws {
        let project = try corpus("executors")
        #expect(
            project.agents.map(\.tools.tools) == [
                ["Stock_Count-2"], ["Snow_Ice"], ["Stock-Count"], ["bergr_e"], ["Stock_Count"],
            ])
        #expect(project.agents.dropLast().allSatisfy { $0.program.executor?.tool == $0.tools.tools.first })
        #expect(project.agents.map { $0.program.executor?.argument } == ["query", "prompt", "query", "prompt", nil])
        let tools = Dictionary(project.tools.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(tools["Stock_Count-2"]?.source == .client && tools["Stock_Count-2"]?.timeout == .seconds(30))
        #expect(tools["bergr_e"]?.source == .client)
        #expect(
            tools["Snow_Ice"]?.source
                == .http(
                    HTTPTool(
                        method: "POST", url: "http://localhost:8080/ask",
                        headers: [.init(name: "X-Shop", value: "main")], signingKey: "STOCK_SECRET")))
        #expect(tools["Snow_Ice"]?.timeout == .seconds(600), "at most")
        #expect(tools["Stock-Count"]?.timeout == .seconds(0.5))
    }

    @Test func whatTheFunctionIsTold() throws {
        let project = try corpus("executors")
        let snow = try #require(project.agents[1].program.executor)
        #expect(snow.settings == #"{"tools":["anything"],"shelf":{"depth":40,"dry":true}}"#)
        #expect(snow.isToldHistory && snow.isToldDate)
        #expect(project.agents[1].memory.variables.map(\.name) == ["city"])
        let stock = try #require(project.agents[0].program.executor)
        #expect(stock.settings == nil && !stock.isToldHistory && !stock.isToldDate)
    }

    @Test func settingsAreBounded() {
        func load(_ length: Int) -> LoadResult {
            ProjectLoader.load(
                text: """
                    orchestrator: {agent_list: [{agent_name: A}]}
                    utility_agents:
                      - {agent_class: CustomAgent, agent_name: A, config: {x: "\(String(repeating: "a", count: length))"}}
                    """, name: "x")
        }
        let frame = #"{"x":""}"#.utf8.count
        #expect(load(Executor.longestSettings - frame).project != nil)
        #expect(load(Executor.longestSettings - frame + 1).project == nil)
    }

    @Test func researchersHaveTheirPlaces() throws {
        let project = try corpus("research")
        let search = HTTPTool(method: "GET", url: "https://search.example/?q={query}&safe=1")
        var library = Research(tools: ["hand_book", "web", "ours"])
        library.selection = Research.Selection(most: 4, share: 0.5)
        var deep = Research(tools: ["search"])
        var depth = Research.Depth(questions: 8, rounds: 3)
        (depth.clarifies, depth.patience, depth.showsStages) = (true, .seconds(30), true)
        deep.depth = depth
        #expect(
            project.agents.map(\.program) == [
                .research(Research(tools: ["search"], searchesAgain: true)), .research(library),
                .research(Research(tools: ["search-2"])), .research(deep),
            ])
        #expect(project.agents[3].outputStyle == .markdown && project.agents[3].reflection != nil)
        #expect(project.agents[0].tools == ToolUse(tools: ["search"], maxSteps: 1))
        #expect(project.agents[1].tools.tools == ["end_call", "hand_book", "web", "ours"])
        #expect(project.agents[1].tools.servers.isEmpty, "its model is not told the server's other tools")
        let sources = Dictionary(project.tools.map { ($0.name, $0.source) }, uniquingKeysWith: { first, _ in first })
        #expect(sources["search"] == .retriever(Retriever(.http(search))))
        #expect(sources["web"] == .retriever(Retriever(.http(search), most: 2)))
        #expect(sources["hand_book"] == .retriever(Retriever(.mcp(server: "books", tool: "find", argument: "query"))))
        #expect(sources["ours"] == .client)
        guard case .retriever(let house)? = sources["search-2"], case .folder(let path) = house.place else {
            Issue.record("no folder")
            return
        }
        #expect(path.hasPrefix("/") && path.contains("no-such-folder"))
        #expect(project.tools.allSatisfy { $0.interruption == .cancel || $0.name == "end_call" })
    }

    /// A folder begins where the file is.
    @Test func foldersBelongToTheirFile() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "parley-folders-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "house"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let file = root.appending(path: "p.yaml")
        try """
        orchestrator: {agent_list: [{agent_name: A}]}
        utility_agents: [{agent_class: SearchAgent, agent_name: A}]
        search: {folder: house}
        """.write(to: file, atomically: true, encoding: .utf8)
        let result = ProjectLoader.load(file: file.path(), vendors: [])
        #expect(result.diagnostics.isEmpty, "\(result.rendered)")
        guard case .retriever(let retriever)? = result.project?.tools.first?.source,
            case .folder(let path) = retriever.place
        else {
            Issue.record("no folder")
            return
        }
        #expect(path.hasPrefix(root.resolvingSymlinksInPath().path()) || path.hasPrefix(root.path()))
        #expect(path.hasSuffix("/house/") || path.hasSuffix("/house"))
    }

    /// A deployment's search serves those that have none.
    @Test func aDeploymentGivesASearch() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parley-search-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "defaults.yaml")
        func read(_ text: String) throws -> DefaultsResult {
            try text.write(to: file, atomically: true, encoding: .utf8)
            return ProjectLoader.loadDefaults(file: file.path(), vendors: [])
        }
        let good = try read("search: {url: \"https://search.example/?q={query}\", top_k: 3}")
        let text = """
            orchestrator: {agent_list: [{agent_name: A}]}
            utility_agents: [{agent_class: SearchAgent, agent_name: A}]
            """
        let defaults = try #require(good.defaults, "\(good.diagnostics)")
        let project = try #require(
            ProjectLoader.load(bytes: Array(text.utf8), name: "x", defaults: defaults).project)
        let search = HTTPTool(method: "GET", url: "https://search.example/?q={query}")
        #expect(project.tools.map(\.source) == [.retriever(Retriever(.http(search), most: 3))])
        #expect(try read("search: {server: books, tool: find}").defaults == nil)
    }
}
