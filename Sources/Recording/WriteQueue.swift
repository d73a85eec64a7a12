import Synchronization

/// A file that takes elements in order.
protocol RecordingSink: ~Copyable, Sendable {
    associatedtype Element: Sendable

    /// How much these elements count while they wait.
    static func size(of elements: [Element]) -> Int
    mutating func write(_ elements: [Element]) throws(RecordingError)
    /// No more will come; waits until the disk has what was written.
    /// - Parameter failure: why the recording ends early; nil when it does not.
    mutating func finish(_ failure: RecordingError?) throws(RecordingError)
}

extension RecordingSink where Self: ~Copyable {
    static func size(of elements: [Element]) -> Int { elements.count }
}

/// The bounded way of elements to a file: handing them in never waits, and the recording thread writes as many at once
/// as there are.
///
/// A recording with a hole in it is worth less than one that ends. When too much waits, the recording ends there and its
/// file is closed. When writing fails, it ends there, too. All later pieces are refused and counted.
final class WriteQueue<Sink: RecordingSink & ~Copyable>: Sendable {
    private enum Phase {
        /// Takes pieces. Exits: `closing`.
        case open
        /// Takes no more; its last job is to come. Exits: `closed`.
        case closing
        /// The file is closed.
        case closed
    }

    private struct State {
        var phase = Phase.open
        var pending: [Sink.Element] = []
        /// Whether the thread is going to look.
        var isDue = false
        var status = RecordingStatus()
        var finishers: [CheckedContinuation<RecordingStatus, Never>] = []
    }

    private let state = Mutex(State())
    /// Used by the thread alone; nil when it is closed.
    private let sink: Mutex<Sink?>
    private let thread: RecordingThread
    private let limit: Int

    /// - Parameter limit: elements of this size may wait.
    init(_ sink: consuming sending Sink, thread: RecordingThread, limit: Int) {
        self.sink = Mutex(sink)
        self.thread = thread
        self.limit = limit
    }

    var status: RecordingStatus { state.withLock(\.status) }

    /// Ends the recording before the next piece.
    func fail(_ error: RecordingError) {
        state.withLock { state in
            if state.phase == .open, state.status.failure == nil { state.status.failure = error }
        }
    }

    /// Hands in one piece.
    /// - Returns: whether it was taken.
    func append(_ piece: [Sink.Element]) -> Bool {
        let size = Sink.size(of: piece)
        let (isTaken, starts) = state.withLock { state in
            let isOverrun = state.status.waiting + size > limit
            guard state.phase == .open, state.status.failure == nil, !isOverrun else {
                state.status.dropped += 1
                guard state.phase == .open, state.status.failure == nil else { return (false, false) }
                state.status.failure = RecordingError(.overrun)
                state.phase = .closing
                defer { state.isDue = true }
                return (false, !state.isDue)
            }
            state.status.taken += 1
            state.status.waiting += size
            state.pending += piece
            defer { state.isDue = true }
            return (true, !state.isDue)
        }
        if starts { thread.run { self.work() } }
        return isTaken
    }

    /// Takes no more, and closes the file when all is written.
    func close() {
        let starts = state.withLock { state in
            guard state.phase == .open else { return false }
            state.phase = .closing
            defer { state.isDue = true }
            return !state.isDue
        }
        if starts { thread.run { self.work() } }
    }

    /// Takes no more; returns when the disk has all of it.
    func finish() async -> RecordingStatus {
        close()
        return await withCheckedContinuation { continuation in
            let status = state.withLock { state -> RecordingStatus? in
                if state.phase == .closed { return state.status }
                state.finishers.append(continuation)
                return nil
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Writes what waits; on the recording thread.
    private func work() {
        let (elements, isLast, reason) = state.withLock { state in
            state.isDue = false
            defer { state.pending = [] }
            return (state.pending, state.phase == .closing, state.status.failure)
        }
        let failure = write(elements, isLast: isLast, reason)
        let (status, finishers) = state.withLock { state in
            state.status.waiting -= Sink.size(of: elements)
            if let failure { state.status.failure = failure }
            guard isLast else { return (state.status, [CheckedContinuation<RecordingStatus, Never>]()) }
            state.phase = .closed
            defer { state.finishers = [] }
            return (state.status, state.finishers)
        }
        for finisher in finishers { finisher.resume(returning: status) }
    }

    private func write(_ elements: [Sink.Element], isLast: Bool, _ reason: RecordingError?) -> RecordingError? {
        sink.withLock { sink in
            do throws(RecordingError) {
                if !elements.isEmpty { try sink?.write(elements) }
                if isLast { try sink?.finish(reason) }
            } catch {
                sink = nil
                return error
            }
            if isLast { sink = nil }
            return nil
        }
    }
}
