/// One message of a chat, as language models take it.
public struct ChatMessage: Equatable, Sendable {
    /// Who speaks.
    public enum Role: String, Equatable, Sendable { case system, user, assistant }

    /// Who speaks.
    public var role: Role
    /// What is said.
    public var content: String

    /// One message of a chat.
    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}

/// What an agent wants from a language model, in parts. Hosted models read the `messages` rendered from it;
/// the offline planner reads the parts themselves.
public struct Brief: Equatable, Sendable {
    /// What kind of answer is wanted.
    public enum Task: Equatable, Sendable {
        /// A plan that answers the caller.
        case plan
        /// A short spoken summary of the `parents`' answers.
        case summarize
        /// "yes" or "no": does the condition hold for the one parent answer?
        case judge(condition: String)
        /// The name of the one agent among `candidates` that should answer the caller.
        case route(candidates: [Answer])
        /// An answer in the orchestrator's own name.
        case reply
    }

    /// A named piece of text: an agent's answer, or an agent's description.
    public struct Answer: Equatable, Sendable {
        /// The agent's name.
        public var agent: String
        /// Its answer or description.
        public var text: String

        /// A named piece of text.
        public init(agent: String, text: String) {
            self.agent = agent
            self.text = text
        }
    }

    /// What is wanted.
    public var task: Task
    /// The name of the agent that answers.
    public var agentName: String
    /// What that agent is for.
    public var agentDescription: String
    /// The goal of the super agent that runs it, if any.
    public var goal: String?
    /// The caller's words.
    public var callerWords: String
    /// The finished parents' answers, in graph order.
    public var parents: [Answer]

    /// The parts of one request.
    public init(
        task: Task, agentName: String, agentDescription: String = "", goal: String? = nil, callerWords: String,
        parents: [Answer] = []
    ) {
        self.task = task
        self.agentName = agentName
        self.agentDescription = agentDescription
        self.goal = goal
        self.callerWords = callerWords
        self.parents = parents
    }
}

/// One request to a language model.
public struct GenerationRequest: Equatable, Sendable {
    /// The model's name at its provider.
    public var model: String
    /// The request in parts.
    public var brief: Brief
    /// The request as a chat, rendered from `brief` and the conversation so far.
    public var messages: [ChatMessage]

    /// One request.
    public init(model: String, brief: Brief, messages: [ChatMessage]) {
        self.model = model
        self.brief = brief
        self.messages = messages
    }
}

/// Writes text, piece by piece.
public protocol LanguageModel: Sendable {
    /// The provider's name as projects write it: `Local/Planner`.
    var name: String { get }

    /// Writes the answer: calls `emit` with each piece of text as it is generated, in order, and returns after the last.
    /// `emit` suspends when nobody can take more.
    /// - Throws: `ProviderError` or `CancellationError`.
    func generate(
        _ request: GenerationRequest, emit: @Sendable (String) async throws -> Void
    ) async throws
}
