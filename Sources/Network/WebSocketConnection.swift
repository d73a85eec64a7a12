import Synchronization

/// How a WebSocket ended.
public enum WebSocketEnding: Sendable, Equatable {
    /// We closed it.
    case local(code: UInt16, reason: String)
    /// The peer closed it; no code when its close frame had none. libwebsockets 4.1 takes 1012, 1013 and 1014 from a
    /// peer for errors and reports them as 1002, with the peer's reason.
    case peer(code: UInt16?, reason: String)
    /// The peer read too slowly: its queue passed `NetworkLimits.maxQueuedBytes` and it was closed with 1013.
    case overflow
    /// The peer broke the protocol and was told so with this code (1002, 1007, …).
    case protocolError(code: UInt16)
    /// The connection went away without a close frame.
    case lost

    /// The code as RFC 6455 has it: 1005 for a close frame without one, 1006 for a loss.
    public var code: UInt16 {
        switch self {
        case .local(let code, _), .protocolError(let code): code
        case .peer(let code, _): code ?? 1005
        case .overflow: 1013
        case .lost: 1006
        }
    }
}

/// One open WebSocket, of a server or of a client. All of it may be used from any thread.
public final class WebSocketConnection: Sendable {
    /// One message, its fragments put together.
    public enum Message: Sendable, Equatable {
        /// Valid UTF-8; invalid text never gets here but closes the connection with 1007.
        case text(String)
        case binary([UInt8])
        /// A message larger than `NetworkLimits.maxMessageBytes` came and was dropped; the connection lives on.
        case oversized(bytes: Int)

        /// Bytes it holds in memory.
        var count: Int {
            switch self {
            case .text(let text): text.utf8.count
            case .binary(let bytes): bytes.count
            case .oversized: 0
            }
        }
    }

    /// Bytes that libwebsockets writes the frame's head into, before the payload.
    static let framePadding = 16

    private struct State {
        var channel = Channel()
        var reader: CheckedContinuation<Message?, Never>?
        var watchers: [CheckedContinuation<WebSocketEnding, Never>] = []
        var senders = WaitingSenders()

        /// Those who wait for room and have it now, or will never have it.
        mutating func releasedSenders() -> [WaitingSenders.Release] {
            senders.release(queuedBytes: channel.queuedBytes, isOpen: channel.isOpen)
        }
    }

    /// The subprotocol that was agreed on.
    public let subprotocol: String?
    /// The peer's address, numeric.
    public let remoteAddress: String
    private let limits: NetworkLimits
    private let loop: ServiceLoop
    private let session: UInt
    private let state = Mutex(State())

    init(loop: ServiceLoop, session: UInt, subprotocol: String?, remoteAddress: String) {
        self.loop = loop
        self.session = session
        self.subprotocol = subprotocol
        self.remoteAddress = remoteAddress
        limits = loop.limits
    }

    // MARK: - Reading

    /// The messages as they come; ends when the socket is closed, by whichever side. What arrived before the peer's
    /// close is still delivered, what is unread at our own close is not. For one reader at a time: a second one that
    /// waits beside it gets the end at once.
    public var messages: WebSocketMessages { WebSocketMessages(connection: self) }

    func nextMessage() async -> Message? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, resume) = state.withLock { state -> (Message??, Bool) in
                    if let (message, resume) = state.channel.read(limits: limits) { return (message, resume) }
                    let mayWait = state.channel.isOpen && state.reader == nil && !Task.isCancelled
                    guard mayWait else { return (.some(nil), false) }
                    state.reader = continuation
                    return (nil, false)
                }
                if resume { resumeReading() }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            releaseReader()
        }
    }

    private func releaseReader() {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    private func resumeReading() {
        loop.perform { [session] in $0.sessions[session]?.resumeReading() }
    }

    /// Called on the service thread. True asks to stop reading.
    func receive(_ message: Message) -> Bool {
        let (pause, reader) = state.withLock { state -> (Bool, CheckedContinuation<Message?, Never>?) in
            guard state.channel.isOpen else { return (false, nil) }
            guard let reader = state.reader else { return (state.channel.receive(message, limits: limits), nil) }
            state.reader = nil
            return (false, reader)
        }
        reader?.resume(returning: message)
        return pause
    }

    // MARK: - Sending

    /// Queues a text message. Never blocks. False when the socket is closed, or closes because the peer doesn't keep
    /// up (see `NetworkLimits.maxQueuedBytes`).
    @discardableResult
    public func send(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { enqueue(UnsafeRawBufferPointer($0), isText: true) }
    }

    /// Queues a text message given as UTF-8, as an encoder makes it.
    @discardableResult
    public func send(utf8 bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { enqueue($0, isText: true) }
    }

    /// Queues a binary message. As `send(_:)` for text.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { enqueue($0, isText: false) }
    }

    private func enqueue(_ payload: UnsafeRawBufferPointer, isText: Bool) -> Bool {
        let padding = Self.framePadding
        let bytes = [UInt8](unsafeUninitializedCapacity: padding + payload.count) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            raw[..<padding].initializeMemory(as: UInt8.self, repeating: 0)
            UnsafeMutableRawBufferPointer(rebasing: raw[padding...]).copyMemory(from: payload)
            count = padding + payload.count
        }
        let admission = state.withLock {
            $0.channel.add(bytes, payload: payload.count, isText: isText, limit: limits.maxQueuedBytes)
        }
        switch admission {
        case .closed: return false
        case .queued(let wake):
            if wake { flush() }
            return true
        case .overflow:
            loop.countOverflow()
            releaseReader()
            releaseSenders()
            flush()
            return false
        }
    }

    /// Payload bytes that wait to be sent.
    public var queuedBytes: Int { state.withLock { $0.channel.queuedBytes } }

    /// Waits until fewer than `limit` bytes wait to be sent (1: until all have left). Whoever sends more than a few
    /// messages waits here between them: a queue that passes `NetworkLimits.maxQueuedBytes` ends the connection.
    /// - Returns: whether there is room; false when the socket is closing or closed, or the task cancelled.
    @discardableResult
    public func drained(below limit: Int) async -> Bool {
        let id = state.withLock { $0.senders.newID() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Bool? in
                    guard state.channel.isOpen, !Task.isCancelled else { return false }
                    if state.channel.queuedBytes < max(1, limit) { return true }
                    state.senders.wait(id, below: max(1, limit), continuation)
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            state.withLock { $0.senders.cancel(id) }?.resume(returning: false)
        }
    }

    private func releaseSenders() {
        for release in state.withLock({ $0.releasedSenders() }) { release() }
    }

    /// Closes after what is queued has been sent: with `code` (one that RFC 6455 allows in a frame, else 1000 is sent)
    /// and `reason` (cut to the 123 bytes that fit). The second close of a connection does nothing.
    public func close(code: UInt16 = 1000, reason: String = "") {
        let allowed = (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
        let code = allowed ? code : 1000
        let ours = state.withLock {
            $0.channel.finish(code: code, reason: reason, as: .local(code: code, reason: reason), dropQueue: false)
        }
        guard ours else { return }
        releaseReader()
        releaseSenders()
        flush()
    }

    /// Cuts the connection at once, without a close frame: what is queued is dropped, and the peer sees a loss. `ending`
    /// becomes `.lost`.
    public func abort() {
        state.withLock { $0.channel.abort() }
        releaseReader()
        releaseSenders()
        loop.perform { [session] in $0.sessions[session]?.abort() }
    }

    private func flush() {
        loop.perform { [session] in $0.sessions[session]?.flush() }
    }

    /// The next thing to write; called on the service thread when the frame before it has left.
    func nextOutgoing() -> Channel.Outgoing? {
        let (next, released) = state.withLock { state in (state.channel.nextOutgoing(), state.releasedSenders()) }
        for release in released { release() }
        return next
    }

    // MARK: - The end

    /// How it ended; nil while it is open, or closing.
    public var ending: WebSocketEnding? {
        state.withLock { if case .ended(let ending) = $0.channel.phase { ending } else { nil } }
    }

    /// True until either side closes.
    public var isOpen: Bool { state.withLock { $0.channel.isOpen } }

    /// Waits until the connection is gone.
    public func closed() async -> WebSocketEnding {
        await withCheckedContinuation { continuation in
            let ending = state.withLock { state -> WebSocketEnding? in
                if case .ended(let ending) = state.channel.phase { return ending }
                state.watchers.append(continuation)
                return nil
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }

    /// Called on the service thread when the socket is gone.
    func end(_ ending: WebSocketEnding) {
        let (final, reader, watchers, released) = state.withLock { state in
            state.channel.end(ending)
            defer {
                state.reader = nil
                state.watchers = []
            }
            var final = ending
            if case .ended(let known) = state.channel.phase { final = known }
            return (final, state.reader, state.watchers, state.releasedSenders())
        }
        for release in released { release() }
        reader?.resume(returning: nil)
        for watcher in watchers { watcher.resume(returning: final) }
    }
}

/// The messages of one connection; see `WebSocketConnection.messages`.
public struct WebSocketMessages: AsyncSequence, Sendable {
    /// A message.
    public typealias Element = WebSocketConnection.Message
    /// It ends, it doesn't fail: why is in `WebSocketConnection.ending`.
    public typealias Failure = Never
    let connection: WebSocketConnection

    /// Takes messages from the connection's queue.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let connection: WebSocketConnection

        /// Waits for the next message; nil once the socket is closed or the task cancelled.
        public mutating func next() async -> Element? { await connection.nextMessage() }

        /// As `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            await connection.nextMessage()
        }
    }

    /// The one reader's iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: connection) }
}
