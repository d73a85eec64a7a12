import Synchronization

/// An outcome that is given once: by the service thread, or by the cancelled task.
final class Promise<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, NetworkError>

    private enum State {
        case pending(CheckedContinuation<Outcome, Never>?)
        /// There is no waiter yet. → taken.
        case settled(Outcome)
        /// Not kept, so that it ends when its taker drops it.
        case taken
    }

    private let state = Mutex(State.pending(nil))

    var isSettled: Bool {
        state.withLock { if case .pending = $0 { false } else { true } }
    }

    func await(_ continuation: CheckedContinuation<Outcome, Never>) {
        let outcome = state.withLock { state -> Outcome? in
            guard case .settled(let outcome) = state else {
                state = .pending(continuation)
                return nil
            }
            state = .taken
            return outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    func fail(_ code: NetworkError.Code, _ message: String) {
        settle(.failure(NetworkError(code, message)))
    }

    /// False when it was settled already.
    @discardableResult
    func settle(_ outcome: Outcome) -> Bool {
        let (first, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Outcome, Never>?) in
            guard case .pending(let waiter) = state else { return (false, nil) }
            state = waiter == nil ? .settled(outcome) : .taken
            return (true, waiter)
        }
        waiter?.resume(returning: outcome)
        return first
    }
}
