import Foundation
import ProjectModel
import Testing
import TurnTaking

@testable import Projects

/// What a deployment gives projects that name no model, voice or settings.
@Suite("Defaults of a deployment")
struct DefaultsTests {
    private static let all = """
        base_config: {llm_config: {model: [OpenAI/gpt-4.1-mini, Local/Planner], temperature: 0.3, max_tokens: 500}}
        orchestrator: {speech_config: {voice: [Rachel, slt], language: en-GB}}
        audio_config:
          asr: {model: Deepgram/nova-3, silence_duration_ms: 1000}
          tts: {model: [ElevenLabs/eleven_turbo_v2_5, Local/Flite]}
          vad: {enable_barge_in: true, preset: patient}
        """
    private static let bare = """
        orchestrator: {agent_list: [{agent_name: Ada}]}
        utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]

        """

    private func defaults(_ text: String) throws -> DefaultsResult {
        let file = FileManager.default.temporaryDirectory.appending(path: "defaults-\(UUID().uuidString).yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return ProjectLoader.loadDefaults(file: file.path())
    }

    private func load(_ text: String, _ defaults: String = all) throws -> Project {
        let result = try self.defaults(defaults)
        #expect(result.diagnostics.isEmpty, "\(result.rendered)")
        let found = try #require(result.defaults)
        let loaded = ProjectLoader.load(bytes: Array(text.utf8), name: "x", defaults: found)
        return try #require(loaded.project, "\(loaded.rendered)")
    }

    @Test func aProjectThatNamesNothingHasThemAll() throws {
        let project = try load(Self.bare)
        #expect(project.languageModel.description == "OpenAI/gpt-4.1-mini, Local/Planner")
        #expect(project.sampling == Sampling(temperature: 0.3, maxTokens: 500))
        #expect(project.agents[0].sampling == project.sampling)
        #expect(project.audio.recognizer.description == "Deepgram/nova-3")
        #expect(project.audio.silence == .milliseconds(1000))
        #expect(project.audio.language == "en-GB")
        #expect(project.audio.vad == VADPreset.patient.configuration)
        let voice = try #require(project.voice(of: "Ada", within: []))
        #expect(voice.model.first.description == "ElevenLabs/eleven_turbo_v2_5" && voice.names == ["Rachel", "slt"])
    }

    @Test func withoutThemTheLocalEnginesRun() throws {
        let project = try load(Self.bare, "")
        #expect(project.languageModel == ModelChain(.localPlanner) && project.audio == AudioConfiguration())
        #expect(project.orchestrator.speech == nil)
    }

    /// What a project names is its own, and what it leaves open is not.
    @Test(arguments: [
        ("base_config: {llm_config: {model: Ollama/tiny}}\n", "Ollama/tiny", Sampling()),
        (
            "base_config: {llm_config: {temperature: 1}}\n", "OpenAI/gpt-4.1-mini, Local/Planner",
            Sampling(temperature: 1, maxTokens: 500)
        ),
        ("", "OpenAI/gpt-4.1-mini, Local/Planner", Sampling(temperature: 0.3, maxTokens: 500)),
    ])
    func languageModels(block: String, models: String, sampling: Sampling) throws {
        let project = try load(Self.bare + block)
        #expect(project.languageModel.description == models && project.sampling == sampling)
    }

    @Test(
        arguments: [
            ("audio_config: {tts: {model: Local/eSpeak}}\n", nil), ("audio_config: {asr: {language: de-DE}}\n", nil),
            ("audio_config: {asr: {language: en-US}}\n", "Rachel"),
            ("audio_config: {vad: {enable_barge_in: false}}\n", "Rachel"),
        ] as [(String, String?)])
    func aVoiceOfAnotherEngineOrLanguageIsNotTaken(block: String, voice: String?) throws {
        let project = try load(Self.bare + block)
        #expect(project.voice(of: nil, within: [])?.name(at: 0) == voice)
        #expect((project.audio.vad == nil) == block.contains("vad"))
    }

    /// Defaults give a voice to a flow that was written to be read; they do not make all of it heard.
    @Test(arguments: [("", SpokenMembers.last), ("speech_config: {voice: slt}", .all)])
    func aFlowThatWasMadeForTextStaysShort(speech: String, speak: SpokenMembers) throws {
        let text = """
            orchestrator: {agent_list: [{agent_name: Team}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: Ada, config: {\(speech)}}]
            super_agents: [{agent_class: FlowSuperAgent, agent_name: Team, config: {agent_list: [{agent_name: Ada}]}}]
            """
        #expect(try load(text).superAgents[0].speak == speak)
    }

    @Test func whatHasNoPlaceThereIsSaid() throws {
        let result = try defaults("utility_agents: []\norchestrator: {filler: Hm, speech_config: {speed: 9}}\n")
        #expect(result.defaults == nil)
        let severities = Set(result.diagnostics.map(\.severity))
        #expect(result.diagnostics.count == 3 && severities == [.warning, .error])
        let voices = try defaults("orchestrator: {speech_config: {model: Local/Flite, voice: [a, b]}}")
        #expect(voices.diagnostics.first?.message.hasPrefix("more voices than models") == true)
        #expect(ProjectLoader.loadDefaults(file: "/nowhere/defaults.yaml").diagnostics.hasErrors)
    }
}
