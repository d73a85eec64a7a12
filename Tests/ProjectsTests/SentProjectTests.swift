import Foundation
import Persistence
import ProjectModel
import Projects
import Store
import Synchronization
import TestSupport
import Testing

/// Projects that somebody sent.
@Suite(.timeLimit(.minutes(1)))
struct SentProjectTests {
    private let folder: ScratchFolder
    private let store: SQLiteProjectStore

    init() throws {
        folder = try ScratchFolder()
        store = try SQLiteProjectStore.inProcess()
    }

    private func stored(_ variables: [String] = [], kept: Int = 16) -> StoredProjects {
        StoredProjects(
            store: store, vendors: ProjectLoader.vendors, variables: variables.compactMap(VariablePattern.init),
            kept: kept)
    }

    private func registry(_ stored: StoredProjects) -> ProjectRegistry {
        ProjectRegistry(folder: folder.path, vendors: ProjectLoader.vendors, stored: stored)
    }

    private func yaml(_ agent: String, _ more: String = "") -> String {
        """
        orchestrator: {agent_list: [{agent_name: \(agent)}]}
        utility_agents: [{agent_class: PlanningAgent, agent_name: \(agent)\(more)}]
        """
    }

    private func send(_ text: String, _ name: String = "port", to stored: StoredProjects) async throws -> Int {
        try await stored.put(ProjectText(text), as: ProjectKey(name), by: "", if: .none, at: 0).receipt.version.number
    }

    private func agents(_ project: Project?) -> [String]? { project?.agents.map(\.name) }

    // MARK: - Where they are found

    @Test func theyOutliveTheServer() async throws {
        let one = stored()
        #expect(try await send(yaml("Ada"), to: one) == 0)
        #expect(try await send(yaml("Bob"), to: one) == 1)
        let registry = registry(stored())
        await registry.stored?.refresh()
        #expect(registry.names == ["port"] && registry.listing().map(\.version) == [1])
        #expect(agents(registry.project(named: "port")) == ["Bob"])
        #expect(registry.project(named: "port", version: 0) == nil, "nobody has asked for it yet")
        #expect(registry.mayHave("port", version: 0) && !registry.mayHave("other", version: nil))
        let earlier = try await registry.find("port", version: 0)
        #expect(agents(earlier) == ["Ada"] && earlier?.version == 0)
        #expect(agents(registry.project(named: "port", version: 0)) == ["Ada"])
        #expect(try await registry.find("port", version: 9) == nil)
    }

    /// The file is the operator's: it is in service, and nothing that was sent is lost.
    @Test func aFileHasItsNameAlone() async throws {
        let stored = stored()
        let registry = registry(stored)
        for name in ["Ada", "Bob"] { _ = try await send(yaml(name), to: stored) }
        _ = try folder.write(.init(yaml("Filer").utf8), to: "port.yaml")
        #expect(
            registry.rescan() == [.loaded(name: "port", version: 0, diagnostics: []), .hidden(name: "port")])
        #expect(agents(registry.project(named: "port")) == ["Filer"] && registry.isFile("port"))
        #expect(try await registry.find("port", version: 1) == nil, "its versions are the file's")
        #expect(registry.names == ["port"] && registry.defaultName() == "port")
        try folder.remove("port.yaml")
        registry.rescan()
        #expect(agents(registry.project(named: "port")) == ["Bob"] && registry.listing().map(\.version) == [1])
        // A file that was never good does not take a project out of service.
        _ = try await send(yaml("Cleo"), "sea", to: stored)
        _ = try folder.write(.init("orchestrator: 7".utf8), to: "sea.yaml")
        registry.rescan()
        #expect(agents(registry.project(named: "sea")) == ["Cleo"])
        #expect(registry.brokenNames == ["sea"] && !registry.errors(of: "sea").isEmpty)
    }

    @Test func nobodyBecomesTheDefaultBySending() async throws {
        let registry = registry(stored())
        _ = try await send(yaml("Ada"), "aaa", to: #require(registry.stored))
        #expect(registry.defaultName() == "aaa")
        _ = try folder.write(.init(yaml("Filer").utf8), to: "port.yaml")
        registry.rescan()
        #expect(registry.names == ["aaa", "port"] && registry.defaultName() == "port")
        #expect(registry.defaultName(preferred: "aaa") == "aaa")
    }

    @Test func tenantsSeeTheirOwn() async throws {
        let registry = registry(stored())
        _ = try folder.write(.init(yaml("Filer").utf8), to: "hello.yaml")
        registry.rescan()
        let key = ProjectKey("port", of: "other")
        _ = try await registry.stored?.put(ProjectText(yaml("Ada")), as: key, by: "", if: .none, at: 0)
        #expect(registry.names == ["hello"] && registry.names(of: "other") == ["port"])
        #expect(registry.project(named: "port") == nil && registry.project(named: "hello", of: "other") == nil)
        #expect(agents(registry.project(named: "port", of: "other")) == ["Ada"])
    }

    /// Another server, or another process, has changed the store.
    @Test func othersChangesAreTakenUp() async throws {
        let (one, two) = (stored(), stored())
        let key = ProjectKey("port")
        _ = try await send(yaml("Ada"), to: one)
        #expect(two.compiled(key) == nil)
        await two.refresh()
        #expect(agents(two.compiled(key)) == ["Ada"])
        _ = try await send(yaml("Bob"), to: one)
        _ = try await one.serve(key, version: 0, if: .none)
        await two.refresh()
        #expect(two.serving(key)?.number == 0)
        #expect(try await one.delete(key, if: .none))
        await two.refresh()
        #expect(two.serving(key) == nil && two.compiled(key) == nil)
        #expect(try await two.find(key, version: 0) == nil, "nobody talks to a deleted project")
        #expect(try await two.text(of: key, version: 1)?.text.text == yaml("Bob"))
    }

    // MARK: - Bounds

    @Test func aBoundedNumberIsCompiled() async throws {
        let stored = stored(kept: 4)
        for number in 0..<300 { #expect(try await send(yaml("Agent\(number)"), to: stored) == number) }
        #expect(stored.compiledCount == 4 && stored.projects.count == 1)
        #expect(agents(try await stored.find(ProjectKey("port"), version: 7)) == ["Agent7"])
        #expect(stored.compiledCount == 4)
    }

    // MARK: - Changing defaults

    @Test func defaultsHoldForThem() async throws {
        let stored = stored()
        let registry = registry(stored)
        _ = try await send(yaml("Ada"), to: stored)
        let before = try #require(registry.project(named: "port"))
        let defaults = "base_config: {llm_config: {model: OpenAI/other}}"
        _ = try folder.write(.init(defaults.utf8), to: "defaults.yaml")
        registry.rescan()
        await stored.refresh()
        let after = try #require(registry.project(named: "port"))
        #expect(after.languageModel != before.languageModel && after.version == before.version)
    }

    // MARK: - What they may not name

    private func problems(_ text: String, _ variables: [String] = [], _ format: Persistence.ProjectText.Format = .yaml)
        -> [String]
    {
        stored(variables).check(ProjectText(text, format), name: "x").diagnostics.filter { $0.severity == .error }
            .map(\.message)
    }

    private static func naming(_ config: String, _ agent: String = "PlanningAgent", _ more: String = "") -> String {
        """
        orchestrator: {agent_list: [{agent_name: Ada}]}
        utility_agents: [{agent_class: \(agent), agent_name: Ada, config: {\(config)}}]
        \(more)
        """
    }

    private static let local: [(text: String, what: String)] = [
        (naming("retriever: {retriever_class: FolderRetriever, folder: /etc}", "ResearchAgent"), "a folder"),
        (
            naming("executor_config: {type: PandasExecutor, tables: [{name: t, file_path: a.csv}]}", "AnalyticsAgent"),
            "a file"
        ),
        (naming("mcp_servers: [disk]", "PlanningAgent", "mcp_servers: {disk: {command: sh}}"), "a program"),
        (
            naming(
                "tools: [t]", "PlanningAgent",
                "tools: [{name: t, description: T., http: {url: \"http://10.0.0.1/\", allow_private: true}}]"),
            "private addresses"
        ),
    ]

    @Test(arguments: 0..<4) func sentProjectsNameNothingOfTheMachine(number: Int) {
        let (text, what) = Self.local[number]
        #expect(problems(text).contains("a project that was sent to the server can't name \(what)"))
        let file = ProjectLoader.load(text: text, name: "x", vendors: ProjectLoader.vendors)
        #expect(!file.diagnostics.contains { $0.message.contains("was sent") })
    }

    @Test func sentProjectsReadOnlyAllowedVariables() {
        let tool = "{url: \"https://desk.example/x\", headers: {Authorization: ENV:DESK_KEY}}"
        let text = Self.naming("tools: [t]", "PlanningAgent", "tools: [{name: t, description: T., http: \(tool)}]")
        let refused = "a project that was sent to the server can't read the variable DESK_KEY"
        #expect(problems(text) == [refused])
        #expect(problems(text, ["DESK_*"]) == [])
        #expect(problems(text, ["DESK"]) == [refused])
    }

    /// The server's own key goes to its provider, and to nobody else.
    @Test func aProvidersKeyGoesToItAlone() {
        func text(_ more: String) -> String {
            """
            providers: {house: {kind: openai, api_key: ENV:OPENAI_API_KEY\(more)}}
            base_config: {llm_config: {model: house/gpt}}
            \(yaml("Ada"))
            """
        }
        #expect(problems(text("")) == [])
        #expect(
            problems(text(", base_url: \"https://evil.example/v1\"")) == [
                "a project that was sent to the server can't read the variable OPENAI_API_KEY"
            ])
    }

    @Test(arguments: [
        ("TOOL_*", "TOOL_KEY", true), ("TOOL_*", "TOOL_", true), ("TOOL_*", "OTHER", false), ("*", "X", true),
        ("A*B*C", "A1B2C", true), ("A*B*C", "ABC", true), ("A*B*C", "ACB", false), ("A*A", "A", false),
        ("A", "AA", false),
    ])
    func patterns(pattern: String, name: String, matches: Bool) throws {
        #expect(try #require(VariablePattern(pattern)).matches(name) == matches)
    }

    @Test(arguments: ["", "A B", "A=B", "Ä"]) func noPattern(text: String) { #expect(VariablePattern(text) == nil) }

    // MARK: - JSON

    @Test func jsonIsRead() throws {
        let text = #"""
            {
            	"orchestrator": {"agent_list": [{"agent_name": "Ada"}]},
            	"utility_agents": [{"agent_class": "PlanningAgent", "agent_name": "Ada",
            		"agent_description": "A \"ship\" \ud83d\udea2 \u00e9\/\n"}]
            }
            """#
        let result = stored().check(ProjectText(text, .json), name: "x")
        #expect(result.diagnostics == [] && result.project?.agents.first?.description == "A \"ship\" 🚢 é/\n")
        let broken = stored().check(ProjectText("{\"orchestrator\":\n  {,}}", .json), name: "x").diagnostics
        #expect(broken.map(\.message) == ["this is no JSON"] && broken.first?.line == 2 && broken.first?.column == 4)
        #expect(problems("orchestrator: 7", [], .json) == ["this is no JSON"])
    }
}
