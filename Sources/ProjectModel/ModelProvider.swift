/// What a model does in a conversation.
public enum ModelRole: String, Codable, Hashable, Sendable, CaseIterable {
    /// Speech to text.
    case recognizer
    /// Text to speech.
    case synthesizer
    /// Text to text.
    case languageModel
    /// Hears the caller and speaks the answer itself: an agent's model, which needs none of the other three.
    case speechToSpeech
    /// Hears at a pause whether the caller's turn is over.
    case endOfTurnJudge
}

/// A provider that Parley can talk to, by the name that stands before the slash in a project file.
public enum ModelProvider: String, Codable, Hashable, Sendable, CaseIterable {
    case local = "Local"
    case openAI = "OpenAI"
    case azure = "Azure"
    case azureOpenAI = "AzureOpenAI"
    case ollama = "Ollama"
    case deepgram = "Deepgram"
    case elevenLabs = "ElevenLabs"
    case qwen = "Qwen"

    /// What it has models for.
    public var roles: Set<ModelRole> {
        switch self {
        case .local: [.recognizer, .synthesizer, .languageModel, .endOfTurnJudge]
        case .openAI: [.recognizer, .synthesizer, .languageModel, .speechToSpeech]
        case .azure: [.recognizer, .synthesizer]
        case .azureOpenAI, .ollama: [.languageModel]
        case .deepgram: [.recognizer]
        case .elevenLabs: [.synthesizer]
        case .qwen: [.synthesizer, .speechToSpeech]
        }
    }

    /// The local engines that can be named, the default first.
    public static func localEngines(for role: ModelRole) -> [String] {
        switch role {
        case .recognizer: ["Moonshine", "PocketSphinx"]
        case .synthesizer: ["Hibari", "Flite", "eSpeak"]
        case .languageModel: ["Planner", "Qwen"]
        case .speechToSpeech: []
        case .endOfTurnJudge: ["SmartTurn"]
        }
    }
}

extension ModelReference {
    /// The provider, or nil when it is none of Parley's.
    public var knownProvider: ModelProvider? { ModelProvider(rawValue: provider) }

    /// Whether it hears and speaks itself: `OpenAI/…realtime…` and `Qwen/…omni…realtime…`. A further slash in the name, as
    /// model hubs have it, speaks of a language model.
    public var isSpeechToSpeech: Bool {
        switch knownProvider {
        case .openAI: model.contains("realtime") && !model.contains("/")
        case .qwen: model.contains("realtime") && model.contains("omni")
        default: false
        }
    }

    /// Whether it can be named for `role`. Of the names only those tell something that mark speech-to-speech models;
    /// whether the provider has the model, only the provider knows.
    public func serves(as role: ModelRole) -> Bool {
        guard let knownProvider, knownProvider.roles.contains(role) else { return false }
        switch (knownProvider, role) {
        case (.local, _): return ModelProvider.localEngines(for: role).contains(model)
        case (_, .speechToSpeech): return isSpeechToSpeech
        case (_, .languageModel), (.qwen, _): return !isSpeechToSpeech
        default: return true
        }
    }
}
