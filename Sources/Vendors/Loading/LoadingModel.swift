import ProviderKit
import Synchronization
import Telemetry

/// A language model whose server may have to load it before it can answer.
public protocol LoadableModel: LanguageModel {
    /// Opens a connection ahead of the first request.
    func prepare() async

    /// Has the model loaded; returns when it is there. It has a bound of its own.
    func load() async throws(ProviderError)
}

/// When a model may have to be loaded.
public struct LoadingPolicy: Equatable, Sendable {
    /// A model that has answered is believed to be there for so long; nil: until a request gets no answer.
    var trust: Duration?
    /// A request that ends without an answer after so long may have met a model that was being loaded.
    var suspicion: Duration

    /// For servers where a load of a model that is there costs nothing. The model is loaded ahead of the first request.
    public static let ahead = LoadingPolicy(trust: .seconds(60), suspicion: .zero)
    /// For servers where a load is a question like any other, which may have to be paid: only after a long silence.
    public static let afterSilence = LoadingPolicy(trust: nil, suspicion: .seconds(5))
}

/// Gives a model time to be loaded. Requests wait for a load that is under way, and none of their deadlines ends it.
public final class LoadingModel: LanguageModel {
    /// The name of the model that may have to be loaded.
    public var name: String { model.name }
    private let model: any LoadableModel
    private let policy: LoadingPolicy
    private let clock: ChainClock
    private let loader: ModelLoader

    /// `model`, loaded by `policy`.
    /// - Parameter report: told of loads that take longer than a second, and of failures to load.
    public init(
        _ model: any LoadableModel, _ policy: LoadingPolicy, clock: ChainClock = .continuous,
        report: @escaping @Sendable (ModelLoading) -> Void = { _ in }
    ) {
        (self.model, self.policy, self.clock) = (model, policy, clock)
        loader = ModelLoader(
            name: model.name, policy: policy, clock: clock,
            load: { () throws(ProviderError) in try await model.load() }, report: report)
    }

    /// Opens a connection ahead of the first request, and has the model loaded if it may not be there.
    public func prepare() async {
        loader.want()
        await model.prepare()
    }

    /// Loads the model, and keeps it loaded while it is in use, until the task is cancelled. For one caller, once.
    public func run() async { await loader.run() }

    /// Streams the answer once the model is there; see `LanguageModel`.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await loader.ready()
        let began = clock.now()
        let hasAnswered = Atomic(false)
        defer {
            // Also when the consumer has had enough: then a load may be asked for that is not needed.
            if !hasAnswered.load(ordering: .relaxed), clock.now() - began >= policy.suspicion { loader.doubt() }
        }
        try await model.generate(request) { piece in
            if !hasAnswered.exchange(true, ordering: .relaxed) { loader.answered() }
            try await emit(piece)
        }
    }
}

extension Vendor.Made where Engine == any LanguageModel {
    /// A model that may have to be loaded, with its loader.
    init(_ model: LoadingModel) {
        self.init(model, warm: { _, _ in await model.prepare() }, run: { await model.run() })
    }
}

extension Log {
    /// What became of a load, as a line.
    func report(_ loading: ModelLoading) {
        switch loading {
        case .began: info("the model is being loaded; requests wait for it")
        case .finished(let time): info("the model is loaded", ["took": .duration(time)])
        case .failed(let error): warning("the model cannot be loaded", ["reason": .name(error.message)])
        }
    }
}
