import FlowGraph
import Foundation
import ProjectModel
import Projects
import Testing

@Suite("Graphs as text")
struct GraphRenderingTests {
    /// `parley graph` of the project in `projects/` and of one with triage, a loop and nesting.
    @Test(arguments: ["advisor", "everything"], GraphFormat.allCases)
    func golden(name: String, format: GraphFormat) throws {
        let path = name == "advisor" ? TestFiles.advisor.path() : TestFiles.corpusPath("valid/everything.yaml")
        let project = try #require(ProjectLoader.load(file: path, name: name).project)
        let golden = TestFiles.here.appending(path: "Golden/\(name).\(format.rawValue)")
        if ProcessInfo.processInfo.environment["PARLEY_UPDATE_GOLDEN"] != nil {
            try project.graph(format).write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(project.graph(format) == String(decoding: try Data(contentsOf: golden), as: UTF8.self))
    }

    @Test func namesCannotBreakOut() {
        let name = "a\"]; b --> c \\ <script>"
        let project = Project(name: name, orchestrator: .init(agentNames: [name]), agents: [.init(name: name)])
        let mermaid = project.graph(.mermaid)
        #expect(!mermaid.contains("<script>"))
        #expect(mermaid.count { $0 == "\"" } == 4)
        #expect(project.graph(.dot).contains(#"agent1 [label="a\"]; b --> c \\ <script>"];"#))
    }
}
