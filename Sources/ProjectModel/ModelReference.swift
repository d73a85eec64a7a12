/// `Provider/name`, such as `Deepgram/nova-3`.
public struct ModelReference: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The part before the first slash.
    public var provider: String
    /// The part after it.
    public var model: String

    /// A reference from its two parts.
    public init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    /// Reads `Provider/name`; nil when either part is missing.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        provider = String(text[..<slash])
        model = String(text[text.index(after: slash)...])
        if provider.isEmpty || model.isEmpty { return nil }
    }

    /// `Provider/name`.
    public var description: String { "\(provider)/\(model)" }

    /// The offline language model.
    public static let localPlanner = ModelReference(provider: "Local", model: "Planner")
    /// The small language model that may run on this machine.
    public static let localQwen = ModelReference(provider: "Local", model: "Qwen")
    /// The offline recogniser.
    public static let localMoonshine = ModelReference(provider: "Local", model: "Moonshine")
    /// The older offline recogniser, which needs no files of models.
    public static let localPocketSphinx = ModelReference(provider: "Local", model: "PocketSphinx")
    /// The offline voices for English, by a neural network.
    public static let localHibari = ModelReference(provider: "Local", model: "Hibari")
    /// The older offline voices for English, which need no files of models.
    public static let localFlite = ModelReference(provider: "Local", model: "Flite")
}

/// The models for one purpose in the order in which they are asked: the first, and those that stand in for it when it
/// fails. Never empty.
public struct ModelChain: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The longest chain that a project file may hold.
    public static let maximumCount = 5

    /// All of them, in order.
    public let all: [ModelReference]
    /// Whether it is one speech-to-speech model, which nothing can stand in for.
    public let isSpeechToSpeech: Bool

    /// The one that is asked first.
    public var first: ModelReference { all[0] }

    /// A chain of at least one.
    public init(_ first: ModelReference, _ others: ModelReference...) {
        all = [first] + others
        isSpeechToSpeech = false
    }

    /// A chain of these, or nil when there are none.
    public init?(_ all: [ModelReference]) {
        if all.isEmpty { return nil }
        self.all = all
        isSpeechToSpeech = false
    }

    /// A model that hears and speaks itself.
    public init(speechToSpeech model: ModelReference) {
        all = [model]
        isSpeechToSpeech = true
    }

    /// The offline recognisers, the better one first.
    public static let localRecognizers = ModelChain(.localMoonshine, .localPocketSphinx)

    /// The offline synthesisers, the better one first.
    public static let localSynthesizers = ModelChain(.localHibari, .localFlite)
    /// The offline language models, the better one first.
    public static let localWriters = ModelChain(.localQwen, .localPlanner)

    /// `Deepgram/nova-3, Local/PocketSphinx`.
    public var description: String { all.map(\.description).joined(separator: ", ") }
}
