import FlowGraph
import TurnTaking

/// One project: everything that a YAML file declares, checked and resolved.
public struct Project: Equatable, Sendable {
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
    public var languageModel: ModelReference

    /// Puts a project together; `ProjectLoader` is where one usually comes from.
    public init(
        name: String, version: Int = 0, orchestrator: Orchestrator, agents: [Agent], superAgents: [SuperAgent] = [],
        audio: AudioConfiguration = AudioConfiguration(), languageModel: ModelReference = .localPlanner
    ) {
        self.name = name
        self.version = version
        self.orchestrator = orchestrator
        self.agents = agents
        self.superAgents = superAgents
        self.audio = audio
        self.languageModel = languageModel
    }

    /// The agent of that name.
    public func agent(named name: String) -> Agent? { agents.first { $0.name == name } }

    /// The super agent of that name.
    public func superAgent(named name: String) -> SuperAgent? { superAgents.first { $0.name == name } }
}

/// `Provider/name`, such as `Deepgram/nova-3`.
public struct ModelReference: Hashable, Sendable, CustomStringConvertible {
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
    /// The offline recogniser.
    public static let localRecognizer = ModelReference(provider: "Local", model: "PocketSphinx")
    /// The offline synthesiser.
    public static let localSynthesizer = ModelReference(provider: "Local", model: "Flite")
}
