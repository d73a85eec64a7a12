import Dispatch
import Foundation
import Synchronization

/// The thread on which recordings are written, so that a slow disk holds up no conversation.
///
/// One is enough for a server. Each recording has at most two jobs here, and bounds what waits for them itself. While
/// the disk takes the end of one recording (`fdatasync`), the others wait within their bounds.
public final class RecordingThread: Sendable {
    /// What the thread shares with its owner; it does not hold the owner, so that the owner can go away.
    private final class Jobs: Sendable {
        let waiting = Mutex<[@Sendable () -> Void]>([])
        /// Counts jobs, and the end.
        let arrivals = DispatchSemaphore(value: 0)

        /// The next job, waiting for one; nil at the end.
        func next() -> (@Sendable () -> Void)? {
            arrivals.wait()
            return waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    private let jobs = Jobs()

    /// Starts the thread.
    public init() {
        let thread = Thread { [jobs] in
            while let job = jobs.next() { job() }
        }
        thread.name = "recordings"
        thread.start()
    }

    // The jobs that wait are done first: the thread takes the end for what comes behind them.
    deinit { jobs.arrivals.signal() }

    /// Does `job` after those that were handed in before.
    func run(_ job: @escaping @Sendable () -> Void) {
        jobs.waiting.withLock { $0.append(job) }
        jobs.arrivals.signal()
    }
}
