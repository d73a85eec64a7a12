import Dispatch
import Glibc
import Synchronization

/// Writes a log's lines to a descriptor, on a thread of its own.
///
/// Whoever logs never waits. When the reader of the descriptor stalls, lines wait in a bounded queue. When the queue is
/// full, lines are dropped and counted. When there is room again, one line says how many were lost.
public final class LogWriter: Sendable {
    private struct State {
        var queue: LineQueue
        /// Whether the thread has work or is about to get it.
        var isWriting = false
    }

    private let descriptor: Int32
    private let format: Log.Format
    private let lost: Counter
    private let state: Mutex<State>
    /// A serial queue: at most one thread, which no other work shares while it blocks in `write`.
    private let thread = DispatchQueue(label: "parley-log")

    /// A writer to an open descriptor, which stays the caller's.
    /// - Parameters:
    ///   - descriptor: where lines go; it may block.
    ///   - format: how lines are written.
    ///   - lost: counts the lines that were dropped.
    ///   - maximumLines: lines that may wait, at least 1. As many again may be under way.
    ///   - maximumBytes: bytes that may wait. As many again may be under way.
    public init(
        descriptor: Int32, format: Log.Format, lost: Counter, maximumLines: Int = 8192, maximumBytes: Int = 1 << 20
    ) {
        self.descriptor = descriptor
        self.format = format
        self.lost = lost
        state = Mutex(State(queue: LineQueue(maximumLines: max(1, maximumLines), maximumBytes: maximumBytes)))
    }

    /// A writer to standard error. Dropped lines are counted in `parley_log_lines_dropped_total`.
    /// - Parameter format: nil: text when a person looks at it, JSON lines when a program reads it.
    public static func standardError(format: Log.Format? = nil, metrics: Metrics) -> LogWriter {
        LogWriter(
            descriptor: STDERR_FILENO, format: format ?? (isatty(STDERR_FILENO) == 1 ? .text : .jsonLines),
            lost: metrics.counter(
                "parley_log_lines_dropped_total", help: "Log lines that were dropped because their reader stalled."))
    }

    /// A log whose lines this writer writes.
    public func log(level: Log.Level = .info) -> Log {
        Log(level: level, format: format) { [self] in add($0) }
    }

    /// Waits until everything logged so far is written, or `limit` is over. Blocks its thread: for the end of a program.
    /// - Returns: whether everything was written.
    @discardableResult
    public func flush(within limit: Duration) -> Bool {
        let written = DispatchSemaphore(value: 0)
        thread.async { written.signal() }
        let (seconds, attoseconds) = limit.components
        let nanoseconds = Int(min(seconds, 86400)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        return written.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }

    private func add(_ line: String) {
        let (isLost, isIdle) = state.withLock { state in
            defer { state.isWriting = true }
            return (!state.queue.add(line), !state.isWriting)
        }
        if isLost { lost.increment() }
        if isIdle { thread.async { [self] in writeAll() } }
    }

    private func writeAll() {
        while let (lines, lost) = next() {
            for line in lines { write(line) }
            if lost > 0 { write(lossLine(lost)) }
        }
    }

    private func next() -> (lines: [String], lost: Int)? {
        state.withLock { state in
            if state.queue.isEmpty {
                state.isWriting = false
                return nil
            }
            return state.queue.takeAll()
        }
    }

    private func lossLine(_ count: Int) -> String {
        Log(format: format, write: { _ in }).line(.warning, "log lines were lost", ["count": .int(count)])
    }

    /// One `write` a line, so that lines of two processes are not mixed. A reader that is gone is no reason to fail.
    private func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let written = Glibc.write(descriptor, start, rest.count)
                if written < 0 && (errno == EINTR || (errno == EAGAIN && becameWritable())) { continue }
                if written <= 0 { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    /// Waits for room, where somebody has made the descriptor one that does not block.
    private func becameWritable() -> Bool {
        var query = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&query, 1, -1) > 0 || errno == EINTR
    }
}
