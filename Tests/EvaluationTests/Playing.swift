import Evaluation
import ProjectModel
import Projects
import Testing

/// Plays scenarios for tests.
enum Playing {
    /// One agent with a voice, that may be interrupted.
    static let project = """
        orchestrator:
          agent_list:
            - agent_name: Desk
        utility_agents:
          - agent_class: PlanningAgent
            agent_name: Desk
            agent_description: You answer the telephone.
            speech_config: {voice: en-US-JennyNeural}
        audio_config:
          vad:
            enable_barge_in: true
            threshold: 8
            window_size: 16
            lockout_seconds: 0.3
            silero_min_samples_seconds: 0.5
        """

    static func project(_ text: String = Self.project) throws -> Project {
        let result = ProjectLoader.load(text: text, name: "desk", vendors: [])
        return try #require(result.project, "\(result.rendered)")
    }

    static func scenario(_ text: String) throws -> Scenario {
        let result = ScenarioLoader.load(text: text)
        #expect(result.diagnostics == [], "\(result.rendered)")
        return try #require(result.scenario)
    }

    /// What comes of a scenario, and what happened in it.
    static func play(
        _ text: String, with project: String = Self.project, data: (any DataSource)? = nil
    ) async throws -> (result: ScenarioResult, call: RehearsedCall) {
        let scenario = try scenario(text)
        let call = RehearsedCall(try Self.project(project), replies: scenario.replies)
        var run = ScenarioRun(scenario, in: call, data: data)
        return (try await run.run(file: "scenario.yaml"), run.call)
    }
}
