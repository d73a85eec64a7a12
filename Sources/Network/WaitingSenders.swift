/// Those who wait until there is room in a connection's queue. A value; the connection guards it with its lock, and calls
/// the releases outside of it.
struct WaitingSenders {
    /// One who waits no longer, and whether there is room for what it wants to send.
    struct Release {
        fileprivate let continuation: CheckedContinuation<Bool, Never>
        fileprivate let hasRoom: Bool

        func callAsFunction() { continuation.resume(returning: hasRoom) }
    }

    private struct Sender {
        let limit: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// One for each task that waits.
    private var senders: [Int: Sender] = [:]
    private var lastID = 0

    mutating func newID() -> Int {
        lastID += 1
        return lastID
    }

    /// Keeps `continuation` until fewer than `limit` bytes are queued.
    mutating func wait(_ id: Int, below limit: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        senders[id] = Sender(limit: limit, continuation: continuation)
    }

    /// Forgets the one with this number; nil when it waits no longer.
    mutating func cancel(_ id: Int) -> CheckedContinuation<Bool, Never>? {
        senders.removeValue(forKey: id)?.continuation
    }

    /// Takes out those who have room now; all of them when the socket is not open any more.
    mutating func release(queuedBytes: Int, isOpen: Bool) -> [Release] {
        // The usual case, for each frame that leaves.
        if senders.isEmpty { return [] }
        let ready = senders.filter { !isOpen || queuedBytes < $0.value.limit }
        for id in ready.keys { senders[id] = nil }
        return ready.values.map { Release(continuation: $0.continuation, hasRoom: isOpen) }
    }
}
