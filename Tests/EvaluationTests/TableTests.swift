import Evaluation
import Foundation
import Network
import ProjectModel
import Projects
import Tables
import Testing
import Tools

/// A whole conversation with an `AnalyticsAgent`, on virtual time: its model asks wrongly, is told why, asks rightly, and
/// answers.
@Suite struct TableTests {
    private static let project = """
        orchestrator:
          agent_list: [{agent_name: Figures}]
        utility_agents:
          - agent_class: AnalyticsAgent
            agent_name: Figures
            agent_description: You know the sales.
            config:
              executor_config:
                type: PandasExecutor
                tables: [{name: sales, file_path: data/sales.csv}]
        """

    /// Each reply has its condition on what the model was told last, so the conversation fails where a result does.
    private static let scenario = """
        model:
          - call: [{name: query_tables, arguments: {sql: "SELECT sum(price) FROM sales"}}]
          - when: "no such column: price; there are"
            call: [{name: query_tables, arguments: {sql: "SELECT sum(amount) AS total FROM sales"}}]
          - when: "32.5"
            say: We sold for thirty two euros and fifty cents.
          - when: "Thank you"
            say: You are welcome.
        steps:
          - say_text: How much did we sell?
          - expect: {said: thirty two euros, tools: [{name: query_tables, count: 2}]}
          - say_text: Thank you.
          - expect: {said: welcome}
        """

    @Test func aModelMendsItsQuery() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "parley-tables-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "data"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("day,amount\n2026-03-01,12.5\n2026-03-02,20\n".utf8)
            .write(to: folder.appending(path: "data/sales.csv"))
        let file = folder.appending(path: "shop.yaml")
        try Data(Self.project.utf8).write(to: file)
        let loaded = ProjectLoader.load(file: file.path, vendors: [])
        #expect(loaded.diagnostics == [], "\(loaded.rendered)")
        let project = try #require(loaded.project)
        let client = try HTTPClient()
        let tools = ToolBox(project: project, client: client, environment: [:], tables: TableLibrary())
        let scenario = try Playing.scenario(Self.scenario)
        let call = RehearsedCall(project, replies: scenario.replies, tools: tools)
        var run = ScenarioRun(scenario, in: call, data: nil)
        let result = try await run.run(file: "scenario.yaml")
        await client.shutDown()
        #expect(result.findings == [])
        #expect(run.call.problems == [])
    }
}
