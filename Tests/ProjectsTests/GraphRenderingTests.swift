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

    /// What can be read of a file is drawn, whatever else is wrong with it.
    @Test(arguments: GraphFormat.allCases)
    func aFileWithErrorsIsDrawn(format: GraphFormat) throws {
        let text = """
            orchestrator: {agent_list: [{agent_name: Crew}]}
            audio_config: {vad: {threshold: many}}
            utility_agents:
              - {agent_class: PlanningAgent, agent_name: Cook}
              - {agent_class: Nobody, agent_name: Mate}
            super_agents:
              - agent_class: FlowSuperAgent
                agent_name: Crew
                config:
                  agent_list: [{agent_name: Cook, next_step: [Mate, Captain]}, {agent_name: Mate, next_step: [Cook]}]
            """
        let result = ProjectLoader.load(text: text, name: "ship")
        #expect(result.project == nil && result.diagnostics.count { $0.severity == .error } >= 3)
        let drawing = try #require(result.sketch).graph(format)
        for name in ["ship", "Crew", "Cook", "Mate"] { #expect(drawing.contains(name)) }
    }

    @Test func withoutAnOrchestratorTheDrawingBeginsWithWhomNobodyRuns() throws {
        let text = """
            utility_agents: [{agent_class: PlanningAgent, agent_name: Cook}]
            super_agents: [{agent_class: FlowSuperAgent, agent_name: Crew, config: {agent_list: [{agent_name: Cook}]}}]
            """
        let sketch = try #require(ProjectLoader.load(text: text, name: "ship").sketch)
        #expect(sketch.graph(.text).split(separator: "\n").prefix(2).last?.hasPrefix("└─ Crew") == true)
        #expect(ProjectLoader.load(text: "[1, 2", name: "x").sketch == nil)
        #expect(try #require(ProjectLoader.load(text: "x-a: 1", name: "x").sketch).isBlank)
    }

    /// Super agents that run each other twice would be drawn without end.
    @Test(.timeLimit(.minutes(1))) func aDrawingIsBounded() throws {
        let supers = (0..<40).map { number in
            let next = number == 39 ? "A" : "S\(number + 1)"
            return "{agent_class: FlowSuperAgent, agent_name: S\(number), config: {agent_list: [{agent_name: \(next)}, "
                + "{agent_name: \(next)}, {agent_name: A}]}}"
        }
        let text = """
            orchestrator: {agent_list: [{agent_name: S0}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: A}]
            super_agents: [\(supers.joined(separator: ", "))]
            """
        let result = ProjectLoader.load(text: text, name: "x")
        #expect(result.project == nil)
        for format in GraphFormat.allCases {
            #expect(try #require(result.sketch).graph(format).split(separator: "\n").count < 3000)
        }
    }

    @Test func aStandInIsNamed() throws {
        let text = """
            orchestrator: {agent_list: [{agent_name: Tides}]}
            utility_agents: [{agent_class: SearchAgent, agent_name: Tides}]
            """
        let graph = try #require(ProjectLoader.load(text: text, name: "x").project).graph(.text)
        #expect(graph.contains("Tides  (stands in for SearchAgent, "))
    }
}
