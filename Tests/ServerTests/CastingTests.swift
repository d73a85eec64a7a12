import ProjectModel
import Projects
import Session
import Testing
import Vendors

@testable import Server

struct CastingTests {
    private func project(_ text: String) throws -> Project {
        let result = ProjectLoader.load(text: text, name: "test", vendors: Vendor.all.map(\.profile))
        return try #require(result.project)
    }

    private func cast(_ text: String, _ environment: [String: String] = [:]) throws -> Casting {
        Casting(try project(text), access: try ProviderAccess(environment: environment))
    }

    private static let text = """
        base_config: {llm_config: {model: [OpenAI/gpt-4.1-mini, Ollama/llama3.2]}}
        orchestrator: {agent_list: [{agent_name: Ada}, {agent_name: Bob}]}
        utility_agents:
          - agent_class: PlanningAgent
            agent_name: Ada
            speech_config: {model: [ElevenLabs/eleven_turbo_v2_5, Azure/AI-Speech], voice: [Rachel, en-GB-LibbyNeural]}
          - agent_class: PlanningAgent
            agent_name: Bob
            config: {llm_config: {model: Qwen/qwen3-omni-flash-realtime}}
            speech_config: {voice: Cherry}
        audio_config:
          asr: {model: [Deepgram/nova-3, Local/PocketSphinx]}
          tts: {model: Azure/AI-Speech}
        """

    @Test func withAllCredentialsNothingChanges() throws {
        let casting = try cast(
            Self.text,
            [
                "OPENAI_API_KEY": "k", "OLLAMA_HOST": "h", "ELEVENLABS_API_KEY": "k", "AZURE_SPEECH_KEY": "k",
                "AZURE_SPEECH_REGION": "westeurope", "DASHSCOPE_API_KEY": "k", "DEEPGRAM_API_KEY": "k",
            ])
        #expect(casting.project == (try project(Self.text)))
        #expect(casting.fallbacks.isEmpty)
    }

    @Test func withoutCredentialsTheLocalEnginesAnswer() throws {
        let casting = try cast(Self.text)
        #expect(casting.project.languageModel == ModelChain(.localPlanner))
        #expect(casting.project.audio.recognizer == ModelChain(.localPocketSphinx))
        #expect(casting.project.audio.synthesizer == .localSynthesizers)
        let (ada, bob) = (casting.project.agents[0], casting.project.agents[1])
        // The local voices that are nearest to the one that was named first.
        #expect(ada.speech?.model == .localSynthesizers && ada.speech?.voices == ["Rachel", "Rachel"])
        #expect(!bob.speaksItself && bob.languageModel == ModelChain(.localPlanner))
        #expect(
            casting.fallbacks.map(\.wanted) == [
                "Deepgram/nova-3", "OpenAI/gpt-4.1-mini", "Ollama/llama3.2", "Qwen/qwen3-omni-flash-realtime",
                "Azure/AI-Speech", "ElevenLabs/eleven_turbo_v2_5",
            ])
        #expect(casting.fallbacks.allSatisfy { $0.used.hasPrefix("Local/") && $0.reason.contains("set ") })
    }

    // MARK: Classes that cannot run here

    private static let standIns = """
        base_config: {llm_config: {model: OpenAI/gpt-4.1-mini}}
        orchestrator: {agent_list: [{agent_name: Tides}, {agent_name: Crew}, {agent_name: Cook}]}
        utility_agents:
          - {agent_class: ResearchAgent, agent_name: Tides}
          - {agent_class: ImageGenerationAgent, agent_name: Tides 2, config: {llm_config: {model: Ollama/tiny}}}
          - {agent_class: CriticalThinker, agent_name: Cook}
          - {agent_class: AlchemistAgent, agent_name: Crew}
        """

    @Test func aStandInForAClassIsNoted() throws {
        let casting = try cast(Self.standIns, ["OPENAI_API_KEY": "k"])
        #expect(
            casting.standInAgents.map(\.wanted) == [
                "ResearchAgent 'Tides'", "ImageGenerationAgent 'Tides 2'", "AlchemistAgent 'Crew'",
            ])
        #expect(casting.standInAgents.map(\.used) == ["OpenAI/gpt-4.1-mini", "Local/Planner", "OpenAI/gpt-4.1-mini"])
        #expect(casting.standInAgents[1].reason == "it cannot make images here")
        #expect(casting.fallbacks.map(\.wanted) == ["Ollama/tiny"], "classes are no providers")
        let catalog = try ProviderCatalog(access: ProviderAccess(), recognizers: 1)
        let told = catalog.cast(try project(Self.standIns)).engines.fallbacks.map(\.wanted)
        #expect(told.contains("AlchemistAgent 'Crew'") && told.contains("OpenAI/gpt-4.1-mini"))
    }

    @Test func whatAProjectRunsOnIsSaid() throws {
        let runsOn = try cast(Self.standIns, ["OPENAI_API_KEY": "k"]).runsOn
        #expect(runsOn.contains("writes with OpenAI/gpt-4.1-mini, speaks with Local/"))
        #expect(runsOn.hasPrefix("hears with Local/") && runsOn.hasSuffix(", push-to-talk"))
        let interruptible = Self.text.replacing("audio_config:", with: "audio_config:\n  vad: {enable_barge_in: true}")
        #expect(try cast(interruptible).runsOn.hasSuffix(", barge-in"))
    }

    /// A voice stays with its model when the model before it in the chain cannot be had.
    @Test(arguments: [true, false]) func standInsCostNothing(areStandIns: Bool) throws {
        let model = ModelReference(provider: "OpenAI", model: "gpt-4.1-mini")
        var project = try project(Self.text)
        project.prices = PriceTable(currency: "EUR", prices: [model: Price(outputTokens: 2)])
        let catalog = try ProviderCatalog(access: ProviderAccess(), recognizers: 1, areStandIns: areStandIns)
        let prices = catalog.cast(project).project.prices
        #expect(prices[model] == (areStandIns ? Price() : Price(outputTokens: 2)) && prices.currency == "EUR")
    }

    @Test func voicesFollowTheirModels() throws {
        let casting = try cast(Self.text, ["AZURE_SPEECH_KEY": "k", "AZURE_SPEECH_REGION": "westeurope"])
        let speech = try #require(casting.project.agents[0].speech)
        #expect(speech.model == ModelChain(ModelReference(provider: "Azure", model: "AI-Speech")))
        #expect(speech.voices == ["en-GB-LibbyNeural"])
        #expect(casting.fallbacks.contains { $0.wanted.hasPrefix("ElevenLabs") && $0.used == "Azure/AI-Speech" })
    }

    @Test func withoutTheFilesOfItsModelTheNextRecogniserHears() throws {
        var access = ProviderAccess()
        let hosted = Self.text.replacing("Deepgram/nova-3, Local/PocketSphinx", with: "Deepgram/nova-3")
        #expect(Casting(try project(hosted), access: access).project.audio.recognizer == .localRecognizers)
        access.absentEngines[.localMoonshine] = "fetch it"
        let bare = try project(hosted.replacing("asr: {model: [Deepgram/nova-3]}", with: "asr: {}"))
        #expect(bare.audio.recognizer == .localRecognizers)
        for project in [bare, try project(hosted)] {
            let casting = Casting(project, access: access)
            #expect(casting.project.audio.recognizer == ModelChain(.localPocketSphinx))
        }
        let fallback = Casting(bare, access: access).fallbacks.first { $0.wanted == "Local/Moonshine" }
        #expect(fallback?.used == "Local/PocketSphinx" && fallback?.reason == "fetch it")
    }

    /// Local engines understand every name, so that one that stands in for another speaks with the voice that was named.
    @Test func oneNameIsEnoughForAllLocalVoices() throws {
        let casting = try cast(
            """
            orchestrator: {agent_list: [{agent_name: Ada}]}
            utility_agents:
              - {agent_class: PlanningAgent, agent_name: Ada, speech_config: {voice: en-AU-WilliamNeural}}
            """)
        let voice = casting.project.voice(of: "Ada", within: [])
        #expect(voice?.model == .localSynthesizers)
        #expect(voice?.names == ["en-AU-WilliamNeural", "en-AU-WilliamNeural"])
    }

    @Test func otherLanguagesAreSaidToBeBeyondTheLocalEngines() throws {
        let german = Self.text.replacing("asr: {", with: "asr: {language: de-DE, ")
        #expect(try cast(german).fallbacks.contains { $0.wanted.contains("de-DE") && $0.reason.contains("English") })
        let hosted = try cast(german, ["DEEPGRAM_API_KEY": "k", "OPENAI_API_KEY": "k", "OLLAMA_HOST": "h"])
        #expect(!hosted.fallbacks.contains { $0.wanted.hasPrefix("OpenAI") })
    }
}

extension CastingTests {
    private static let eyes = """
        base_config: {vlm_config: {model: OpenAI/gpt-4.1-mini}}
        orchestrator: {agent_list: [{agent_name: Look}]}
        utility_agents: [{agent_class: ImageUnderstandingAgent, agent_name: Look}]
        """

    /// Whoever looks at pictures needs a model that sees: without its credentials, a local model stands in and says so.
    @Test func withoutCredentialsNobodySees() throws {
        let seeing = try cast(Self.eyes, ["OPENAI_API_KEY": "k"])
        #expect(seeing.project.agents[0].program == .pictures && seeing.standInAgents.isEmpty)
        #expect(seeing.project.agents[0].languageModel?.description == "OpenAI/gpt-4.1-mini")
        let blind = try cast(Self.eyes)
        #expect(blind.project.agents[0].program.standIn?.lack == "look at images")
        #expect(blind.standInAgents.map(\.wanted) == ["ImageUnderstandingAgent 'Look'"])
        #expect(blind.standInAgents.map(\.used) == ["Local/Planner"])
    }
}
