import Synchronization

/// The pieces of an answer's body between the service thread, which holds the `Store`, and the reader, which holds this.
/// When the reader drops it before the end, the transfer is aborted.
final class AnswerBuffer: Sendable {
    /// The state that both sides share.
    final class Store: Sendable {
        fileprivate let state = Mutex(State())
    }

    fileprivate enum Phase {
        /// → complete, failed.
        case coming
        /// All pieces are here, perhaps unread.
        case complete
        /// No more come; those that are here may still be read unless the reader itself gave up.
        case failed(NetworkError)
    }

    typealias Outcome = Result<[UInt8]?, NetworkError>

    fileprivate struct State {
        var phase = Phase.coming
        var pieces = Queue<[UInt8]>()
        var unread = 0
        /// The transfer doesn't read from the network until half of what is unread is taken.
        var isPaused = false
        var reader: CheckedContinuation<Outcome, Never>?
    }

    private let store: Store
    private let loop: TransferLoop
    private let transfer: UInt

    init(_ store: Store, loop: TransferLoop, transfer: UInt) {
        self.store = store
        self.loop = loop
        self.transfer = transfer
    }

    deinit {
        if store.isComing { loop.perform { [transfer] in $0.abort(transfer) } }
    }

    /// The next piece; nil at the end.
    func next() async throws(NetworkError) -> [UInt8]? {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, resume) = store.state.withLock { $0.read(limit: loop.limits.maxUnreadBytes, continuation) }
                if resume { loop.perform { [transfer] in $0.resumeReading(transfer) } }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            store.fail(NetworkError(.cancelled, "the reading task was cancelled"), dropping: true)
            loop.perform { [transfer] in $0.abort(transfer) }
        }
        return try outcome.get()
    }
}

extension AnswerBuffer.State {
    /// The outcome if there is one, else the reader waits; `resume` asks to read from the network again.
    fileprivate mutating func read(
        limit: Int, _ continuation: CheckedContinuation<AnswerBuffer.Outcome, Never>
    ) -> (AnswerBuffer.Outcome?, resume: Bool) {
        if let piece = pieces.popFirst() {
            unread -= piece.count
            let resume = isPaused && unread * 2 <= limit
            if resume { isPaused = false }
            return (.success(piece), resume)
        }
        switch phase {
        case .complete: return (.success(nil), false)
        case .failed(let error): return (.failure(error), false)
        case .coming: break
        }
        guard reader == nil else {
            return (.failure(NetworkError(.cancelled, "another task reads this body")), false)
        }
        reader = continuation
        return (nil, false)
    }
}

/// The service thread's side.
extension AnswerBuffer.Store {
    fileprivate var isComing: Bool {
        state.withLock { if case .coming = $0.phase { true } else { false } }
    }

    /// What to do with data that arrived.
    enum Admission { case taken, pause, abort }

    func add(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Admission {
        let (admission, reader) = state.withLock {
            state -> (Admission, CheckedContinuation<AnswerBuffer.Outcome, Never>?) in
            guard case .coming = state.phase else { return (.abort, nil) }
            if let reader = state.reader {
                state.reader = nil
                return (.taken, reader)
            }
            guard state.unread < limit else {
                state.isPaused = true
                return (.pause, nil)
            }
            state.pieces.append(Array(bytes))
            state.unread += bytes.count
            return (.taken, nil)
        }
        reader?.resume(returning: .success(Array(bytes)))
        return admission
    }

    func complete() { end(.complete, dropping: false, .success(nil)) }

    /// `dropping` throws away what is unread.
    func fail(_ error: NetworkError, dropping: Bool = false) {
        end(.failed(error), dropping: dropping, .failure(error))
    }

    private func end(_ phase: AnswerBuffer.Phase, dropping: Bool, _ outcome: AnswerBuffer.Outcome) {
        let reader = state.withLock { state -> CheckedContinuation<AnswerBuffer.Outcome, Never>? in
            if dropping {
                state.pieces = Queue()
                state.unread = 0
            } else {
                guard case .coming = state.phase else { return nil }
            }
            state.phase = phase
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: outcome)
    }
}
