/// What an agent wants from a language model, in parts. Hosted models read the `messages` rendered from it;
/// the offline planner reads the parts themselves.
public struct Brief: Codable, Equatable, Sendable {
    /// What kind of answer is wanted.
    public enum Task: Codable, Equatable, Sendable {
        /// A plan that answers the caller.
        case plan
        /// A short spoken question to the caller.
        case ask([Question])
        /// What the caller's words answer to the questions of the one parent.
        case fill([Question])
        /// A short spoken summary of the `parents`' answers.
        case summarize
        /// "yes" or "no": does the condition hold for the one parent answer?
        case judge(condition: String)
        /// The name of the one agent among `candidates` that should answer the caller.
        case route(candidates: [Answer])
        /// Which of the `candidates` answer the caller, and what each is asked. `order` is what the project adds.
        case assign(candidates: [Answer], order: String?)
        /// The name of the one rule that the caller's words violate, or none.
        case screen(rules: [Rule])
        /// Whether the agent's own draft can stand, and what is to be mended in it.
        case critique(draft: String)
        /// The number, from 1, of the best of the agent's own drafts.
        case choose(drafts: [String])
        /// One answer from the agent's own drafts.
        case merge(drafts: [String])
        /// The name of the one member of a team that works next, or none; and what it is asked.
        case next(Agenda)
        /// How good the one parent answer is.
        case score(Criterion)
        /// So many questions, of different kinds, by which an agent can be tried: its name and description.
        case invent(Answer, count: Int)
        /// What has to be looked up before the agent answers.
        case study(Study)
    }

    /// What a caller may not say.
    public struct Rule: Codable, Equatable, Sendable {
        /// Its name.
        public var name: String
        /// What it asks.
        public var text: String
        /// Words that keep to it.
        public var passing: [String]
        /// Words that violate it.
        public var failing: [String]

        /// What a caller may not say.
        public init(name: String, text: String, passing: [String] = [], failing: [String] = []) {
            self.name = name
            self.text = text
            self.passing = passing
            self.failing = failing
        }
    }

    /// A named piece of text: an agent's answer, or an agent's description.
    public struct Answer: Codable, Equatable, Sendable {
        /// The agent's name.
        public var agent: String
        /// Its answer or description.
        public var text: String
        /// Whether `text` is only the beginning.
        public var isCut: Bool

        /// A named piece of text.
        public init(agent: String, text: String, isCut: Bool = false) {
            self.agent = agent
            self.text = text
            self.isCut = isCut
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
    /// The answers of the agents that finished before this one, in graph order, the nearest last.
    public var parents: [Answer]
    /// The conditions on what comes after this answer, which will be judged by it.
    public var conditions: [String]
    /// Whether no other agent was asked before it to answer these words.
    public var isFirst: Bool
    /// What the agent should be able to do and cannot do here, as it stands behind "cannot"; nil when there is nothing.
    public var lack: String?
    /// What was looked up for the caller's words; nil when the agent looks nothing up.
    public var finding: Finding?

    /// The parts of one request.
    public init(
        task: Task, agentName: String, agentDescription: String = "", goal: String? = nil, callerWords: String,
        parents: [Answer] = [], conditions: [String] = [], isFirst: Bool = true, lack: String? = nil
    ) {
        self.task = task
        self.agentName = agentName
        self.agentDescription = agentDescription
        self.goal = goal
        self.callerWords = callerWords
        self.parents = parents
        self.conditions = conditions
        self.isFirst = isFirst
        self.lack = lack
    }

    /// The form that the answer has to have: a choice and a verdict are values that can be checked.
    public var form: AnswerForm {
        switch task {
        case .plan, .ask, .summarize, .merge, .invent: .text
        case .fill(let questions): .fields(questions)
        case .judge: .verdict()
        case .route(let candidates): .choice(of: candidates.map(\.agent) + [AnswerForm.nobody])
        case .screen(let rules): .choice(of: rules.map(\.name) + [AnswerForm.nobody], key: "violated")
        case .assign(let candidates, _): .tasks(of: candidates.map(\.agent))
        case .critique: .critique
        case .study: .questions
        case .choose(let drafts): .choice(of: drafts.indices.map { String($0 + 1) }, key: "draft")
        case .next(let agenda): .step(of: agenda.choices)
        case .score(let criterion): .score(from: criterion.lowest, through: criterion.highest)
        }
    }
}
