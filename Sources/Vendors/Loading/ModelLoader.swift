import ProviderKit
import Synchronization

/// What becomes of a load that takes longer than a moment.
public enum ModelLoading: Equatable, Sendable {
    /// It is under way.
    case began
    /// The model is there, so long after the load began.
    case finished(after: Duration)
    /// The model is not there.
    case failed(ProviderError)
}

/// Loads one model ahead of the requests that need it.
///
/// There is one load at a time, in a task of its own: the deadline of a request ends the waiting of that request, never the
/// load. Without `run()` requests do not wait.
final class ModelLoader: Sendable {
    private struct State {
        var presence: ModelPresence
        /// One for each request that waits.
        var waiters: [Int: CheckedContinuation<ProviderError?, Never>] = [:]
        var lastID = 0
    }

    private let name: String
    private let clock: ChainClock
    private let load: @Sendable () async throws(ProviderError) -> Void
    private let report: @Sendable (ModelLoading) -> Void
    private let state: Mutex<State>
    private let orders = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// A load that is over by then is not worth a report: the model was there.
    static let moment = Duration.seconds(1)

    /// How long a request waits; a little less than language models have by default.
    static let patience = Duration.seconds(7)

    /// - Parameters:
    ///   - name: the model's, for errors.
    ///   - policy: when the model may not be there.
    ///   - load: returns when the model is loaded; has a bound of its own.
    ///   - report: told of loads that take longer than a moment, and of failures.
    init(
        name: String, policy: LoadingPolicy = .ahead, clock: ChainClock,
        load: @escaping @Sendable () async throws(ProviderError) -> Void,
        report: @escaping @Sendable (ModelLoading) -> Void
    ) {
        (self.name, self.clock) = (name, clock)
        state = Mutex(State(presence: ModelPresence(policy)))
        self.load = load
        self.report = report
    }

    /// Loads the model, and again whenever it is wanted and may be gone, until the task is cancelled. For one caller, once.
    func run() async {
        state.withLock { $0.presence.attend() }
        want()
        for await _ in orders.stream {
            let failure = await loadOnce()
            if Task.isCancelled { break }
            let now = clock.now()
            release(failure) { $0.finish(isLoaded: failure == nil, now: now) }
        }
        release(nil) { $0.leave() }
    }

    private func loadOnce() async -> ProviderError? {
        let began = clock.now()
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { [clock, report] in
                guard (try? await clock.sleep(began + Self.moment)) != nil else { return false }
                report(.began)
                return true
            }
            let failure: ProviderError?
            do throws(ProviderError) {
                try await load()
                failure = nil
            } catch { failure = error }
            group.cancelAll()
            let wasTold = await group.next() ?? false
            if Task.isCancelled { return failure }
            if let failure {
                report(.failed(failure))
            } else if wasTold {
                report(.finished(after: clock.now() - began))
            }
            return failure
        }
    }

    private func release(_ failure: ProviderError?, _ change: (inout ModelPresence) -> Void) {
        let waiters = state.withLock { state in
            change(&state.presence)
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: failure) }
    }

    /// Begins a load where the model may not be there. Never waits.
    func want() {
        let now = clock.now()
        if state.withLock({ $0.presence.want(now: now) }) { orders.continuation.yield() }
    }

    /// Returns when no load is under way, so that a request finds the model as it is; waits for `patience`.
    /// - Throws: `ProviderError` when the load failed or takes longer, `CancellationError`.
    func ready() async throws {
        want()
        guard state.withLock({ $0.presence.isLoading }) else { return }
        let limit = clock.now() + Self.patience
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.loaded() }
            group.addTask { [clock, name] in
                try await clock.sleep(limit)
                // No news of the server's health; another model may answer meanwhile.
                throw ProviderError(
                    .timedOut, provider: name, message: "the model is being loaded", concernsRequestOnly: true)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func loaded() async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard state.presence.isLoading, !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !waits { continuation.resume(returning: nil) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: nil)
        }
        try Task.checkCancellation()
        if let failure { throw failure }
    }

    /// The model has answered.
    func answered() {
        let now = clock.now()
        state.withLock { $0.presence.answered(now: now) }
    }

    /// A request ended before its first piece. It may have been a load that ended with it, so a load begins.
    func doubt() {
        state.withLock { $0.presence.doubt() }
        want()
    }
}
