import Synchronization

/// The one line in which everything that happens to a conversation waits. Whoever sends waits while the line is long.
public final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        /// The first `taken` have been received and stay until moving the rest is worth it.
        var line: [Element?] = []
        var taken = 0
        var closed = false
        var receiver: CheckedContinuation<Element?, Never>?
        var waiting: [CheckedContinuation<Void, Never>] = []

        var count: Int { line.count - taken }

        mutating func take() -> Element? {
            guard taken < line.count else { return nil }
            defer {
                taken += 1
                if taken == line.count || taken >= 256 {
                    line.removeFirst(taken)
                    taken = 0
                }
            }
            return line[taken].take()
        }
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: how many elements may wait before `send` suspends.
    public init(limit: Int = 512) { self.limit = limit }

    /// Puts `element` into the line however long it is; for the few things that must never wait.
    public func force(_ element: Element) {
        let receiver = state.withLock { state -> CheckedContinuation<Element?, Never>? in
            if state.closed { return nil }
            if let receiver = state.receiver {
                state.receiver = nil
                return receiver
            }
            state.line.append(element)
            return nil
        }
        receiver?.resume(returning: element)
    }

    /// Waits until the line has room, then puts `element` into it. After `close` it is dropped.
    public func send(_ element: Element) async {
        let hasRoom = state.withLock { $0.closed || $0.count < limit }
        if hasRoom { return force(element) }
        await withCheckedContinuation { continuation in
            let mayGo = state.withLock { state -> Bool in
                if state.closed || state.count < limit { return true }
                state.waiting.append(continuation)
                return false
            }
            if mayGo { continuation.resume() }
        }
        force(element)
    }

    /// The next element; nil after `close`. Only one task may receive.
    public func next() async -> Element? {
        await withCheckedContinuation { continuation in
            let (ready, resumed) = state.withLock { state -> (Element??, CheckedContinuation<Void, Never>?) in
                if let element = state.take() {
                    let sender = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
                    return (.some(.some(element)), sender)
                }
                if state.closed { return (.some(nil), nil) }
                state.receiver = continuation
                return (nil, nil)
            }
            resumed?.resume()
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Ends the line: what waits in it is dropped, and everybody who waits goes on.
    public func close() {
        let (receiver, waiting) = state.withLock { state in
            state.closed = true
            (state.line, state.taken) = ([], 0)
            defer {
                state.receiver = nil
                state.waiting = []
            }
            return (state.receiver, state.waiting)
        }
        receiver?.resume(returning: nil)
        for continuation in waiting { continuation.resume() }
    }
}
