/// What is queued on one WebSocket in both directions, and how far it is from its end. A value; the connection guards
/// it with a lock.
struct Channel {
    /// A frame to send, or the end after all frames before it.
    enum Outgoing {
        /// `bytes` begin with the room that libwebsockets needs for the frame's head.
        case frame(bytes: [UInt8], isText: Bool)
        case close(code: UInt16, reason: String)
    }

    enum Phase {
        /// → closing (our close, overflow), → ended (theirs, loss).
        case open
        /// Nothing more is taken in or read out; what was queued before is still sent. → ended.
        case closing(WebSocketEnding)
        case ended(WebSocketEnding)
    }

    var phase = Phase.open
    private(set) var outgoing = Queue<Outgoing>()
    /// Payload bytes in `outgoing` and, as long as it isn't wholly handed to the kernel, of the frame before it.
    private(set) var queuedBytes = 0
    private var handedBytes = 0
    /// True from the request to the service thread until it found the queue empty: one wake-up serves a burst.
    private var writerAwake = false

    private(set) var incoming = Queue<WebSocketConnection.Message>()
    private var unreadBytes = 0
    /// The service thread stopped reading until the reader has caught up.
    private(set) var isPaused = false

    var isOpen: Bool { if case .open = phase { true } else { false } }

    /// The result of `add`.
    enum Admission {
        case closed
        /// Queued; `wake` tells whether the service thread must be told.
        case queued(wake: Bool)
        case overflow
    }

    mutating func add(_ bytes: [UInt8], payload: Int, isText: Bool, limit: Int) -> Admission {
        guard isOpen else { return .closed }
        if queuedBytes + payload > limit {
            finish(code: 1013, reason: "slow reader", as: .overflow, dropQueue: true)
            return .overflow
        }
        queuedBytes += payload
        outgoing.append(.frame(bytes: bytes, isText: isText))
        defer { writerAwake = true }
        return .queued(wake: !writerAwake)
    }

    /// Ends the sending direction after what is queued, or instead of it. False when it was ending already.
    @discardableResult
    mutating func finish(code: UInt16, reason: String, as ending: WebSocketEnding, dropQueue: Bool) -> Bool {
        guard isOpen else { return false }
        if dropQueue {
            outgoing = Queue()
            queuedBytes = handedBytes
        }
        phase = .closing(ending)
        outgoing.append(.close(code: code, reason: reason))
        writerAwake = true
        dropUnread()
        return true
    }

    /// Drops what is queued and unread; no close frame is sent.
    mutating func abort() {
        if case .ended = phase { return }
        outgoing = Queue()
        queuedBytes = handedBytes
        phase = .closing(.lost)
        dropUnread()
    }

    /// The next thing to send; nil lets the writer sleep. Called when the frame before it has left.
    mutating func nextOutgoing() -> Outgoing? {
        queuedBytes -= handedBytes
        handedBytes = 0
        guard let next = outgoing.popFirst() else {
            writerAwake = false
            return nil
        }
        if case .frame(let bytes, _) = next { handedBytes = bytes.count - WebSocketConnection.framePadding }
        return next
    }

    /// Takes a message in. True asks to stop reading from the network.
    mutating func receive(_ message: WebSocketConnection.Message, limits: NetworkLimits) -> Bool {
        guard isOpen else { return false }
        incoming.append(message)
        unreadBytes += message.count
        if incoming.count >= limits.maxUnreadMessages || unreadBytes >= limits.maxUnreadBytes { isPaused = true }
        return isPaused
    }

    /// The next message for the reader. `resume` asks to read from the network again.
    mutating func read(limits: NetworkLimits) -> (message: WebSocketConnection.Message, resume: Bool)? {
        guard let message = incoming.popFirst() else { return nil }
        unreadBytes -= message.count
        // Half empty, not just below the bound: else each message would cost a wake-up.
        let drained = incoming.count * 2 <= limits.maxUnreadMessages && unreadBytes * 2 <= limits.maxUnreadBytes
        let resume = isPaused && drained
        if resume { isPaused = false }
        return (message, resume)
    }

    mutating func end(_ ending: WebSocketEnding) {
        switch phase {
        case .open: phase = .ended(ending)
        case .closing(let ours): phase = .ended(ours)
        case .ended: return
        }
        outgoing = Queue()
        queuedBytes = 0
        handedBytes = 0
    }

    private mutating func dropUnread() {
        incoming = Queue()
        unreadBytes = 0
        isPaused = false
    }
}

/// First in, first out. Waiting elements are not moved.
struct Queue<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var count: Int { storage.count - head }

    mutating func append(_ element: Element) { storage.append(element) }

    mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        let first = storage[head]
        storage[head] = nil
        head += 1
        if head == storage.count {
            storage.removeAll(keepingCapacity: storage.capacity <= 64)
            head = 0
        } else if head >= 64 && head * 2 >= storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return first
    }
}
