/// One message of a chat, as language models take it.
public struct ChatMessage: Equatable, Sendable {
    /// Who speaks.
    public enum Role: String, Codable, Equatable, Sendable { case system, user, assistant, tool }

    /// Who speaks.
    public var role: Role
    /// What is said; of a tool: its result.
    public var content: String
    /// The calls that an assistant wanted made with this message.
    public var toolCalls: [ToolCall]
    /// Which call a tool's message answers.
    public var callID: String?
    /// What the caller shows with it.
    public var picture: Picture?

    /// One message of a chat.
    public init(
        role: Role, content: String, toolCalls: [ToolCall] = [], callID: String? = nil, picture: Picture? = nil
    ) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.callID = callID
        self.picture = picture
    }
}

extension ChatMessage: Codable {
    private enum Keys: String, CodingKey { case role, content, toolCalls, callID, picture }

    /// Reads a message; what concerns tools and pictures may be left out.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        role = try values.decode(Role.self, forKey: .role)
        content = try values.decode(String.self, forKey: .content)
        toolCalls = try values.decodeIfPresent([ToolCall].self, forKey: .toolCalls) ?? []
        callID = try values.decodeIfPresent(String.self, forKey: .callID)
        picture = try values.decodeIfPresent(Picture.self, forKey: .picture)
    }

    /// Writes a message; what concerns tools and pictures is left out where there is nothing of it.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(role, forKey: .role)
        try values.encode(content, forKey: .content)
        if !toolCalls.isEmpty { try values.encode(toolCalls, forKey: .toolCalls) }
        try values.encodeIfPresent(callID, forKey: .callID)
        try values.encodeIfPresent(picture, forKey: .picture)
    }
}

extension [ChatMessage] {
    /// Adds what `role` says next. Two messages of one role in a row become one, because the chat templates of many
    /// models (Mistral, Gemma) refuse a chat whose roles do not take turns.
    /// - Parameter content: joined to a message of the same role by a blank line; an empty one adds nothing to it.
    public mutating func say(_ role: ChatMessage.Role, _ content: String) {
        guard let last = indices.last, self[last].role == role, self[last].toolCalls.isEmpty else {
            append(ChatMessage(role: role, content: content))
            return
        }
        if content.isEmpty { return }
        self[last].content += self[last].content.isEmpty ? content : "\n\n" + content
    }
}

/// The form that an answer is to have. Providers with structured output enforce it; the others are told in words only, so
/// that an answer still has to be checked.
public enum AnswerForm: Codable, Hashable, Sendable {
    /// Free text.
    case text
    /// `{"agent": "NAME"}`: one of the names, as it is written.
    case choice(of: [String], key: String = "agent")
    /// `{"holds": true}` or `{"holds": false}`.
    case verdict(key: String = "holds")
    /// `{"tasks": ["NAME"]}`: one of the names gets the whole question; an empty list: none of them does. For several of
    /// them `{"tasks": [{"agent": "NAME", "task": "TEXT", "after": [0], "if": "CONDITION"}]}`, where `after` are numbers of
    /// other tasks.
    case tasks(of: [String])
    /// `{"NAME": VALUE}`: a value of its kind for each question, or null.
    case fields([Question])
    /// `{"good": true, "flaws": []}`, or `{"good": false, "flaws": ["TEXT"]}`.
    case critique
    /// `{"questions": ["TEXT"], "clarify": "TEXT"}`: what to look up, or what to ask the caller; empty: nothing.
    case questions
    /// `{"agent": "NAME", "task": "TEXT"}`: one of the names, and what it is asked; empty: what the caller says.
    case step(of: [String])
    /// `{"score": 3, "reason": "TEXT"}`: a whole number of that range.
    case score(from: Int, through: Int)

    /// The choice of none of several names.
    public static let nobody = "none"
}

/// Something that a language model may call instead of, or while, answering.
public struct ToolDefinition: Codable, Equatable, Sendable {
    /// The name that the model calls it by: letters, digits, `_` and `-`, at most 64.
    public var name: String
    /// Tells the model what the tool does, and when to use it.
    public var description: String
    /// A JSON Schema object for its arguments, as JSON text.
    public var parameters: String

    /// Something that a language model may call.
    public init(name: String, description: String, parameters: String) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// One call that a model wants made; given out when its arguments are complete.
public struct ToolCall: Codable, Hashable, Sendable {
    /// The call's id at the model's provider; made up where the provider gives none.
    public var id: String
    /// The tool's name.
    public var name: String
    /// The arguments, a JSON object as text.
    public var arguments: String

    /// One call that a model wants made.
    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a generation cost, as its provider counts.
public struct TokenUsage: Codable, Equatable, Sendable {
    /// Tokens of the request.
    public var input: Int
    /// Tokens of the answer.
    public var output: Int

    /// What a generation cost.
    public init(input: Int, output: Int) {
        self.input = input
        self.output = output
    }
}

/// How a model is to choose its words; what is nil is left to the model.
public struct SamplingRequest: Codable, Equatable, Sendable {
    /// 0…2.
    public var temperature: Double?
    /// Above 0, at most 1.
    public var topP: Double?
    /// The longest answer in tokens, at least 1. An answer that reaches it ends there, in the middle of a sentence perhaps,
    /// and is complete; one that reaches it before its first word is a failure.
    public var maxTokens: Int?

    /// How a model is to choose its words.
    public init(temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil) {
        self.temperature = temperature
        self.topP = topP
        self.maxTokens = maxTokens
    }
}

/// One request to a language model.
public struct GenerationRequest: Codable, Equatable, Sendable {
    /// The request in parts.
    public var brief: Brief
    /// The request as a chat, rendered from `brief` and the conversation so far.
    public var messages: [ChatMessage]
    /// What the model may call.
    public var tools: [ToolDefinition]
    /// Sampling. Models without such settings ignore it.
    public var sampling: SamplingRequest
    /// The form of the answer.
    public var form: AnswerForm
    /// The beginning of the answer, when it was stopped in the middle: only what follows is wanted. `GenerationChain` reads
    /// it and tells the model in words; a model itself need not look.
    public var written: String

    /// One request.
    public init(
        brief: Brief, messages: [ChatMessage], tools: [ToolDefinition] = [],
        sampling: SamplingRequest = SamplingRequest(), form: AnswerForm = .text, written: String = ""
    ) {
        self.brief = brief
        self.messages = messages
        self.tools = tools
        self.sampling = sampling
        self.form = form
        self.written = written
    }
}

/// The output of a language model, piece by piece.
public enum GenerationPiece: Equatable, Sendable {
    /// The next piece of its answer; never empty.
    case text(String)
    /// A call, complete.
    case toolCall(ToolCall)
    /// What the generation cost; at most once, near the end.
    case usage(TokenUsage)
}

/// Writes text, piece by piece. The model is chosen when the value is created.
public protocol LanguageModel: Sendable {
    /// The provider and model as projects write them: `Local/Planner`, `OpenAI/gpt-4.1-mini`.
    var name: String { get }

    /// Writes the answer: calls `emit` with each piece as it is generated, in order, and returns after the last.
    /// `emit` suspends while the consumer cannot take more. Cancelling the task ends the work within 100 ms.
    /// - Throws: `ProviderError`, `CancellationError`, or what `emit` throws.
    func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws
}
