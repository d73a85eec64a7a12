import Synchronization

/// A clock that stands still until it is moved; whoever sleeps on it wakes in the order of the times.
public final class ManualClock: Clock, Sendable {
    /// A time since the clock was made.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public var offset: Duration

        /// `offset` after the clock was made.
        public init(offset: Duration) { self.offset = offset }
        /// The time that is `duration` later.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// The time from here to `other`.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether `a` comes first.
        public static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private struct Sleeper {
        let until: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var lastID = 0
    }

    private let state = Mutex(State())

    /// A clock at zero.
    public init() {}

    /// The time.
    public var now: Instant { Instant(offset: state.withLock { $0.now }) }
    /// The clock is exact.
    public var minimumResolution: Duration { .nanoseconds(1) }
    /// How many sleep.
    public var sleeping: Int { state.withLock { $0.sleepers.count } }

    /// Returns when the clock has been moved to `deadline`.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { _ = state.withLock { $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.contains(id) { return .failure(CancellationError()) }
                    if state.now >= deadline.offset { return .success(()) }
                    state.sleepers[id] = Sleeper(until: deadline.offset, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(id)
                return state.sleepers.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock to the time of the first sleeper and wakes those that sleep until then; false when nobody sleeps.
    @discardableResult
    public func wakeNext() -> Bool {
        let woken = state.withLock { state -> [Sleeper] in
            guard let first = state.sleepers.values.map(\.until).min() else { return [] }
            state.now = max(state.now, first)
            return take(&state)
        }
        for sleeper in woken { sleeper.continuation.resume() }
        return !woken.isEmpty
    }

    /// Moves the clock and wakes those whose time has come.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            return take(&state)
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    private func take(_ state: inout State) -> [Sleeper] {
        let ids = state.sleepers.filter { $0.value.until <= state.now }
            .sorted { ($0.value.until, $0.key) < ($1.value.until, $1.key) }
        for (id, _) in ids { state.sleepers[id] = nil }
        return ids.map(\.value)
    }
}
