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

    // MARK: Classes, models and steps that are written in another way

    @Test(arguments: [
        ("utility_agents", "PlanningAgnt", "did you mean 'PlanningAgent'?"),
        ("utility_agents", "CriticalThinkr", "did you mean 'CriticalThinker'?"),
        ("utility_agents", "ToolUsAgent", "did you mean 'ToolUseAgent'?"),
        ("utility_agents", "FlowSuperAgnt", "did you mean 'FlowSuperAgent'? it belongs under super_agents"),
        ("super_agents", "EvaluatonSuperAgent", "did you mean 'EvaluationSuperAgent'?"),
        ("super_agents", "Weatherman", "such as FlowSuperAgent, SuperAgent, BaseSuperAgent, EvaluationSuperAgent"),
    ])
    func aClassThatNobodyKnows(list: String, name: String, hint: String) {
        let agent = "{agent_class: \(name), agent_name: B, config: {agent_list: [{agent_name: A}]}}"
        let text =
            list == "super_agents"
            ? Self.agents + "super_agents: [\(agent)]\n"
            : "utility_agents: [{agent_class: PlanningAgent, agent_name: A}, \(agent)]\n"
        let errors = ProjectLoader.load(text: Self.orchestrator + text, name: "x").diagnostics.filter {
            $0.severity == .error
        }
        #expect(errors.map(\.hint) == [hint])
    }

    @Test(arguments: [
        ("utility_agents: [{agent_class: PlanningAgent, agent_name: A, config: {model: x}}]\n", "llm_config.model"),
        ("utility_agents: [{agent_class: PlanningAgent, agent_name: A, model: x}]\n", "llm_config.model"),
        (agents + "model: x\n", "base_config.llm_config.model"),
        (agents + "base_config: {model: x}\n", "base_config.llm_config.model"),
        (agents + "audio_config: {model: x}\n", "audio_config.asr or audio_config.tts"),
    ])
    func aModelInTheWrongPlace(rest: String, place: String) {
        #expect(hints(Self.orchestrator + rest).map { $0.contains(place) } == [true])
    }

    @Test(arguments: [
        ("{condition: it rains, step: B}", "write to: [\"B\"]"),
        ("{default: true, target: B}", "write to: [\"B\"]"),
        ("{condition: it rains, to: B}", "write to: [\"B\"]"),
        ("{condition: it rains, to: {B: 1}}", "write to: [\"agent name\"]"),
    ])
    func aStepInOtherWords(step: String, hint: String) {
        let agents =
            "utility_agents: [{agent_class: PlanningAgent, agent_name: B}, {agent_class: PlanningAgent, agent_name: C}]\n"
        let team = """
            super_agents: [{agent_class: FlowSuperAgent, agent_name: A, config: {agent_list: [
            {agent_name: C, next_step: [\(step)]}, {agent_name: B}]}}]
            """
        #expect(hints(Self.orchestrator + agents + team) == [hint])
    }
}
