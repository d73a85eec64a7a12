import Dispatch
import Foundation
import Synchronization

/// A fixed number of threads for engines that block: C libraries that compute or wait for a pipe. Swift's own threads
/// and the network's stay free while they work.
///
/// A job that is cancelled before it has started never starts; one that runs is asked to stop through its `StopFlag`.
public final class BlockingWorkers: Sendable {
    private struct State {
        var jobs: JobQueue
        var nextID = 0
        var closed = false
    }

    /// A spare job that did not run.
    private struct Dropped: Error {}

    /// The state that the threads share. The threads do not hold the workers, so the workers can be released.
    private final class Queue: Sendable {
        let state: Mutex<State>
        /// Counts jobs (and, at the end, threads to be woken). A job dropped early leaves one wake-up too many: harmless.
        let arrivals = DispatchSemaphore(value: 0)

        init(_ jobs: JobQueue) { state = Mutex(State(jobs: jobs)) }

        /// Does jobs until `close()`.
        func work() {
            while true {
                arrivals.wait()
                let (job, closed) = state.withLock { ($0.jobs.next(), $0.closed) }
                if let job {
                    job.run()
                    state.withLock { $0.jobs.finished(job) }
                } else if closed {
                    return
                }
            }
        }
    }

    private let name: String
    private let queue: Queue
    private let count: Int

    /// Starts `count` threads called `name`.
    /// - Parameter limit: how many jobs may wait for a thread; further ones are refused.
    public init(name: String, count: Int, limit: Int = 1024) {
        (self.name, self.count) = (name, count)
        queue = Queue(JobQueue(threads: count, limit: limit))
        for _ in 0..<count {
            let thread = Thread { [queue] in queue.work() }
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

    /// How many spare jobs gave way to others, from the beginning.
    public var dropped: Int { queue.state.withLock { $0.jobs.dropped } }

    /// How many jobs were refused because too many waited, from the beginning.
    public var refused: Int { queue.state.withLock { $0.jobs.refused } }

    /// Runs `work` on one of the threads and waits, suspended, for its result. Jobs start in the order they came.
    ///
    /// Cancelled while it waits in the queue, it throws `CancellationError` at once; cancelled while it runs, it raises
    /// the flag and waits for `work` to return, so that what `work` uses is free when this returns.
    /// - Throws: what `work` throws, `CancellationError`, or `ProviderError` (unavailable) when too many jobs wait.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable (_ stop: StopFlag) throws -> Value
    ) async throws -> Value {
        try await submit(.urgent, work)
    }

    /// Runs `work` as `run` does, but only as long as it keeps nobody waiting: as soon as a thread is wanted for a job of
    /// `run`, it is dropped, or its flag is raised if it has begun.
    /// - Returns: nil when it gave way.
    /// - Throws: what `work` throws, or `CancellationError`.
    public func runIfIdle<Value: Sendable>(
        _ work: @escaping @Sendable (_ stop: StopFlag) throws -> Value
    ) async throws -> Value? {
        do { return try await submit(.spare, work) } catch is Dropped { return nil } catch is CancellationError {
            try Task.checkCancellation()
            return nil
        }
    }

    private func submit<Value: Sendable>(
        _ urgency: JobQueue.Urgency, _ work: @escaping @Sendable (_ stop: StopFlag) throws -> Value
    ) async throws -> Value {
        let (stop, cancelled) = (StopFlag(), StopFlag())
        let id = queue.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let job = JobQueue.Job(
                    id: id, urgency: urgency, stop: stop,
                    run: {
                        continuation.resume(
                            with: Result {
                                if stop.isRaised { throw CancellationError() }
                                return try work(stop)
                            })
                    },
                    drop: { continuation.resume(throwing: $0) })
                add(job, unless: cancelled)
            }
        } onCancel: {
            cancelled.raise()
            stop.raise()
            let job = queue.state.withLock { $0.jobs.remove(id: id) }
            job?.drop(CancellationError())
        }
    }

    private func add(_ job: JobQueue.Job, unless cancelled: StopFlag) {
        // Cancelled before this lock was taken: nothing would remove the job, so it is not queued at all.
        let admission = queue.state.withLock { state in cancelled.isRaised ? nil : state.jobs.add(job) }
        switch admission {
        case nil: job.drop(CancellationError())
        case .queued(let dropped):
            queue.arrivals.signal()
            for other in dropped { other.drop(Dropped()) }
        case .refused:
            job.drop(
                job.urgency == .spare
                    ? Dropped()
                    : ProviderError(
                        .unavailable, provider: "Local", message: "too many jobs wait for the threads of \(name)"))
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
    /// What a raise interrupts.
    private let interrupt = Mutex<(@Sendable () -> Void)?>(nil)

    /// A flag that is not raised.
    public init() {}

    /// Whether the work should stop at its next opportunity.
    public var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// Asks the work to stop. This cannot be undone.
    public func raise() {
        raised.store(true, ordering: .relaxed)
        interrupt.withLock { $0?() }
    }

    /// Runs `body`, which cannot look at the flag itself. If the flag is or gets raised meanwhile, calls `interrupt`, at least
    /// once and on any thread, but never after `body` has ended. For one `body` at a time.
    public func interrupting<Value, Failure: Error>(
        _ interrupt: @escaping @Sendable () -> Void, during body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        self.interrupt.withLock { $0 = interrupt }
        defer { self.interrupt.withLock { $0 = nil } }
        if isRaised { interrupt() }
        return try body()
    }
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
