import ProjectModel
import ProviderKit
import Synchronization
import Telemetry
import Vendors

/// What tells one engine from all others. Two projects may call different servers by the same name.
struct EngineKey: Hashable, Sendable {
    /// As the project names it.
    let model: ModelReference
    let role: ModelRole
    /// The name of the vendor whose protocol is spoken, and the access to a server of it; nil for a local engine.
    let place: Place?

    struct Place: Hashable, Sendable {
        var vendor: String
        var access: Vendor.Access
    }

    init(_ model: ModelReference, _ role: ModelRole, in project: Project, _ access: ProviderAccess) {
        (self.model, self.role) = (model, role)
        let answer = access.answer(for: model.provider, among: project.endpoints)
        guard case .hosted(let vendor, let access) = answer else {
            place = nil
            return
        }
        place = Place(vendor: vendor, access: access)
    }
}

/// One conversation's right to the engines that it uses. It ends when nobody keeps it.
final class EngineLease: Sendable {
    let number: Int
    private let end: @Sendable (Int) -> Void

    init(_ number: Int, end: @escaping @Sendable (Int) -> Void) {
        self.number = number
        self.end = end
    }

    deinit { end(number) }
}

/// All engines there are, each made when it is first used, and shared.
final class EngineShelf: Sendable {
    /// One engine, with the breaker that all conversations see.
    struct Shelved<Engine: Sendable>: Sendable {
        var link: ChainLink<Engine>
        var warm: @Sendable (VoiceRequest, _ sampleRate: Int) async -> Void
        /// Ends its care; nil when it needs none.
        var rest: (@Sendable () -> Void)?
    }

    private typealias Book<Engine: Sendable> = LeaseBook<EngineKey, Shelved<Engine>>

    private struct Books {
        var recognizers = Book<any SpeechRecognizer>()
        var synthesizers = Book<any SpeechSynthesizer>()
        var languageModels = Book<any LanguageModel>()
        var speechToSpeech = Book<any SpeechToSpeechModel>()
        var leases = 0

        mutating func end(_ lease: Int) -> [(@Sendable () -> Void)?] {
            recognizers.end(lease).map(\.rest) + synthesizers.end(lease).map(\.rest)
                + languageModels.end(lease).map(\.rest) + speechToSpeech.end(lease).map(\.rest)
        }

        mutating func want(_ keys: Set<EngineKey>) -> [(@Sendable () -> Void)?] {
            recognizers.want(keys).map(\.rest) + synthesizers.want(keys).map(\.rest)
                + languageModels.want(keys).map(\.rest) + speechToSpeech.want(keys).map(\.rest)
        }
    }

    let local: LocalEngines
    private let vendors: [String: Vendor]
    private let means: Vendor.Means
    private let books = Mutex(Books())
    private let care = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)

    /// A shelf without engines.
    init(vendors: [Vendor], local: LocalEngines, means: Vendor.Means) {
        self.vendors = Dictionary(vendors.map { ($0.profile.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.local = local
        self.means = means
    }

    var clock: ChainClock { means.clock }

    /// Engines that are there.
    var count: Int {
        books.withLock {
            $0.recognizers.count + $0.synthesizers.count + $0.languageModels.count + $0.speechToSpeech.count
        }
    }

    /// Looks after all engines until the task is cancelled. For one caller, once.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await work in care.stream { group.addTask { await work() } }
        }
    }

    // MARK: - Leases

    /// A new lease of nothing yet.
    func lease() -> EngineLease {
        let number = books.withLock { books in
            books.leases += 1
            return books.leases
        }
        return EngineLease(number) { [weak self] number in
            guard let self else { return }
            for rest in self.books.withLock({ $0.end(number) }) { rest?() }
        }
    }

    /// From now on keeps the engines of `keys`, and of the others those only that are on lease.
    func want(_ keys: Set<EngineKey>) {
        for rest in books.withLock({ $0.want(keys) }) { rest?() }
    }

    /// Whether the server of that model loads it at the first request.
    func loads(_ key: EngineKey) -> Bool { vendor(of: key)?.loadsModels ?? false }

    // MARK: - Engines

    /// The recogniser of `key`, on lease to `lease` if there is one; the local one where the vendor has none.
    func recognizer(_ key: EngineKey, for lease: EngineLease?) -> Shelved<any SpeechRecognizer> {
        take(key, \.recognizers, lease) {
            made(key, \.recognizer) ?? Vendor.Made(local.recognizer(key.model))
        } link: {
            ChainLink($0, breaker: $1)
        }
    }

    /// The synthesiser, as above.
    func synthesizer(_ key: EngineKey, for lease: EngineLease?) -> Shelved<any SpeechSynthesizer> {
        take(key, \.synthesizers, lease) {
            made(key, \.synthesizer) ?? Vendor.Made(local.synthesizer(key.model))
        } link: {
            ChainLink($0, breaker: $1)
        }
    }

    /// The language model, as above.
    func languageModel(_ key: EngineKey, for lease: EngineLease?) -> Shelved<any LanguageModel> {
        take(key, \.languageModels, lease) {
            made(key, \.languageModel) ?? Vendor.Made(local.languageModel(key.model))
        } link: {
            ChainLink($0, breaker: $1)
        }
    }

    /// The speech-to-speech model; nil when there is none.
    func speechToSpeech(_ key: EngineKey, for lease: EngineLease?) -> Shelved<any SpeechToSpeechModel>? {
        guard let engine = made(key, \.speechToSpeech) else { return nil }
        return take(key, \.speechToSpeech, lease) {
            engine
        } link: {
            ChainLink($0, breaker: $1)
        }
    }

    private func vendor(of key: EngineKey) -> Vendor? { key.place.flatMap { vendors[$0.vendor] } }

    private func made<Engine>(_ key: EngineKey, _ maker: KeyPath<Vendor, Vendor.Maker<Engine>?>) -> Vendor.Made<Engine>?
    {
        guard let place = key.place, let maker = vendor(of: key)?[keyPath: maker] else { return nil }
        var means = means
        means.log = means.log.with(["model": .name(key.model.description)])
        return maker(Vendor.Order(model: key.model, access: place.access, means: means))
    }

    private func take<Engine: Sendable>(
        _ key: EngineKey, _ book: WritableKeyPath<Books, Book<Engine>>, _ lease: EngineLease?,
        _ make: () -> Vendor.Made<Engine>, link: (Engine, CircuitBreaker) -> ChainLink<Engine>
    ) -> Shelved<Engine> {
        if let known = books.withLock({ $0[keyPath: book].take(key, for: lease?.number) }) { return known }
        let made = make()
        var shelved = Shelved(link: link(made.engine, CircuitBreaker(clock: clock)), warm: made.warm)
        let run = made.run.map { stoppable($0, stop: &shelved.rest) }
        let (kept, isNew) = books.withLock { $0[keyPath: book].put(shelved, at: key, for: lease?.number) }
        if isNew, let run { care.continuation.yield(run) }
        return kept
    }

    /// `run` until `stop` is called or the task is cancelled.
    private func stoppable(
        _ run: @escaping @Sendable () async -> Void, stop: inout (@Sendable () -> Void)?
    ) -> @Sendable () async -> Void {
        let (stopped, signal) = AsyncStream.makeStream(of: Void.self)
        stop = { signal.finish() }
        return {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await run() }
                group.addTask { for await _ in stopped {} }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
