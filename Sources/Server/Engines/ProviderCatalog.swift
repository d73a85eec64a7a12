import FlowGraph
import ProjectModel
import ProviderKit
import Session
import Synchronization
import Telemetry
import TurnTaking
import Vendors
import VoiceActivity

/// Chooses the engines of each conversation.
public protocol EngineCatalog: Sendable {
    /// What of `project` can be run here, and with which engines: they are the conversation's as long as it keeps the value.
    /// Quick, never blocking.
    func cast(_ project: Project) -> (project: Project, engines: Engines)
    /// Gets ready for conversations on `projects`, and gives up what only conversations on others have used. Returns at
    /// once.
    func keep(_ projects: [Project])
    /// Looks after connections until the task is cancelled.
    func run() async
    /// Brings gauges up to date before somebody reads them.
    func measure(_ metrics: Metrics)
}

extension EngineCatalog {
    /// Nothing to get ready.
    public func keep(_ projects: [Project]) {}
    /// Nothing to look after.
    public func run() async {}
    /// Nothing to measure.
    public func measure(_ metrics: Metrics) {}
}

/// The engines that this server has: those of hosted providers that it has credentials for, and the local ones.
///
/// All conversations share an engine, its sockets and its breaker. Each has it on lease. When a project names it no longer
/// and the last conversation with it is over, its sockets are closed.
public final class ProviderCatalog: EngineCatalog {
    private let access: ProviderAccess
    private let areStandIns: Bool
    private let log: Log
    private let voiceActivity: SileroModel
    private let shelf: EngineShelf
    private let tools: ToolShelf

    /// An engine is made when a project first names it.
    /// - Parameters:
    ///   - recognizers: utterances transcribed at once by the local recogniser.
    ///   - vendors: whose engines there are.
    ///   - areStandIns: whether the hosted providers are stand-ins, which cost nothing.
    ///   - environment: the variables that the headers of tools name.
    ///   - log: told when a model is being loaded.
    /// - Throws: `SileroError`, or `NetworkError` when the threads of the network cannot be started.
    public init(
        access: ProviderAccess, recognizers: Int, vendors: [Vendor] = Vendor.all, areStandIns: Bool = false,
        environment: [String: String] = [:], log: Log = .none
    ) throws {
        voiceActivity = try SileroModel()
        let local = LocalEngines(recognizers: recognizers, voiceActivity: voiceActivity)
        var access = access
        access.absentEngines = local.absent
        (self.access, self.areStandIns, self.log) = (access, areStandIns, log)
        let means = try Vendor.Means(log: log)
        shelf = EngineShelf(vendors: vendors, local: local, means: means)
        tools = ToolShelf(client: means.http, environment: environment, log: log)
    }

    /// Loads what the first caller would have to wait for, and finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws {
        for error in try await shelf.local.prepare() {
            log.warning(
                "a local engine cannot be used", ["engine": .name(error.provider), "reason": .name(error.message)])
        }
    }

    /// Looks after the connections of hosted providers until the task is cancelled. For one caller, once.
    public func run() async {
        async let tools: Void = tools.run()
        await shelf.run()
        await tools
    }

    /// What the threads of local models could not do.
    public func measure(_ metrics: Metrics) {
        let workers = shelf.local.modelWorkers
        metrics.gauge(
            "parley_model_jobs_dropped", help: "Interim transcripts left out because others needed the processor."
        )
        .set(Double(workers.dropped))
        metrics.gauge("parley_model_jobs_refused", help: "Jobs of local models refused because too many waited.")
            .set(Double(workers.refused))
    }

    /// Engines that are there, hosted ones and local ones.
    var engineCount: Int { shelf.count }

    /// Versions of projects whose tools are there.
    var toolBoxCount: Int { tools.count }

    /// Keeps the engines of `projects` when no conversation uses them, and no others. Models that their server loads at the
    /// first request are loaded from now on, of each chain the first.
    public func keep(_ projects: [Project]) {
        let casts = projects.map { Casting($0, access: access).project }
        shelf.want(casts.reduce(into: []) { $0.formUnion($1.engineKeys(access)) })
        for cast in casts {
            for chain in cast.writers {
                let keys = chain.all.map { EngineKey($0, .languageModel, in: cast, access) }
                if let key = keys.first(where: shelf.loads) { _ = shelf.languageModel(key, for: nil) }
            }
        }
    }

    // MARK: - Casting

    /// What of `project` can be run here, and with which engines.
    public func cast(_ project: Project) -> (project: Project, engines: Engines) {
        let casting = Casting(project, access: access, hasJudge: judge != nil)
        let isJudged = casting.project.audio.endpointing.endOfTurn?.judge != nil
        let project = free(casting.project)
        let cast = Cast(project: project, access: access, shelf: shelf, lease: shelf.lease())
        var engines = Engines(
            voiceActivity: voiceActivity, recognizer: cast.recognition(project.audio.recognizer),
            synthesizer: cast.synthesis, languageModel: cast.generation, speechToSpeech: cast.speechToSpeech,
            endOfTurnJudge: isJudged ? judge : nil, warm: cast.warm,
            fallbacks: casting.fallbacks + casting.standInAgents)
        engines.tools = tools.tools(of: project)
        return (project, engines)
    }

    /// The project, with prices of nothing where stand-ins do the work.
    private func free(_ project: Project) -> Project {
        guard areStandIns else { return project }
        var project = project
        project.prices.prices = project.prices.prices.mapValues { _ in Price() }
        return project
    }

    /// `project` as it runs here, with what it names and this server replaces.
    func casting(of project: Project) -> Casting {
        Casting(project, access: access, hasJudge: judge != nil)
    }

    private var judge: (any EndOfTurnJudge)? { shelf.local.endOfTurnJudge }
}

/// The engines of one conversation, which it has on lease as long as this is kept.
private struct Cast: Sendable {
    let project: Project
    let access: ProviderAccess
    let shelf: EngineShelf
    let lease: EngineLease

    private func key(_ model: ModelReference, _ role: ModelRole) -> EngineKey {
        EngineKey(model, role, in: project, access)
    }

    @Sendable func recognition(_ models: ModelChain) -> RecognitionChain {
        RecognitionChain(
            models.all.map { shelf.recognizer(key($0, .recognizer), for: lease).link },
            finalTranscript: models.isLocal ? nil : project.deadlines.finalTranscript, clock: shelf.clock)
    }

    @Sendable func generation(_ models: ModelChain) -> GenerationChain {
        GenerationChain(
            models.all.map { shelf.languageModel(key($0, .languageModel), for: lease).link },
            deadlines: models.isLocal ? nil : PieceDeadlines(first: project.deadlines.firstToken), clock: shelf.clock)
    }

    @Sendable func synthesis(_ models: ModelChain) -> SynthesisChain {
        SynthesisChain(
            models.all.map { shelf.synthesizer(key($0, .synthesizer), for: lease).link },
            deadlines: models.isLocal ? nil : PieceDeadlines(first: project.deadlines.firstAudio), clock: shelf.clock)
    }

    @Sendable func speechToSpeech(_ model: ModelReference) -> ChainLink<any SpeechToSpeechModel>? {
        shelf.speechToSpeech(key(model, .speechToSpeech), for: lease)?.link
    }

    /// Opens the connections that a conversation will use first. Never fails: what cannot be had shows when it is used.
    @Sendable func warm() async {
        let language = VoiceRequest(language: project.audio.language)
        let ears = shelf.recognizer(key(project.audio.recognizer.first, .recognizer), for: lease)
        let voices = Set(project.speakingVoices)
        let writers = Set(project.writers)
        await withDiscardingTaskGroup { group in
            group.addTask { await ears.warm(language, 16000) }
            for voice in voices {
                let engine = shelf.synthesizer(key(voice.model.first, .synthesizer), for: lease)
                let request = VoiceRequest(name: voice.name(at: 0), language: voice.language, speed: voice.speed)
                group.addTask { await engine.warm(request, voice.sampleRate) }
            }
            for writer in writers where !writer.isSpeechToSpeech {
                let engine = shelf.languageModel(key(writer.first, .languageModel), for: lease)
                group.addTask { await engine.warm(language, 16000) }
            }
        }
    }
}

extension ModelChain {
    /// Whether nothing of it is on the network.
    fileprivate var isLocal: Bool { all.allSatisfy(\.isLocal) }
}

extension Project {
    /// The voices of everybody who may speak.
    fileprivate var speakingVoices: [Voice] {
        let graphs = Dictionary(superAgents.map { ($0.name, $0.graph) }, uniquingKeysWith: { first, _ in first })
        let nodes = orchestrator.agentNames.flatMap { FlowPlan(running: $0, graphs: graphs).nodes }
        return nodes.compactMap { node in
            switch node.kind {
            case .agent(let name), .closing(let name): voice(of: name, within: node.superAgents)
            case .choosing: nil
            }
        }
    }
}

extension Project {
    /// All engines that a conversation on this project, cast already, may use.
    fileprivate func engineKeys(_ access: ProviderAccess) -> Set<EngineKey> {
        let voices = [audio.synthesizer] + speechBlocks.compactMap(\.model)
        let uses: [(chains: [ModelChain], role: ModelRole)] = [
            ([audio.recognizer], .recognizer), (voices, .synthesizer),
            (writers.filter { !$0.isSpeechToSpeech }, .languageModel),
            (writers.filter(\.isSpeechToSpeech), .speechToSpeech),
        ]
        return Set(
            uses.flatMap { use in
                use.chains.flatMap(\.all).map { EngineKey($0, use.role, in: self, access) }
            })
    }
}
