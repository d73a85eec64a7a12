import Synchronization

/// Answers that are given one after the other, the one under way of which can be called off.
final class RealtimeJobs: Sendable {
    typealias Job = @Sendable () async -> Void
    private typealias Signal = AsyncStream<Void>.Continuation

    private struct State {
        /// Jobs added and not yet over.
        var open = 0
        var current: Signal?
    }

    private let jobs = AsyncStream.makeStream(of: Job.self)
    private let state = Mutex(State())

    /// Whether a job waits or is under way.
    var isBusy: Bool { state.withLock { $0.open > 0 } }

    /// Puts `job` into the line. Called off, it is cancelled; it is to return soon then.
    func add(_ job: @escaping Job) {
        state.withLock { $0.open += 1 }
        jobs.continuation.yield(job)
    }

    /// Cancels the job that is under way, if there is one.
    func callOff() { state.withLock { $0.current }?.finish() }

    /// Takes no more jobs; `run` returns after the last.
    func finish() { jobs.continuation.finish() }

    /// Does the jobs. For one caller.
    func run() async {
        for await job in jobs.stream {
            let signal = AsyncStream.makeStream(of: Void.self)
            state.withLock { $0.current = signal.continuation }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await job() }
                group.addTask { for await _ in signal.stream {} }
                await group.next()
                group.cancelAll()
            }
            state.withLock { state in
                state.current = nil
                state.open -= 1
            }
        }
    }
}
