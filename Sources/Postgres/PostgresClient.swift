import ProviderKit
import Synchronization

/// A few connections to one server, on threads of their own: callers wait suspended. Connections are made when they are first
/// needed, kept, and made anew when they broke off.
public final class PostgresClient: Sendable {
    /// So many connections there are at most.
    public let connections: Int
    private let address: PostgresAddress
    private let patience: Duration
    private let workers: BlockingWorkers
    private let slots: [Slot]

    /// The place of one connection.
    private final class Slot: Sendable {
        let connection = Mutex<PostgresConnection?>(nil)
    }

    /// A client that is not connected yet.
    /// - Parameters:
    ///   - connections: the most at the same time, and so many threads.
    ///   - waiting: how many jobs may wait for one; further ones are refused.
    ///   - connecting: how long an attempt to connect may take.
    public init(
        _ address: PostgresAddress, connections: Int = 2, waiting: Int = 64, connecting patience: Duration = .seconds(3)
    ) {
        self.connections = max(1, connections)
        (self.address, self.patience) = (address, patience)
        workers = BlockingWorkers(name: "postgres", count: self.connections, limit: waiting)
        slots = (0..<self.connections).map { _ in Slot() }
    }

    /// How many jobs were refused because too many waited, from the beginning.
    public var refused: Int { workers.refused }

    /// Runs `work` with a connection that no other job has meanwhile. Cancelling the task raises the flag, which `work` hands
    /// to its statements.
    ///
    /// A connection that broke off while nobody used it is made anew. One that breaks off within `work` is not: what was
    /// done is not known.
    /// - Throws: what `work` throws, or `PostgresError`: `.tooMuch` when too many jobs wait.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable (_ connection: PostgresConnection, _ stop: StopFlag) throws -> Value
    ) async throws -> Value {
        do {
            return try await workers.run { [self] stop in try carryOut(work, stop) }
        } catch is CancellationError {
            throw PostgresError(.cancelled)
        } catch is ProviderError {
            throw PostgresError(.tooMuch, "too many wait for the database: try again")
        }
    }

    private func carryOut<Value: Sendable>(
        _ work: @Sendable (PostgresConnection, StopFlag) throws -> Value, _ stop: StopFlag
    ) throws -> Value {
        let patience = PostgresPatience(for: patience, stop: stop)
        // There are as many slots as threads, so one is free.
        while true {
            for slot in slots {
                let value = try slot.connection.withLockIfAvailable { kept -> Value in
                    if let connection = kept, connection.isOpen { return try work(connection, stop) }
                    kept = nil
                    let connection = try PostgresConnection(address, patience)
                    kept = connection
                    return try work(connection, stop)
                }
                if let value { return value }
            }
        }
    }
}
