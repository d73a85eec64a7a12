import FlowGraph
import ProjectModel
import ProviderKit
import Session
import Synchronization
import Telemetry
import TurnTaking
import VoiceActivity

/// Chooses the engines of each conversation.
public protocol EngineCatalog: Sendable {
    /// What of `project` can be run here, and with which engines. Quick, never blocking.
    func cast(_ project: Project) -> (project: Project, engines: Engines)
    /// Looks after connections until the task is cancelled.
    func run() async
    /// Brings gauges up to date before somebody reads them.
    func measure(_ metrics: Metrics)
}

extension EngineCatalog {
    /// Nothing to look after.
    public func run() async {}
    /// Nothing to measure.
    public func measure(_ metrics: Metrics) {}
}

/// The engines that this server has: those of hosted providers that it has credentials for, and the local ones.
public final class ProviderCatalog: EngineCatalog {
    /// One engine that conversations share, with the breaker that all of them see.
    private struct Shelved<Engine: Sendable>: Sendable {
        var link: ChainLink<Engine>
        var warm: @Sendable (VoiceRequest, _ sampleRate: Int) async -> Void
    }

    private struct ChainKey: Hashable {
        var models: ModelChain
        var deadlines: Deadlines
    }

    private struct Shelf {
        var recognizers: [ModelReference: Shelved<any SpeechRecognizer>] = [:]
        var synthesizers: [ModelReference: Shelved<any SpeechSynthesizer>] = [:]
        var languageModels: [ModelReference: Shelved<any LanguageModel>] = [:]
        var speechToSpeech: [ModelReference: ChainLink<any SpeechToSpeechModel>] = [:]
        /// Made once, since they learn how fast their engines speak.
        var voices: [ChainKey: SynthesisChain] = [:]
    }

    /// Projects come and go; this many chains are remembered.
    private static let capacity = 1000

    private let access: ProviderAccess
    private let areStandIns: Bool
    private let log: Log
    private let voiceActivity: SileroModel
    private let local: LocalEngines
    private let smallModel = SmallModel()
    private let hosted: HostedEngines
    private let clock = ChainClock.continuous
    private let shelf = Mutex(Shelf())
    private let care = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)

    /// An engine is made when a project first names it.
    /// - Parameters:
    ///   - recognizers: utterances transcribed at once by the local recogniser.
    ///   - areStandIns: whether the hosted providers are stand-ins, which cost nothing.
    ///   - log: told when a model is being loaded.
    /// - Throws: `SileroError`, or `NetworkError` when the threads of the network cannot be started.
    public init(access: ProviderAccess, recognizers: Int, areStandIns: Bool = false, log: Log = .none) throws {
        var access = access
        voiceActivity = try SileroModel()
        local = LocalEngines(recognizers: recognizers, voiceActivity: voiceActivity)
        access.absentEngines = local.absent.merging(smallModel.absent) { $1 }
        (self.access, self.areStandIns, self.log) = (access, areStandIns, log)
        hosted = try HostedEngines(access: access, clock: clock, log: log)
    }

    /// Loads what the first caller would have to wait for, and finds out whether it is there.
    /// - Throws: `ProviderError`.
    public func prepare() async throws {
        for error in try await local.prepare() {
            log.warning(
                "a local engine cannot be used", ["engine": .name(error.provider), "reason": .name(error.message)])
        }
    }

    /// Has the models loaded that `projects` name and that their server loads at their first request, of each chain the
    /// first. Returns at once; the loading begins with `run()`.
    public func loadAhead(_ projects: [Project]) {
        for project in projects {
            let cast = Casting(project, access: access).project
            for chain in [cast.languageModel] + cast.agents.compactMap(\.languageModel) {
                if let model = chain.all.first(where: { $0.knownProvider == .ollama }) { _ = languageModel(model) }
            }
        }
    }

    /// Looks after the connections of hosted providers until the task is cancelled. For one caller, once.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for await work in care.stream { group.addTask { await work() } }
        }
    }

    /// What the threads of local models could not do.
    public func measure(_ metrics: Metrics) {
        metrics.gauge(
            "parley_model_jobs_dropped", help: "Interim transcripts left out because others needed the processor."
        )
        .set(Double(local.modelWorkers.dropped))
        metrics.gauge("parley_model_jobs_refused", help: "Jobs of local models refused because too many waited.")
            .set(Double(local.modelWorkers.refused))
    }

    // MARK: - Casting

    /// What of `project` can be run here, and with which engines.
    public func cast(_ project: Project) -> (project: Project, engines: Engines) {
        let casting = Casting(project, access: access, hasJudge: local.endOfTurnJudge != nil)
        let isJudged = casting.project.audio.endpointing.endOfTurn?.judge != nil
        let deadlines = casting.project.deadlines
        let project = free(casting.project)
        let engines = Engines(
            voiceActivity: voiceActivity,
            recognizer: recognition(project.audio.recognizer, deadlines),
            synthesizer: { self.synthesis($0, deadlines) }, languageModel: { self.generation($0, deadlines) },
            speechToSpeech: { self.speechToSpeech($0) }, endOfTurnJudge: isJudged ? local.endOfTurnJudge : nil,
            warm: { await self.warm(project) }, fallbacks: casting.fallbacks + casting.standInAgents)
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
        Casting(project, access: access, hasJudge: local.endOfTurnJudge != nil)
    }

    /// Opens the connections that a conversation on `project`, cast as above, will use first. Never fails: what cannot be had
    /// shows when it is used.
    private func warm(_ project: Project) async {
        let (ears, language) = (project.audio.recognizer.first, VoiceRequest(language: project.audio.language))
        let voices = Set(project.speakingVoices)
        let writers = Set([project.languageModel] + project.agents.compactMap(\.languageModel))
        await withDiscardingTaskGroup { group in
            group.addTask { await self.recognizer(ears).warm(language, 16000) }
            for voice in voices {
                let engine = synthesizer(voice.model.first)
                let request = VoiceRequest(name: voice.name(at: 0), language: voice.language, speed: voice.speed)
                group.addTask { await engine.warm(request, voice.sampleRate) }
            }
            for writer in writers where !writer.first.isSpeechToSpeech {
                let engine = languageModel(writer.first)
                group.addTask { await engine.warm(language, 16000) }
            }
        }
    }

    // MARK: - Chains

    private func recognition(_ models: ModelChain, _ deadlines: Deadlines) -> RecognitionChain {
        RecognitionChain(
            models.all.map { recognizer($0).link }, finalTranscript: models.isLocal ? nil : deadlines.finalTranscript,
            clock: clock)
    }

    private func generation(_ models: ModelChain, _ deadlines: Deadlines) -> GenerationChain {
        GenerationChain(
            models.all.map { languageModel($0).link },
            deadlines: models.isLocal ? nil : PieceDeadlines(first: deadlines.firstToken), clock: clock)
    }

    private func synthesis(_ models: ModelChain, _ deadlines: Deadlines) -> SynthesisChain {
        let key = ChainKey(models: models, deadlines: deadlines)
        if let known = shelf.withLock({ $0.voices[key] }) { return known }
        let chain = SynthesisChain(
            models.all.map { synthesizer($0).link },
            deadlines: models.isLocal ? nil : PieceDeadlines(first: deadlines.firstAudio), clock: clock)
        return shelf.withLock { shelf in
            if shelf.voices.count >= Self.capacity { shelf.voices = [:] }
            return shelf.voices.keep(chain, for: key)
        }
    }

    // MARK: - Engines

    private func recognizer(_ model: ModelReference) -> Shelved<any SpeechRecognizer> {
        if let known = shelf.withLock({ $0.recognizers[model] }) { return known }
        let made = hosted.recognizer(model) ?? HostedEngines.Kept(engine: local.recognizer(model))
        return shelve(made, model, \.recognizers) { ChainLink($0, breaker: $1) }
    }

    private func synthesizer(_ model: ModelReference) -> Shelved<any SpeechSynthesizer> {
        if let known = shelf.withLock({ $0.synthesizers[model] }) { return known }
        let made = hosted.synthesizer(model) ?? HostedEngines.Kept(engine: local.synthesizer(model))
        return shelve(made, model, \.synthesizers) { ChainLink($0, breaker: $1) }
    }

    private func languageModel(_ model: ModelReference) -> Shelved<any LanguageModel> {
        if let known = shelf.withLock({ $0.languageModels[model] }) { return known }
        let own = smallModel.languageModel(model) ?? local.languageModel
        let made = hosted.languageModel(model) ?? HostedEngines.Kept(engine: own)
        return shelve(made, model, \.languageModels) { ChainLink($0, breaker: $1) }
    }

    private func speechToSpeech(_ model: ModelReference) -> ChainLink<any SpeechToSpeechModel>? {
        if let known = shelf.withLock({ $0.speechToSpeech[model] }) { return known }
        guard let made = hosted.speechToSpeech(model) else { return nil }
        let link = ChainLink(made, breaker: CircuitBreaker(clock: clock))
        return shelf.withLock { $0.speechToSpeech.keep(link, for: model) }
    }

    private func shelve<Engine: Sendable>(
        _ made: HostedEngines.Kept<Engine>, _ model: ModelReference,
        _ place: WritableKeyPath<Shelf, [ModelReference: Shelved<Engine>]>,
        _ link: (Engine, CircuitBreaker) -> ChainLink<Engine>
    ) -> Shelved<Engine> {
        let shelved = Shelved(link: link(made.engine, CircuitBreaker(clock: clock)), warm: made.warm)
        let (kept, isNew) = shelf.withLock { shelf in
            let isNew = shelf[keyPath: place][model] == nil
            return (shelf[keyPath: place].keep(shelved, for: model), isNew)
        }
        if isNew, let run = made.run { care.continuation.yield(run) }
        return kept
    }
}

extension Dictionary {
    /// The value for `key`: the one that is there, else `value`, which is put there.
    fileprivate mutating func keep(_ value: Value, for key: Key) -> Value {
        if let known = self[key] { return known }
        self[key] = value
        return value
    }
}

extension ModelChain {
    /// Whether nothing of it is on the network.
    fileprivate var isLocal: Bool { all.allSatisfy { $0.knownProvider == .local } }
}

extension Project {
    /// The voices of everybody who may speak.
    fileprivate var speakingVoices: [Voice] {
        let graphs = Dictionary(superAgents.map { ($0.name, $0.graph) }, uniquingKeysWith: { first, _ in first })
        let nodes = orchestrator.agentNames.flatMap { FlowPlan(running: $0, graphs: graphs).nodes }
        return nodes.compactMap { node in
            switch node.kind {
            case .agent(let name), .closing(let name): voice(of: name, within: node.superAgents)
            }
        }
    }
}
