import Synchronization

/// How much audio of one synthesis waits to be sent. Whoever synthesises waits while it is full; one at a time.
final class AudioWindow: Sendable {
    private struct State {
        var waiting = 0
        var isCancelled = false
        var synthesizer: CheckedContinuation<Void, any Error>?
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: so many samples may wait before `add` suspends.
    init(limit: Int) { self.limit = limit }

    /// Counts samples that have been given out; returns when there is room for more.
    /// - Throws: `CancellationError`, at once when the task is cancelled.
    func add(_ samples: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if state.isCancelled { return .failure(CancellationError()) }
                    state.waiting += samples
                    if state.waiting <= limit { return .success(()) }
                    state.synthesizer = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.isCancelled = true
                return state.synthesizer.take()
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// So many samples were sent.
    func sent(_ samples: Int) {
        let freed = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            state.waiting -= samples
            return state.waiting <= limit ? state.synthesizer.take() : nil
        }
        freed?.resume()
    }
}
