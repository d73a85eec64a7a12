import Synchronization

/// Runs asynchronous code on one thread in virtual time: when nothing is left to do the clock jumps to the next sleeper.
/// So the same code does the same things in the same order each time.
public final class VirtualTime: TaskExecutor {
    /// Thrown when the code waits for something that never comes.
    public struct Stuck: Error {}

    /// The clock that the code sleeps on.
    public let clock = ManualClock()
    private let jobs = Mutex<[UnownedJob]>([])

    /// Nothing to do yet.
    public init() {}

    /// Called by the runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Does everything that can be done without moving the clock.
    public func settle() {
        var next = 0
        while true {
            let job = jobs.withLock { jobs -> UnownedJob? in
                guard next < jobs.count else {
                    jobs = []
                    return nil
                }
                next += 1
                return jobs[next - 1]
            }
            guard let job else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Runs `body` to its end.
    /// - Throws: what `body` throws, or `Stuck`.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let box = Box<Value>()
        let task = Task(executorPreference: self) {
            let value: Result<Value, any Error>
            do { value = .success(try await body()) } catch { value = .failure(error) }
            box.value.withLock { $0 = value }
        }
        while true {
            settle()
            if let value = box.value.withLock({ $0 }) { return try value.get() }
            guard clock.wakeNext() else {
                task.cancel()
                settle()
                throw Stuck()
            }
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, any Error>?>(nil)
    }
}
