import FlowGraph
import ProjectModel

/// The model that was probably meant by a name without a provider: `OpenAI/gpt-4o` for `gpt-4o`.
func likelyModel(_ name: String, for purpose: ModelPurpose) -> String? {
    let engines = purpose.localEngines
    if let engine = engines.first(where: { $0.lowercased() == name.lowercased() })
        ?? nearestName(to: name, among: engines)
    {
        return "Local/\(engine)"
    }
    let provider = modelFamilies.first { family in family.beginnings.contains { name.lowercased().hasPrefix($0) } }?
        .provider
    guard let provider, purpose.providers.contains(provider) else { return nil }
    return "\(provider.rawValue)/\(name)"
}

/// How the names of well-known models begin.
private let modelFamilies: [(provider: ModelProvider, beginnings: [String])] = [
    (.openAI, ["gpt-", "o1", "o3", "o4", "whisper-", "tts-"]),
    (.deepgram, ["nova-"]),
    (.elevenLabs, ["eleven_"]),
    (.ollama, ["llama", "mistral", "gemma", "phi"]),
    (.qwen, ["qwen3-tts", "qwen3-omni"]),
]
