/// One engine of a chain, with the breaker that it shares with all other users of the same provider and model.
public struct ChainLink<Engine: Sendable>: Sendable {
    /// The provider and model as projects write them.
    public let name: String
    /// The engine.
    public let engine: Engine
    /// Shared by all conversations.
    public let breaker: CircuitBreaker
    /// How fast a synthesiser speaks, learnt from request to request.
    let pace = Shared(SpeakingPace())

    private init(name: String, engine: Engine, breaker: CircuitBreaker) {
        self.name = name
        self.engine = engine
        self.breaker = breaker
    }
}

extension ChainLink where Engine == any SpeechRecognizer {
    /// A recogniser of a chain.
    public init(_ recognizer: any SpeechRecognizer, breaker: CircuitBreaker) {
        self.init(name: recognizer.name, engine: recognizer, breaker: breaker)
    }
}

extension ChainLink where Engine == any LanguageModel {
    /// A language model of a chain.
    public init(_ model: any LanguageModel, breaker: CircuitBreaker) {
        self.init(name: model.name, engine: model, breaker: breaker)
    }
}

extension ChainLink where Engine == any SpeechToSpeechModel {
    /// A speech-to-speech model.
    public init(_ model: any SpeechToSpeechModel, breaker: CircuitBreaker) {
        self.init(name: model.name, engine: model, breaker: breaker)
    }
}

extension ChainLink where Engine == any SpeechSynthesizer {
    /// A synthesiser of a chain.
    public init(_ synthesizer: any SpeechSynthesizer, breaker: CircuitBreaker) {
        self.init(name: synthesizer.name, engine: synthesizer, breaker: breaker)
    }
}

/// The common part of all chains: asks one engine after another, in the order of the plan, until one succeeds.
struct ChainRunner<Engine: Sendable>: Sendable {
    let kind: ProviderReport.Kind
    let links: [ChainLink<Engine>]
    let policy: RetryPolicy
    /// Between two pieces of an engine; nil when only the first has a deadline.
    let between: Duration?
    let clock: ChainClock

    /// Makes attempts until one succeeds.
    /// - Parameters:
    ///   - isDone: whether what failed attempts have brought so far is all that can be had.
    ///   - work: one attempt at the engine of that number.
    /// - Throws: the last engine's `ProviderError`, what the consumer threw, or `CancellationError`.
    func run(
        report: (ProviderReport) -> Void, isDone: () -> Bool, work: (Int, Attempt) async throws -> Void
    ) async throws {
        var plan = ChainPlan(engines: links.count, policy: policy)
        var step = ChainPlan.first
        // The same time would end the same work at the same place: a model that reads a long prompt, a recogniser with a
        // long utterance would never get through.
        var patience = 1
        var lastError = ProviderError(.unavailable, provider: links[0].name, message: "was not asked")
        while case .attempt(let index, let retry, let pause, let isForced) = step {
            if pause > .zero { try await clock.sleep(clock.now() + pause) }
            try Task.checkCancellation()
            let link = links[index]
            var blank = ProviderReport(provider: link.name, kind: kind, outcome: .skipped, retry: retry)
            switch link.breaker.admit(force: isForced) {
            case .refused(let until):
                report(blank)
                step = plan.refused(until: until)
            case .admitted(let permit):
                blank.outcome = .completed
                let attempt = Attempt(
                    clock: clock, breaker: link.breaker, permit: permit, between: between, patience: patience,
                    report: blank)
                let result: Result<Void, any Error>
                do { result = .success(try await work(index, attempt)) } catch { result = .failure(error) }
                let (ending, summary) = attempt.end(result)
                report(summary)
                switch ending {
                case .completed: return
                case .stopped(let error): throw error
                case .failed(let error):
                    if isDone() { return }
                    lastError = error
                    step = plan.failed(error, hasEmitted: attempt.hasEmitted, random: clock.random())
                    patience = step.isRetry && error.code == .timedOut ? patience * 2 : 1
                }
            }
        }
        throw lastError
    }
}
