import ProviderKit

/// What a client asks of answers, beside what the project says: of one, or of all that follow.
public struct AnswerOrders: Codable, Equatable, Sendable {
    /// Orders to the models beside those of the project.
    public var instructions = ""
    /// Whether answers are spoken, where the project gives them voices; else they are text only.
    public var isSpoken = true
    /// Tools that the client carries out, beside those of the project.
    public var tools: [ToolDefinition] = []
    /// Whether anything may be called.
    public var callsTools = true
    /// How fast voices speak, relative to the project.
    public var speed = 1.0
    /// The longest text of a model, in tokens; nil: as the project says.
    public var maximumTokens: Int?
    /// How freely models choose words; nil: as the project says.
    public var temperature: Double?

    /// Everything as the project says.
    public init() {}
}

/// One answer that a client orders.
public struct ResponseOrder: Codable, Equatable, Sendable {
    /// What is asked of it.
    public var orders: AnswerOrders
    /// Whether it is a part of the conversation; if not, nothing of it is kept.
    public var isKept = true
    /// What it goes by instead of the conversation; nil: the conversation.
    public var input: [Remark]?

    /// An answer to what is there.
    public init(_ orders: AnswerOrders) { self.orders = orders }
}

/// What a client puts into a conversation in writing, without an answer to it.
public struct Remark: Codable, Equatable, Sendable {
    /// Whose words they are.
    public enum Speaker: Codable, Equatable, Sendable {
        case caller
        /// An agent; which one is not known.
        case agent
        /// Whoever gives orders: the models take them beside their instructions.
        case orders
    }

    /// Where it is put.
    public enum Place: Codable, Equatable, Sendable {
        case end
        case front
        case behind(Said)
    }

    /// Whose words they are.
    public var speaker: Speaker
    /// The words.
    public var text: String
    /// The client's name for it.
    public var name: String
    /// Where it is put.
    public var place: Place

    /// What a client puts in.
    public init(_ speaker: Speaker, _ text: String, name: String, at place: Place = .end) {
        (self.speaker, self.text, self.name, self.place) = (speaker, text, name, place)
    }
}

/// Something that was said in a conversation, as its client knows it.
public enum Said: Codable, Equatable, Sendable {
    /// What the client has put in under that name.
    case remark(String)
    /// What the caller has said.
    case utterance(UtteranceID)
    /// What an agent has said in a response.
    case answer(ResponseID, agent: String)

    /// Its name in the history.
    var name: String {
        switch self {
        case .remark(let name): "remark/\(name)"
        case .utterance(let id): "utterance/\(id.number)"
        case .answer(let id, let agent): "answer/\(id.number)/\(agent)"
        }
    }
}

/// How turns are taken, as a client sets it over what the project says.
public struct TurnRules: Codable, Equatable, Sendable {
    /// What ends the caller's turn.
    public enum Ending: Codable, Equatable, Sendable {
        /// The client says where it begins and ends.
        case client
        /// So long a silence.
        case silence(Duration)
        /// Evidence that all was said, or else so long a silence.
        case evidence(longest: Duration)
    }

    /// What ends the caller's turn.
    public var ending: Ending
    /// What a window must reach to be speech, 0…1; nil: as the project says.
    public var speechProbability: Float?
    /// Audio before the onset of speech that belongs to it; nil: as the project says.
    public var prefixPadding: Duration?
    /// Whether each turn of the caller is answered; if not, an answer has to be ordered.
    public var areAnswered = true
    /// Whether speech interrupts an answer.
    public var interrupt = true

    /// Turns that end so.
    public init(_ ending: Ending) { self.ending = ending }
}
