import Dispatch
import Foundation
import Synchronization

/// A fixed number of threads for engines that block: C libraries that compute or wait for a pipe. Swift's own threads
/// and the network's stay free while they work.
///
/// A job that is cancelled before it has started never starts; one that runs is asked to stop through its `StopFlag`.
public final class BlockingWorkers: Sendable {
    /// One job in the queue.
    private struct Job {
        let id: Int
        let run: @Sendable () -> Void
        /// Ends the waiting without running.
        let drop: @Sendable () -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var nextID = 0
        var closed = false
    }

    /// The state that the threads share. The threads do not hold the workers, so the workers can be released.
    private final class Queue: Sendable {
        let state = Mutex(State())
        /// Counts jobs (and, at the end, threads to be woken). A job dropped early leaves one wake-up too many: harmless.
        let arrivals = DispatchSemaphore(value: 0)

        /// The next job, waiting for one; nil after `close()`.
        func next() -> Job? {
            while true {
                arrivals.wait()
                let (job, closed) = state.withLock { state -> (Job?, Bool) in
                    state.jobs.isEmpty ? (nil, state.closed) : (state.jobs.removeFirst(), false)
                }
                if let job { return job }
                if closed { return nil }
            }
        }
    }

    private let queue = Queue()
    private let count: Int

    /// Starts `count` threads called `name`.
    public init(name: String, count: Int) {
        self.count = count
        for _ in 0..<count {
            let thread = Thread { [queue] in
                while let job = queue.next() { job.run() }
            }
            thread.name = name
            // flite and PocketSphinx keep sizeable arrays on the stack.
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    deinit {
        queue.state.withLock { $0.closed = true }
        for _ in 0..<count { queue.arrivals.signal() }
    }

    /// Runs `work` on one of the threads and waits, suspended, for its result. Jobs start in the order they came.
    ///
    /// Cancelled while it waits in the queue, it throws `CancellationError` at once; cancelled while it runs, it raises
    /// the flag and waits for `work` to return, so that what `work` uses is free when this returns.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable (_ stop: StopFlag) throws -> Value
    ) async throws -> Value {
        let stop = StopFlag()
        let id = queue.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let job = Job(
                    id: id,
                    run: {
                        continuation.resume(
                            with: Result {
                                if stop.isRaised { throw CancellationError() }
                                return try work(stop)
                            })
                    },
                    drop: { continuation.resume(throwing: CancellationError()) })
                // Cancelled before this lock was taken: nothing would remove the job, so it is not queued at all.
                let queued = queue.state.withLock { state in
                    if stop.isRaised { return false }
                    state.jobs.append(job)
                    return true
                }
                if queued { queue.arrivals.signal() } else { job.drop() }
            }
        } onCancel: {
            stop.raise()
            let job = queue.state.withLock { state -> Job? in
                state.jobs.firstIndex { $0.id == id }.map { state.jobs.remove(at: $0) }
            }
            job?.drop()
        }
    }

    /// Runs `produce` on one of the threads and hands each element that it yields to `consume`, in order.
    ///
    /// The thread never waits for the consumer: elements wait in a queue that is as long as what one call yields, so a
    /// caller keeps `produce` short (a sentence, not a book).
    /// - Parameter produce: yields elements; a yield returns false, and `stop` is raised, when nobody wants more.
    public func stream<Element: Sendable>(
        _ produce: @escaping @Sendable (_ stop: StopFlag, _ yield: (Element) -> Bool) throws -> Void,
        to consume: (Element) async throws -> Void
    ) async throws {
        let (elements, source) = AsyncStream.makeStream(of: Element.self)
        async let work: Void = run { stop in
            defer { source.finish() }
            try produce(stop) { element in
                if stop.isRaised { return false }
                source.yield(element)
                return true
            }
        }
        // Dropped before it could run, the job never closes the stream: the cancelled iteration ends by itself.
        for await element in elements {
            // A cancelled iteration still hands out what waits in the stream.
            try Task.checkCancellation()
            try await consume(element)
        }
        try await work
        try Task.checkCancellation()
    }
}

/// Tells work on a blocking thread that its result is no longer wanted.
public final class StopFlag: Sendable {
    private let raised = Atomic(false)

    /// A flag that is not raised.
    public init() {}

    /// Whether the work should stop at its next opportunity.
    public var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// Asks the work to stop. This cannot be undone.
    public func raise() { raised.store(true, ordering: .relaxed) }
}

/// A pointer to an object of a C library that is used by one job at a time.
///
/// Sendable, because only the holder of the lease (see `LeasePool`) uses the pointer, and leases pass from job to job
/// through locks.
public struct ForeignHandle<Pointer>: @unchecked Sendable {
    /// The pointer itself.
    public let pointer: Pointer

    /// Wraps `pointer`; from here on only the lease holder may follow it.
    public init(_ pointer: Pointer) { self.pointer = pointer }
}
