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
