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

/// The provider that needs no vendor: the engines of this machine.
public enum ModelProvider {
    /// The name that stands before the slash in a project file.
    public static let local = "Local"

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
    /// Whether it is an engine of this machine.
    public var isLocal: Bool { provider == ModelProvider.local }
}
