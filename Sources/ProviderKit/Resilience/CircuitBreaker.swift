import Synchronization

/// When a provider is left alone for a while.
public struct BreakerPolicy: Equatable, Sendable {
    /// So many failures without a success between them open the breaker; at least 1.
    public var failures: Int
    /// Failures older than this no longer count.
    public var window: Duration
    /// How long it stays open the first time; doubles each time that the probe fails.
    public var rest: Duration
    /// How long it stays open when the last failure was a refusal (credentials don't mend themselves).
    public var restAfterRefusal: Duration
    /// It never stays open for longer.
    public var longestRest: Duration

    /// A policy.
    public init(
        failures: Int = 3, window: Duration = .seconds(30), rest: Duration = .seconds(5),
        restAfterRefusal: Duration = .seconds(60), longestRest: Duration = .seconds(120)
    ) {
        self.failures = max(1, failures)
        self.window = window
        self.rest = rest
        self.restAfterRefusal = restAfterRefusal
        self.longestRest = longestRest
    }
}

/// The decisions of a circuit breaker, without a clock of their own.
struct BreakerMachine: Equatable, Sendable {
    enum State: Equatable, Sendable {
        /// Requests pass. Holds when the latest failures since the last success were, fewer than open the breaker.
        /// → open at the failure that makes enough.
        case closed(failures: [Duration])
        /// Requests are refused. `streak` counts how often it opened without a success between.
        /// → half-open with the first request after `until`, or with one that is forced.
        case open(until: Duration, streak: Int)
        /// One request, the probe, is under way; others are refused.
        /// → closed when it succeeds, → open for longer when it fails, → open as before when it is given back.
        case halfOpen(until: Duration, streak: Int)
    }

    /// What an admitted request may say about the provider's health.
    enum Permit: Equatable, Sendable { case ordinary, probe }

    let policy: BreakerPolicy
    private(set) var state = State.closed(failures: [])

    init(policy: BreakerPolicy) { self.policy = policy }

    /// A permit; nil while the provider is left alone. With `force` always one.
    mutating func admit(now: Duration, force: Bool = false) -> Permit? {
        switch state {
        case .closed: return .ordinary
        case .open(let until, let streak):
            guard force || now >= until else { return nil }
            state = .halfOpen(until: until, streak: streak)
            return .probe
        case .halfOpen: return force ? .ordinary : nil
        }
    }

    /// A request with `permit` did its work.
    mutating func succeeded(_ permit: Permit) {
        switch (state, permit) {
        case (.closed, _), (.halfOpen, .probe): state = .closed(failures: [])
        case (.open, _), (.halfOpen, .ordinary): break  // from before it opened
        }
    }

    /// A request with `permit` was stopped; nothing was learnt.
    mutating func givenBack(_ permit: Permit) {
        guard permit == .probe, case .halfOpen(let until, let streak) = state else { return }
        state = .open(until: until, streak: streak)
    }

    /// A request with `permit` failed.
    mutating func failed(_ permit: Permit, _ error: ProviderError, now: Duration) {
        guard !error.concernsRequestOnly else { return givenBack(permit) }
        switch (state, permit) {
        case (.closed(let earlier), _):
            let failures = earlier.filter { now - $0 < policy.window } + [now]
            state =
                failures.count < policy.failures
                ? .closed(failures: failures) : .open(until: now + rest(after: error, streak: 1), streak: 1)
        case (.halfOpen(_, let streak), .probe):
            state = .open(until: now + rest(after: error, streak: streak + 1), streak: streak + 1)
        case (.open, _), (.halfOpen, .ordinary): break  // from before it opened
        }
    }

    /// When the provider may be asked; nil when it may be asked now.
    func refusal(now: Duration) -> Duration? {
        switch state {
        case .closed: nil
        case .open(let until, _): until > now ? until : nil
        case .halfOpen(let until, _): until
        }
    }

    private func rest(after error: ProviderError, streak: Int) -> Duration {
        var rest = error.code == .rejected ? policy.restAfterRefusal : policy.rest
        for _ in 1..<streak where rest < policy.longestRest { rest = rest * 2 }
        return min(max(rest, error.retryAfter ?? .zero), policy.longestRest)
    }
}

/// Leaves a provider alone when it keeps failing. One for each provider and model, shared by all conversations.
public final class CircuitBreaker: Sendable {
    private let clock: ChainClock
    private let machine: Mutex<BreakerMachine>

    /// A closed breaker.
    public init(policy: BreakerPolicy = BreakerPolicy(), clock: ChainClock) {
        self.clock = clock
        machine = Mutex(BreakerMachine(policy: policy))
    }

    /// How it stands, for metrics and pages.
    public enum Position: String, Sendable { case closed, open, halfOpen }

    /// How it stands.
    public var position: Position {
        machine.withLock { machine in
            switch machine.state {
            case .closed: .closed
            case .open: .open
            case .halfOpen: .halfOpen
            }
        }
    }

    enum Admission: Equatable, Sendable {
        case admitted(BreakerMachine.Permit)
        case refused(until: Duration)
    }

    func admit(force: Bool) -> Admission {
        let now = clock.now()
        return machine.withLock { machine in
            if let permit = machine.admit(now: now, force: force) { return .admitted(permit) }
            return .refused(until: machine.refusal(now: now) ?? now)
        }
    }

    func succeeded(_ permit: BreakerMachine.Permit) { machine.withLock { $0.succeeded(permit) } }
    func givenBack(_ permit: BreakerMachine.Permit) { machine.withLock { $0.givenBack(permit) } }
    func failed(_ permit: BreakerMachine.Permit, _ error: ProviderError) {
        let now = clock.now()
        machine.withLock { $0.failed(permit, error, now: now) }
    }
}
