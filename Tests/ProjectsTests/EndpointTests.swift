import ProjectModel
import Projects
import Testing

/// Named endpoints: what the project has of them, and what nobody sees of their keys.
struct EndpointTests {
    private static let rest = """
        base_config: {llm_config: {model: house/small}}
        orchestrator: {agent_list: [{agent_name: A}]}
        utility_agents: [{agent_class: PlanningAgent, agent_name: A}]

        """

    @Test func endpointsAreOfTheProject() throws {
        let result = ProjectLoader.load(
            bytes: try TestFiles.corpusBytes("valid/endpoints.yaml"), name: "x")
        let project = try #require(result.project)
        #expect(project.endpoints.map(\.name).count == 6)
        #expect(
            project.endpoints.first
                == NamedEndpoint(
                    name: "house-vllm", vendor: "OpenAI", baseURL: "http://gpu:8000/v1", keyVariable: "HOUSE_KEY"))
        let byName = Dictionary(uniqueKeysWithValues: project.endpoints.map { ($0.name, $0) })
        #expect(byName["other.vllm"]?.baseURL == "http://10.0.0.7:8000/v1")
        #expect(
            byName["cellar"]
                == NamedEndpoint(
                    name: "cellar", vendor: "Ollama", baseURL: "http://cellar:11434", options: ["keep_alive": "-1"]))
        #expect(byName["speech-eu"]?.options == ["region": "westeurope"] && byName["speech-eu"]?.baseURL == nil)
        // The name tells what the model is, as at the vendor.
        #expect(project.agents[0].speaksItself)
        #expect(project.agents[0].languageModel?.first.description == "house-vllm/gpt-realtime")
        #expect(project.languageModel.all[1].description == "other.vllm/meta-llama/Llama-3.1-8B-Instruct")
        #expect(project.prices[project.languageModel.first] != nil)
    }

    /// Wherever a key may stand by mistake, neither the messages nor the lines of the file that are shown have it.
    @Test(arguments: [
        "providers: {house: {kind: openai, base_url: \"http://g/v1\", api_key: sk-canary-1}}\n",
        "providers: {house: {api_key: sk-canary-1, kind: openia, base_url: 7}}\n",
        "providers:\n  house:\n    kind: openai\n    base_url: http://g/v1\n    api_key: 'sk-canary-1'\n",
        "providers:\n  house:\n    kind: openai\n    base_url: http://g/v1\n    api_key: |\n      sk-canary-1\n",
        "providers: {house: {kind: openai, base_url: \"http://g/v1\", apikey: sk-canary-1}}\n",
        "providers: {house: {kind: openai, base_url: \"http://g/v1\", token: sk-canary-1, api_key: 3}}\n",
        "providers: {house: {kind: openai, base_url: \"http://me:sk-canary-1@g/v1\"}}\n",
        "providers: {house: {kind: openai, base_url: sk-canary-1}}\n",
        "providers: {house: sk-canary-1}\n",
        "x-key: &key sk-canary-1\nproviders: {house: {kind: openai, base_url: \"http://g/v1\", api_key: *key}}\n",
        "providers: {house: {kind: openai, base_url: \"http://g/v1\", api_key: \"sk-canary-1}}\n",
        "providers: {house: {kind: openai, api_key: sk-canary-1, api_key: sk-canary-1}}\n",
        "providers: {house: {kind: openai, base_url: \"http://g/v1\", api_key: [sk-canary-1]}}\n",
        "providers: {house: {kind: openai, base_url: \"http://g/v1\", token: [sk-canary-1]}}\n",
    ])
    func aKeyIsNotRepeated(providers: String) {
        let result = ProjectLoader.load(text: providers + Self.rest, name: "x")
        #expect(!result.diagnostics.isEmpty)
        #expect(!result.rendered.contains("canary"), "\(result.rendered)")
        #expect(!result.diagnostics.contains { $0.summary.contains("canary") })
    }

    /// The line is hidden from the key on, and the place stays.
    @Test func theRestOfTheLineIsShown() {
        let text = "providers: {house: {kind: openai, base_url: \"http://g/v1\", api_key: sk-canary-1}}\n" + Self.rest
        let result = ProjectLoader.load(text: text, name: "x")
        #expect(result.rendered.contains(" 1 | providers: {house: {kind: openai, base_url: •"))
        #expect(result.rendered.contains("write ENV:NAME"))
        let other = ProjectLoader.load(text: "orchestrator: 7\n" + text, name: "x").rendered
        #expect(other.contains(" 1 | orchestrator: 7"))
    }

    @Test(arguments: ["houze/small", "hose/small", "House/small"]) func aSlipIsNotSentElsewhere(model: String) {
        let text = "providers: {house: {kind: openai, base_url: \"http://g/v1\"}}\n" + Self.rest
        let result = ProjectLoader.load(text: text.replacing("house/small", with: model), name: "x")
        #expect(result.project == nil)
        #expect(result.diagnostics.first?.hint == "did you mean 'house'?")
    }
}
