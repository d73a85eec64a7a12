import Foundation
import ProjectModel
import Testing

@testable import Projects

/// What the keys about tools become.
@Suite("Tools and MCP servers")
struct ToolReadingTests {
    private func corpus(_ name: String) throws -> Project {
        let result = ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/\(name).yaml"), name: "x")
        return try #require(result.project, "\(result.rendered)")
    }

    @Test func toolsOfAProject() throws {
        let project = try corpus("tools")
        #expect(project.tools.map(\.name) == ["book", "local", "here", "optional", "idle", "end_call"])
        let book = project.tools[0]
        #expect(book.description == "Books a slot." && book.interruption == .ask && book.timeout == .seconds(10))
        #expect(book.progress == "One moment, I am booking it.")
        #expect(book.parameters.hasPrefix(#"{"type":"object","properties":{"day":{"type":"string""#))
        #expect(book.source == .http(HTTPTool(method: "POST", url: "https://clinic.example/bookings")))
        #expect(
            project.tools[1].source
                == .http(
                    HTTPTool(
                        method: "POST", url: "http://127.0.0.1:8080/x",
                        headers: [
                            .init(name: "Authorization", value: "Bearer abcdef"),
                            .init(name: "X-Key", value: "ENV:KEY"),
                            .init(name: "X-Version", value: "2"),
                        ], signingKey: "SIGNING_KEY")))
        #expect(project.tools[1].parameters == #"{"type":"object","properties":{}}"#)
        #expect(project.tools[4].source == .client && project.tools[5].source == .endCall)
        #expect(project.agents[0].tools == ToolUse(tools: ["book", "local", "here", "optional"], maxSteps: 6))
        #expect(project.agents[1].tools == ToolUse(tools: ["end_call"], servers: ["files"], maxSteps: 20))
    }

    @Test func functionsOfToolUseAgents() throws {
        let project = try corpus("tool-use-agent")
        #expect(project.agents.allSatisfy { $0.program == .planning })
        #expect(project.agents.map(\.tools.tools) == [["open_lock", "close_lock"], ["close_lock"]])
        #expect(project.tools.map(\.source) == [.client, .client] && project.tools[0].timeout == .seconds(90))
        #expect(project.tools[0].description == "Opens a lock.")
        #expect(project.tools[1].parameters == #"{"type":"object","properties":{}}"#)
    }

    @Test func serversOfMCPClientAgents() throws {
        let project = try corpus("mcp")
        #expect(project.mcpServers.map(\.name) == ["shared", "disk", "mcp", "disk-2"])
        #expect(
            project.mcpServers.map(\.transport) == [
                .http(url: "https://shared.example/mcp"), .http(url: "http://127.0.0.1:9000/mcp"),
                .sse(url: "https://old.example/sse"), .http(url: "https://disk.example/mcp"),
            ])
        #expect(project.mcpServers[3].headers == [.init(name: "Authorization", value: "ENV:DISK_KEY")])
        #expect(project.agents.map(\.tools.servers) == [["disk"], ["mcp"], ["shared", "disk-2"]])
        #expect(project.agents.map(\.tools.maxSteps) == [6, 20, 6])
        #expect(project.agents[1].program == .utility(prompt: "Look {query} up."))
    }

    @Test func keysInHeadersAreNotShown() throws {
        let result = ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/tools.yaml"), name: "x")
        #expect(result.rendered.contains("a key belongs in the environment") && !result.rendered.contains("abcdef"))
    }

    @Test("Every whole project in the description of project files can be used")
    func examples() throws {
        let page = try String(contentsOf: TestFiles.root.appending(path: "docs/project-file.md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        let whole = blocks.filter {
            $0.contains("orchestrator:") && $0.contains("agent_list:") && $0.contains("utility_agents:")
        }
        let projects = whole.map { ProjectLoader.load(text: $0, name: "x") }
        for result in projects { #expect(result.project != nil && result.diagnostics.isEmpty, "\(result.rendered)") }
        #expect(projects.contains { $0.project?.tools.isEmpty == false })
        #expect(projects.contains { $0.project?.mcpServers.count == 2 })
    }
}
