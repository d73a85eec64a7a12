/// The jobs of `BlockingWorkers`: which one is next, and which ones have to give way.
///
/// Urgent jobs start in the order they came. Spare jobs are for idle threads: one that would make an urgent job wait is
/// dropped, or asked to stop if it runs already.
struct JobQueue: Sendable {
    enum Urgency: Sendable { case urgent, spare }

    struct Job: Sendable {
        let id: Int
        let urgency: Urgency
        /// Raised when the job is to stop early.
        let stop: StopFlag
        let run: @Sendable () -> Void
        /// Ends the waiting without running.
        let drop: @Sendable (_ reason: any Error) -> Void
    }

    enum Admission: Sendable {
        /// The job waits for a thread. `dropped` have left the queue for it, and do not run.
        case queued(dropped: [Job])
        /// There is no room; the job does not run.
        case refused
    }

    /// How many urgent jobs may wait.
    let limit: Int
    private var idle: Int
    private var urgent: [Job] = []
    private var spare: [Job] = []
    private var runningSpare: [Job] = []
    /// Spare jobs that were not run, or stopped early.
    private(set) var dropped = 0
    /// Urgent jobs that found no room.
    private(set) var refused = 0

    /// An empty queue for `threads` threads, all of them idle.
    init(threads: Int, limit: Int) {
        (idle, self.limit) = (threads, limit)
    }

    private var waiting: Int { urgent.count + spare.count }

    mutating func add(_ job: Job) -> Admission {
        switch job.urgency {
        case .urgent: addUrgent(job)
        case .spare: addSpare(job)
        }
    }

    private mutating func addUrgent(_ job: Job) -> Admission {
        guard urgent.count < limit else {
            refused += 1
            return .refused
        }
        urgent.append(job)
        var gone: [Job] = []
        while waiting > idle, let last = spare.popLast() { gone.append(last) }
        dropped += gone.count
        if urgent.count > idle, let index = runningSpare.firstIndex(where: { !$0.stop.isRaised }) {
            runningSpare[index].stop.raise()
            dropped += 1
        }
        return .queued(dropped: gone)
    }

    private mutating func addSpare(_ job: Job) -> Admission {
        guard waiting == 0 || waiting < idle else {
            dropped += 1
            return .refused
        }
        spare.append(job)
        return .queued(dropped: [])
    }

    /// The job that a thread takes up now; nil when none waits.
    mutating func next() -> Job? {
        let job = urgent.isEmpty ? (spare.isEmpty ? nil : spare.removeFirst()) : urgent.removeFirst()
        guard let job else { return nil }
        idle -= 1
        if job.urgency == .spare { runningSpare.append(job) }
        return job
    }

    /// A thread has done the job that it took up.
    mutating func finished(_ job: Job) {
        idle += 1
        runningSpare.removeAll { $0.id == job.id }
    }

    /// Takes a job that waits out of the queue.
    mutating func remove(id: Int) -> Job? {
        if let index = urgent.firstIndex(where: { $0.id == id }) { return urgent.remove(at: index) }
        if let index = spare.firstIndex(where: { $0.id == id }) { return spare.remove(at: index) }
        return nil
    }
}
