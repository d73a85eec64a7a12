import CSQLite
import ProviderKit

/// Sees to it that a query stays within its time, its steps and its memory. For one query.
final class QueryWatch {
    /// How long a query may run.
    static let longest: Duration = .seconds(3)
    /// How many instructions of SQLite's machine it may take: on any machine the same.
    static let mostSteps = 50_000_000
    /// How much memory it may take, in bytes.
    static let mostMemory: Int64 = 192 << 20
    /// The watch looks after so many instructions.
    static let interval = 100

    private let stop: StopFlag
    private let deadline: ContinuousClock.Instant
    private let memory: Int64
    private var steps = 0
    /// Why the query was ended; nil when it was not.
    private(set) var verdict: TableError?

    init(_ stop: StopFlag) {
        self.stop = stop
        deadline = .now + Self.longest
        memory = sqlite3_memory_used()
    }

    /// Whether the query is to end here.
    func ends() -> Bool {
        steps += Self.interval
        if stop.isRaised {
            verdict = TableError(.cancelled, "the query was taken back")
        } else if steps > Self.mostSteps || .now > deadline {
            verdict = TableError(.tooMuch, "the query takes too long: join and filter less, or group earlier")
        } else if sqlite3_memory_used() - memory > Self.mostMemory {
            verdict = TableError(.tooMuch, "the query takes too much memory: sort and join less")
        }
        return verdict != nil
    }
}
