import Testing

@testable import Projects

/// Advice that goes with a diagnostic.
@Suite("Hints")
struct HintTests {
    private func hints(_ text: String) -> [String] {
        ProjectLoader.load(text: text, name: "x").diagnostics.compactMap(\.hint)
    }

    private static let orchestrator = "orchestrator: {agent_list: [{agent_name: A}]}\n"
    private static let agents = "utility_agents: [{agent_class: PlanningAgent, agent_name: A}]\n"

    @Test(arguments: [
        ("gpt-4o", "did you mean 'OpenAI/gpt-4o'?"), ("GPT-4.1-mini", "did you mean 'OpenAI/GPT-4.1-mini'?"),
        ("llama3.2", "did you mean 'Ollama/llama3.2'?"), ("planner", "did you mean 'Local/Planner'?"),
    ])
    func aLanguageModelWithoutItsProvider(name: String, hint: String) {
        let base = "base_config: {llm_config: {model: \(name)}}\n"
        #expect(hints(base + Self.orchestrator + Self.agents) == [hint])
    }

    /// A well-known name in a role that its provider does not have gets no wrong advice.
    @Test(arguments: [("nova-3", "Deepgram/nova-3"), ("whisper-1", "OpenAI/whisper-1")])
    func aRecognizerWithoutItsProvider(name: String, model: String) {
        let asr = "audio_config: {asr: {model: \(name)}}\n"
        #expect(hints(asr + Self.orchestrator + Self.agents) == ["did you mean '\(model)'?"])
        let tts = "audio_config: {tts: {model: nova-3}}\n"
        #expect(hints(tts + Self.orchestrator + Self.agents).allSatisfy { $0.hasPrefix("one of Local/Hibari") })
    }

    @Test(arguments: [
        ("next_step: [A]", "it belongs under super_agents[].config.agent_list[]"),
        ("voice: slt", "it belongs under speech_config"), ("temperature: 1", "it belongs under llm_config"),
        ("enable_barge_in: true", "it belongs under audio_config.vad"),
        ("interruptible: false", "it belongs under config"),
    ])
    func aKeyInTheWrongPlace(line: String, hint: String) {
        let agents = "utility_agents: [{agent_class: PlanningAgent, agent_name: A, \(line)}]\n"
        #expect(hints(Self.orchestrator + agents) == [hint])
    }

    @Test(arguments: [
        ("after_first_sentance", "did you mean 'after_first_sentence'?"), ("\"false\"", "remove the quotes"),
    ])
    func aMomentThatNobodyKnows(written: String, hint: String) {
        let config = "config: {interruptible: \(written)}"
        let agents = "utility_agents: [{agent_class: PlanningAgent, agent_name: A, \(config)}]\n"
        #expect(hints(Self.orchestrator + agents) == [hint])
    }

    @Test func everyMisplacedKeyIsOneThatTheLoaderReads() throws {
        let context = LoadContext(file: "everything.yaml")
        _ = ProjectLoader.read(try TestFiles.corpusBytes("valid/everything.yaml"), name: "x", in: context)
        let paths = context.requests.map(\.path)
        for (place, keys) in misplacedKeys {
            for key in keys {
                #expect(
                    paths.contains { $0 == "\(place).\(key)" || $0.hasSuffix(".\(place).\(key)") }, "\(place).\(key)")
            }
        }
    }

    /// Every required key that is misspelt by one letter is one error, and says what was meant.
    @Test(arguments: [
        ("orchestrater: {agent_list: [{agent_name: A}]}\n" + agents, "orchestrator"),
        ("orchestrator: {agent_lists: [{agent_name: A}]}\n" + agents, "agent_list"),
        (orchestrator + "utility_agent: [{agent_class: PlanningAgent, agent_name: A}]\n", "utility_agents"),
        (orchestrator + "utility_agents: [{agent_clas: PlanningAgent, agent_name: A}]\n", "agent_class"),
    ])
    func aMisspeltRequiredKey(text: String, key: String) {
        let result = ProjectLoader.load(text: text, name: "x")
        #expect(result.diagnostics.map(\.severity) == [.error])
        #expect(result.diagnostics.first?.hint == "did you mean '\(key)'?")
    }
}
