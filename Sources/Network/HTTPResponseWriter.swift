import Synchronization

/// The way of a streamed answer's body to the client; see `HTTPResponse.stream`. For one task at a time.
public final class HTTPResponseWriter: Sendable {
    private enum Phase {
        /// → ending, over.
        case open
        /// Queued bytes are still being sent. → over.
        case ending(isCut: Bool)
        /// The client has all of it, or is gone.
        case over
    }

    private struct State {
        var phase = Phase.open
        /// Framed, as they go to the library.
        var pieces = Queue<[UInt8]>()
        var queuedBytes = 0
        /// From the request to the service thread until it found the queue empty: one wake-up serves a burst.
        var isAwake = false
        var writer: CheckedContinuation<Bool, Never>?
        var watchers: [CheckedContinuation<Void, Never>] = []

        var isOpen: Bool { if case .open = phase { true } else { false } }
    }

    /// Above this number of queued bytes, a writer waits until half of them are sent.
    private static let mostQueued = 64 << 10
    /// The most that is handed to the library at a time.
    private static let largestPiece = 32 << 10

    private let state = Mutex(State())
    private let loop: ServiceLoop
    private let session: UInt
    /// Not for clients of HTTP/1.0, to whom the end of the connection is the end of the body.
    let isChunked: Bool

    init(loop: ServiceLoop, session: UInt, isChunked: Bool) {
        self.loop = loop
        self.session = session
        self.isChunked = isChunked
    }

    // MARK: - The producer's side

    /// Sends `bytes` after what was written before; waits while the client doesn't keep up. False when it is gone, or the
    /// task cancelled, or `abort()` was called: then there is nobody to write for.
    @discardableResult
    public func write(_ bytes: [UInt8]) async -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard add(rest.prefix(Self.largestPiece)) else { return false }
            rest = rest.dropFirst(Self.largestPiece)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Bool? in
                    guard state.isOpen, !Task.isCancelled, state.writer == nil else { return false }
                    guard state.queuedBytes > Self.mostQueued else { return true }
                    state.writer = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            release(false)
        }
    }

    /// Cuts the connection without the end of the body, once what was written before has left.
    public func abort() { finish(cut: true) }

    /// Waits until the client is gone, or has the whole answer.
    public func closed() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if case .over = state.phase { return true }
                state.watchers.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func add(_ part: ArraySlice<UInt8>) -> Bool {
        var piece = [UInt8](repeating: 0, count: WebSocketConnection.framePadding)
        piece.reserveCapacity(piece.count + part.count + 16)
        if isChunked { piece += Array("\(String(part.count, radix: 16))\r\n".utf8) }
        piece += part
        if isChunked { piece += [13, 10] }
        let wakes = state.withLock { state -> Bool? in
            guard state.isOpen else { return nil }
            state.pieces.append(piece)
            state.queuedBytes += piece.count
            defer { state.isAwake = true }
            return !state.isAwake
        }
        guard let wakes else { return false }
        if wakes { flush() }
        return true
    }

    /// The producer is ready.
    func finish(cut: Bool = false) {
        let ours = state.withLock { state in
            guard state.isOpen else { return false }
            state.phase = .ending(isCut: cut)
            return true
        }
        guard ours else { return }
        release(false)
        flush()
    }

    private func flush() {
        loop.perform { [session] in $0.sessions[session]?.flush() }
    }

    private func release(_ result: Bool) {
        let writer = state.withLock { state in
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume(returning: result)
    }

    // MARK: - The service thread's side

    enum Next {
        case piece([UInt8])
        /// There is nothing to send yet. `flush` of the session says when there is.
        case wait
        case end(isCut: Bool)
    }

    /// What to send next, after everything before it was sent.
    func next() -> Next {
        let (next, writer) = state.withLock { state -> (Next, CheckedContinuation<Bool, Never>?) in
            if let piece = state.pieces.popFirst() {
                state.queuedBytes -= piece.count
                guard state.queuedBytes * 2 <= Self.mostQueued else { return (.piece(piece), nil) }
                defer { state.writer = nil }
                return (.piece(piece), state.writer)
            }
            state.isAwake = false
            switch state.phase {
            case .open: return (.wait, nil)
            case .ending(let isCut): return (.end(isCut: isCut), nil)
            case .over: return (.end(isCut: true), nil)
            }
        }
        writer?.resume(returning: true)
        return next
    }

    /// The answer has left, or the connection is gone.
    func over() {
        let watchers = state.withLock { state in
            state.phase = .over
            state.pieces = Queue()
            state.queuedBytes = 0
            defer { state.watchers = [] }
            return state.watchers
        }
        release(false)
        for watcher in watchers { watcher.resume() }
    }
}
