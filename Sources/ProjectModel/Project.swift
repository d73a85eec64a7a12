import FlowGraph
import TurnTaking

/// One project: everything that a YAML file declares, checked and resolved.
public struct Project: Codable, Equatable, Sendable {
    /// The registered name: the file's name without its ending.
    public var name: String
    /// Counts the registrations of this name, from 0.
    public var version: Int
    /// Who answers, and how that is decided.
    public var orchestrator: Orchestrator
    /// The agents that do the work, in the order of the file.
    public var agents: [Agent]
    /// The super agents that run them, in the order of the file.
    public var superAgents: [SuperAgent]
    /// Hearing and speaking.
    public var audio: AudioConfiguration
    /// The language model of every agent that names none.
    public var languageModel: ModelChain
    /// How that model chooses words. Agents already carry what they take from it.
    public var sampling: Sampling
    /// How long a provider may take before the next of its chain is asked.
    public var deadlines: Deadlines
    /// What the models cost.
    public var prices: PriceTable
    /// Whether conversations are recorded.
    public var recording = RecordingPolicy()
    /// How a whole call goes.
    public var call = CallRules()
    /// What the project knows by name, in the order of the file. Prompts hold of it what their `PromptMemory` says;
    /// placeholders may stand for any of it.
    public var variables: [PromptMemory.Variable] = []
    /// Which private details language models do not see; nil: they see everything.
    public var piiMasking: PIIMasking?
    /// What is kept of conversations for the next ones of the same user; nil keeps nothing.
    public var memory: MemoryPolicy?
    /// What agents may call.
    public var tools: [Tool] = []
    /// Servers whose tools agents may call.
    public var mcpServers: [MCPServer] = []
    /// Questions that a caller may ask, in the caller's words; for a page that offers them.
    public var examples: [String] = []
    /// Servers that its models name as their provider, beside the vendors.
    public var endpoints: [NamedEndpoint] = []

    /// Puts a project together; `ProjectLoader` is where one usually comes from.
    public init(
        name: String, version: Int = 0, orchestrator: Orchestrator, agents: [Agent], superAgents: [SuperAgent] = [],
        audio: AudioConfiguration = AudioConfiguration(), languageModel: ModelChain = ModelChain(.localPlanner),
        sampling: Sampling = Sampling(), deadlines: Deadlines = Deadlines(), prices: PriceTable = PriceTable()
    ) {
        self.name = name
        self.version = version
        self.orchestrator = orchestrator
        self.agents = agents
        self.superAgents = superAgents
        self.audio = audio
        self.languageModel = languageModel
        self.sampling = sampling
        self.deadlines = deadlines
        self.prices = prices
    }

    /// Every model that the project names, or takes by default; none twice.
    public var models: Set<ModelReference> {
        let chains = [audio.recognizer, audio.synthesizer] + writers
        return Set((chains + speechBlocks.compactMap(\.model)).flatMap(\.all))
    }

    /// What writes, decides and judges: the project's language model, then those of agents and super agents.
    public var writers: [ModelChain] {
        [languageModel] + agents.compactMap(\.languageModel) + superAgents.compactMap(\.languageModel)
    }

    /// Every `speech_config` of the project: the orchestrator's, the agents', the super agents'.
    public var speechBlocks: [SpeechConfiguration] {
        ([orchestrator.speech] + agents.map(\.speech) + superAgents.map(\.speech)).compactMap { $0 }
    }

    /// The agent of that name.
    public func agent(named name: String) -> Agent? { agents.first { $0.name == name } }

    /// What may stop the agent or super agent of that name; for the orchestrator, the default.
    public func interruption(of name: String) -> Interruption {
        agent(named: name)?.interruption ?? superAgent(named: name)?.interruption ?? Interruption()
    }

    /// Whether somebody speaks who may not be interrupted: what the caller says then may be heard afterwards.
    public var hasDeafSpells: Bool {
        let permissions = agents.map(\.interruption.permission) + superAgents.map(\.interruption.permission)
        return announcement != nil || permissions.contains { $0 != .always }
    }

    /// What is said before anything else; nil when nothing.
    public var announcement: String? { recording.isEnabled ? recording.announcement : nil }

    /// What the project says where the answer of that agent failed; nil when it says nothing.
    public func apology(of name: String?) -> String? {
        name.flatMap { agent(named: $0)?.apology } ?? orchestrator.apology
    }

    /// The super agent of that name.
    public func superAgent(named name: String) -> SuperAgent? { superAgents.first { $0.name == name } }
}
