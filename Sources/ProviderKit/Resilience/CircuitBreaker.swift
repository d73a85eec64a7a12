import Synchronization

/// When a provider gets a cool-down: for some time it is not asked.
public struct BreakerPolicy: Equatable, Sendable {
    /// Number of failures without a success in between that opens the breaker; at least 1.
    public var failures: Int
    /// Failures older than this no longer count.
    public var window: Duration
    /// How long it stays open the first time. Doubles each time the probe fails.
    public var rest: Duration
    /// How long it stays open after a refusal. Wrong credentials do not become right by themselves.
    public var restAfterRefusal: Duration
    /// The longest time that it stays open.
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

/// The decisions of a circuit breaker. The time is handed in.
struct BreakerMachine: Equatable, Sendable {
    enum State: Equatable, Sendable {
        /// Requests pass. Has the times of recent failures since the last success, fewer than `policy.failures`.
        /// → open when there are enough failures.
        case closed(failures: [Duration])
        /// Requests are refused. `streak` counts how often it opened without a success in between.
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

    /// A permit, or nil during the cool-down. With `force` there is always a permit.
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

    /// A request with `permit` succeeded.
    mutating func succeeded(_ permit: Permit) {
        switch (state, permit) {
        case (.closed, _), (.halfOpen, .probe): state = .closed(failures: [])
        case (.open, _), (.halfOpen, .ordinary): break  // from before it opened
        }
    }

    /// A request with `permit` was stopped. This says nothing about the provider's health.
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

/// Stops asking a provider that keeps failing. There is one for each provider and model; all conversations share it.
public final class CircuitBreaker: Sendable {
    private let clock: ChainClock
    private let machine: Mutex<BreakerMachine>

    /// A closed breaker.
    public init(policy: BreakerPolicy = BreakerPolicy(), clock: ChainClock) {
        self.clock = clock
        machine = Mutex(BreakerMachine(policy: policy))
    }

    /// Its state, for metrics and pages.
    public enum Position: String, Sendable { case closed, open, halfOpen }

    /// Its state.
    public var position: Position {
        machine.withLock { machine in
            switch machine.state {
            case .closed: .closed
            case .open: .open
            case .halfOpen: .halfOpen
            }
        }
    }

    /// Does `work` unless the provider has a cool-down, and counts how it ends.
    /// - Throws: `Resting` during the cool-down; otherwise what `work` throws.
    public func guarding<Value>(_ work: () async throws -> Value) async throws -> Value {
        guard case .admitted(let permit) = admit(force: false) else { throw Resting() }
        do {
            let value = try await work()
            succeeded(permit)
            return value
        } catch let error as ProviderError where !Task.isCancelled {
            failed(permit, error)
            throw error
        } catch {
            givenBack(permit)
            throw error
        }
    }

    /// The provider is not asked, because it has failed too often.
    public struct Resting: Error {
        /// Nothing more to say.
        public init() {}
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
