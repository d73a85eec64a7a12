import Foundation
import Synchronization

/// A fixed number of threads for engines that block: C libraries that compute or wait for a pipe. Swift's own threads
/// and the network's stay free while they work.
public final class BlockingWorkers: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var closed = false
    }

    /// Guards `state`; a condition because the threads sleep on it.
    private final class Queue: @unchecked Sendable {
        // Sendable: `state` is touched only while `condition` is locked.
        let condition = NSCondition()
        var state = State()

        func add(_ job: @escaping @Sendable () -> Void) {
            condition.lock()
            state.jobs.append(job)
            condition.signal()
            condition.unlock()
        }

        func close() {
            condition.lock()
            state.closed = true
            condition.broadcast()
            condition.unlock()
        }

        /// The next job, waiting for one; nil after `close()`.
        func next() -> (@Sendable () -> Void)? {
            condition.lock()
            defer { condition.unlock() }
            while state.jobs.isEmpty {
                if state.closed { return nil }
                condition.wait()
            }
            return state.jobs.removeFirst()
        }
    }

    private let queue = Queue()

    /// Starts `count` threads called `name`.
    public init(name: String, count: Int) {
        for _ in 0..<count {
            let thread = Thread { [queue] in
                while let job = queue.next() { job() }
            }
            thread.name = name
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    deinit { queue.close() }

    /// Runs `work` on one of the threads and waits, suspended, for its result. Jobs start in the order they came.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.add { continuation.resume(with: Result(catching: work)) }
        }
    }
}
