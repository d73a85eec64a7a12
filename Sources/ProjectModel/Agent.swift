import FlowGraph

/// One agent that does work of its own.
public struct Agent: Codable, Equatable, Sendable {
    /// Unique within the project; what the caller sees.
    public var name: String
    /// What it is for: its instructions, and what routing goes by.
    public var description: String
    /// What its class asks of it.
    public var program = AgentProgram.planning
    /// What of the conversation's memory it is told.
    public var memory = PromptMemory()
    /// What it may call while it answers.
    public var tools = ToolUse()
    /// How it looks at drafts of its answer before anybody hears one; nil: the first is its answer.
    public var reflection: SelfReflection?
    /// How its answers are written.
    public var outputStyle: OutputStyle
    /// Its own language model, if it names one.
    public var languageModel: ModelChain?
    /// How its model chooses words: its own values, and the project's for what it leaves open. An agent that speaks itself
    /// has its own values only: tokens of speech are not tokens of text.
    public var sampling: Sampling
    /// What is said when its answer keeps the caller waiting; its own or the orchestrator's.
    public var filler: Filler?
    /// Its voice; keys left open are looked up further out. The `voices` of an agent that speaks itself are those of its
    /// `languageModel`.
    public var speech: SpeechConfiguration?
    /// Whether it speaks a summary instead of its whole answer.
    public var speaksSummary: Bool
    /// What may stop it; its own, or that of the first super agent that runs it.
    public var interruption = Interruption()
    /// What is said where its answer failed; its own or the orchestrator's.
    public var apology: String?

    /// Whether its model is a speech-to-speech one, which takes the place of all three engines.
    public var speaksItself: Bool { languageModel?.isSpeechToSpeech ?? false }

    /// One agent.
    public init(
        name: String, description: String = "", outputStyle: OutputStyle = .conversational,
        languageModel: ModelChain? = nil,
        sampling: Sampling = Sampling(), filler: Filler? = nil, speech: SpeechConfiguration? = nil,
        speaksSummary: Bool = false
    ) {
        self.name = name
        self.description = description
        self.outputStyle = outputStyle
        self.languageModel = languageModel
        self.sampling = sampling
        self.filler = filler
        self.speech = speech
        self.speaksSummary = speaksSummary
    }
}

/// What may stop an agent that speaks.
public struct Interruption: Codable, Equatable, Sendable {
    /// When a caller may speak over it.
    public enum Permission: String, Codable, Equatable, Sendable, CaseIterable {
        case always
        case never
        /// Once its first sentence was heard.
        case afterFirstSentence = "after_first_sentence"
    }

    /// When a caller may speak over it.
    public var permission: Permission = .always
    /// So many words of the caller interrupt; fewer are noise. 0…20; 0 and 1 mean any word.
    public var minimumWords = 0

    /// The default: any word interrupts at any time.
    public init() {}
}

/// How an agent's text is written.
public enum OutputStyle: String, Codable, Equatable, Sendable, CaseIterable { case markdown, conversational, html }

/// One agent that runs others along a graph.
public struct SuperAgent: Codable, Equatable, Sendable {
    /// Unique within the project.
    public var name: String
    /// What it is for.
    public var description: String
    /// What its members work towards.
    public var goal: String
    /// Its members and the edges between them.
    public var graph: FlowGraph
    /// What its class makes of its members.
    public var program = SuperProgram.flow
    /// What it chooses, judges and sums up with; nil: the project's.
    public var languageModel: ModelChain?
    /// How those words are chosen; what is nil is the project's.
    public var sampling = Sampling()
    /// Whether the client is shown who comes next, when that was decided.
    public var showsDecisions = false
    /// In which order its members speak.
    public var floor: FloorOrder
    /// Which of its members are heard.
    public var speak = SpokenMembers.all
    /// What of the conversation's memory its summary is told.
    public var memory = PromptMemory()
    /// Its voice; also that of members that have none.
    public var speech: SpeechConfiguration?
    /// Whether it closes the round with a summary in its own voice.
    public var closesWithSummary: Bool
    /// What may stop its summary. Members without one of their own already carry it.
    public var interruption = Interruption()

    /// Whether a summary of its members' answers is the last that is heard of it.
    public var summarizes: Bool { closesWithSummary || speak == .summary }

    /// One super agent.
    public init(
        name: String, description: String = "", goal: String = "", graph: FlowGraph, floor: FloorOrder = .ready,
        speech: SpeechConfiguration? = nil, closesWithSummary: Bool = false
    ) {
        self.name = name
        self.description = description
        self.goal = goal
        self.graph = graph
        self.floor = floor
        self.speech = speech
        self.closesWithSummary = closesWithSummary
    }
}

/// In which order the agents of one round speak.
public enum FloorOrder: String, Codable, Equatable, Sendable, CaseIterable {
    /// In the order in which they become ready; ties by their order in the file.
    case ready
    /// Strictly in the order of the graph.
    case graphOrder = "graph_order"
}

/// Which members of a super agent are heard. The text of the others is shown.
public enum SpokenMembers: String, Codable, Equatable, Sendable, CaseIterable {
    /// All of them.
    case all
    /// Those after which no other member runs.
    case last
    /// None of them: a summary of their answers closes the round.
    case summary
}

/// Who answers a caller.
public struct Orchestrator: Codable, Equatable, Sendable {
    /// Agents and super agents it may route to, in the order of the file. Never empty.
    public var agentNames: [String]
    /// false: everything goes to the first of them.
    public var routes: Bool
    /// Whether several of them may answer one turn, each its part of it.
    public var decomposes = true
    /// What the caller says is checked against these before anybody answers.
    public var rules: [ConductRule] = []
    /// What the project tells the orchestrator for answers of its own, where no agent fits; may be empty.
    public var ownOrders = ""
    /// What the project adds to the orders of whoever chooses an agent.
    public var routingOrder: String?
    /// What of the conversation's memory whoever chooses is told.
    public var memory = PromptMemory()
    /// The orchestrator's own voice, and that of agents that have none.
    public var speech: SpeechConfiguration?
    /// What is said when nobody has begun to answer. Agents without one of their own already carry it.
    public var filler: Filler?
    /// What is said where an answer failed; nil is the default of the language.
    public var apology: String?
    /// How much of the conversation every model is told.
    public var history: HistoryLimits
    /// The time zone that models are told the time in, such as `Europe/Berlin`; nil is the server's.
    public var timeZone: String?

    /// An orchestrator over `agentNames`.
    public init(
        agentNames: [String], routes: Bool = true, speech: SpeechConfiguration? = nil, filler: Filler? = nil,
        history: HistoryLimits = HistoryLimits()
    ) {
        self.agentNames = agentNames
        self.routes = routes
        self.speech = speech
        self.filler = filler
        self.history = history
    }
}
