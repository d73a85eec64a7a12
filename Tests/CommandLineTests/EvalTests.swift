import Foundation
import Testing

/// `parley eval` on virtual time.
@Suite(.timeLimit(.minutes(2)))
struct EvalTests {
    private static let project = """
        orchestrator: {agent_list: [{agent_name: Desk}]}
        utility_agents:
          - {agent_class: PlanningAgent, agent_name: Desk, agent_description: You answer the telephone.}
        """
    private static let good = """
        name: a greeting
        model: [{say: Good morning.}]
        steps: [{say_text: Hello.}, {expect: {said: morning}}]
        """
    private static let bad = """
        model: [{say: Good morning.}]
        steps: [{say_text: Hello.}, {expect: {said: evening}}]
        """

    private func evaluate(_ scenarios: [String: String], _ options: String..., project: String = Self.project)
        async throws
        -> Outcome
    {
        let folder = try Folder()
        let file = try folder.write("desk.yaml", project)
        try FileManager.default.createDirectory(atPath: folder.path("scenarios"), withIntermediateDirectories: true)
        for (name, text) in scenarios { try folder.write("scenarios/\(name)", text) }
        return try await Program.run(Program.parley, ["eval", file, folder.path("scenarios")] + options)
    }

    @Test func scenariosOfAFolderAreJudged() async throws {
        let outcome = try await evaluate(["a.yaml": Self.good, "b.yaml": Self.bad, "c.txt": "none"])
        #expect(outcome.status == 1)
        #expect(outcome.lines.count == 4, "\(outcome.output)")
        #expect(outcome.lines.first?.hasPrefix("ok    a greeting (") == true)
        #expect(outcome.lines.contains { $0.contains("b.yaml:2:29: \"evening\" was not said") })
        #expect(outcome.lines.last == "2 scenarios, 1 failed")
        #expect(outcome.errors.isEmpty)
    }

    @Test func whatIsAsExpectedSucceeds() async throws {
        let outcome = try await evaluate(["a.yaml": Self.good], "--format", "json")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix(#"{"passed":true,"scenarios":[{"name":"a greeting","#))
    }

    @Test func junitIsXML() async throws {
        let outcome = try await evaluate(["a.yaml": Self.good, "b.yaml": Self.bad], "--format=junit")
        #expect(outcome.status == 1)
        #expect(outcome.lines.first?.hasPrefix("<?xml") == true && outcome.lines.last == "</testsuite>")
    }

    @Test func filesWithErrorsAreNotPlayed() async throws {
        let outcome = try await evaluate(["a.yaml": Self.good, "b.yaml": "steps: [{}]", "c.yaml": "steps: []"])
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("b.yaml:1:9: error: the step does nothing"))
        #expect(outcome.errors.contains("c.yaml:1:8: error: must not be empty"))
    }

    @Test func withoutAScriptTheOfflinePlannerAnswers() async throws {
        let text = "steps: [{say_text: Where is the canteen?}, {expect: {said: /canteen/}}]"
        #expect(try await evaluate(["a.yaml": text]).status == 0)
        let hosted = Self.project + "\nbase_config: {llm_config: {model: OpenAI/gpt-4.1-mini}}\n"
        let outcome = try await evaluate(["a.yaml": text], project: hosted)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("a.yaml: needs model:"))
    }

    @Test func aFolderWithoutScenariosIsAMistake() async throws {
        let outcome = try await evaluate([:])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the folder has no .yaml or .yml file"))
    }
}
