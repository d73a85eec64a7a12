/// Which engine of a chain is asked next, and when. One for each request.
struct ChainPlan: Sendable {
    enum Step: Equatable, Sendable {
        /// Ask `engine` after a pause; `isForced` when its breaker is to be overruled.
        case attempt(engine: Int, retry: Int, pause: Duration, isForced: Bool)
        /// No engine is left.
        case giveUp

        /// Whether the engine that has just failed is asked again.
        var isRetry: Bool { if case .attempt(_, 1..., _, _) = self { true } else { false } }
    }

    private enum State: Equatable, Sendable {
        /// `engine` is being asked. → itself with a retry, → the next engine, → forced.
        case asking(engine: Int, retry: Int)
        /// All others have failed or have an open breaker. So the one with the shortest cool-down is asked anyway. → over.
        case forced
        /// Final.
        case over
    }

    private let engines: Int
    private let policy: RetryPolicy
    private var state = State.asking(engine: 0, retry: 0)
    /// Engines that were passed over, with the time at which they may be asked again.
    private var refusals: [(engine: Int, until: Duration)] = []

    /// For `engines` (at least one) in their order.
    init(engines: Int, policy: RetryPolicy) {
        self.engines = engines
        self.policy = policy
    }

    /// Where it begins.
    static var first: Step { .attempt(engine: 0, retry: 0, pause: .zero, isForced: false) }

    /// The engine's breaker is open until then.
    mutating func refused(until: Duration) -> Step {
        guard case .asking(let engine, _) = state else { return giveUp() }
        refusals.append((engine, until))
        return moveOn(from: engine)
    }

    /// The engine failed. `hasEmitted`: what this attempt gave has reached the consumer.
    mutating func failed(_ error: ProviderError, hasEmitted: Bool, random: Double) -> Step {
        guard case .asking(let engine, let retry) = state else { return giveUp() }
        let isLast = engine == engines - 1
        // Mid-way the next engine continues, and so it does for one that used up the caller's patience or wants to be
        // left alone; where there is no next one, the same engine continues: a continuation repeats nothing either.
        let mayRetry = isLast || (!hasEmitted && error.code != .timedOut && error.code != .rateLimited)
        guard mayRetry, let pause = policy.pause(beforeRetry: retry + 1, after: error, random: random) else {
            return moveOn(from: engine)
        }
        state = .asking(engine: engine, retry: retry + 1)
        return .attempt(engine: engine, retry: retry + 1, pause: pause, isForced: false)
    }

    private mutating func moveOn(from engine: Int) -> Step {
        guard engine + 1 >= engines else {
            state = .asking(engine: engine + 1, retry: 0)
            return .attempt(engine: engine + 1, retry: 0, pause: .zero, isForced: false)
        }
        // A refusal in the middle of retries leaves an engine that has been asked already.
        guard let nearest = refusals.min(by: { ($0.until, $0.engine) < ($1.until, $1.engine) }) else { return giveUp() }
        state = .forced
        return .attempt(engine: nearest.engine, retry: 0, pause: .zero, isForced: true)
    }

    private mutating func giveUp() -> Step {
        state = .over
        return .giveUp
    }
}
