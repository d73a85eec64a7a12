import Foundation
import Memory
import ProviderKit
import Synchronization

/// The memory of callers in one SQLite file. Several processes may use the same file.
///
/// All work is done by one thread of its own, so that a slow disk holds up no conversation. What was appended survives the
/// end of the process, however it ends; a loss of power may take the last few rounds.
public final class SQLiteStore: MemoryStore {
    /// A statement waits so long while another process writes, in milliseconds.
    static let patience: Int32 = 2000
    /// So much may wait for the thread.
    static let longestQueue = 1024

    private let workers: BlockingWorkers
    private let connection: Mutex<SQLiteConnection>
    private let limits: MemoryLimits

    /// Opens the file at `path`, or makes it, readable for its owner only. Blocks until it is open.
    /// - Throws: `MemoryError` when it is damaged, of another program, of a newer version, or cannot be had.
    public init(path: String, limits: MemoryLimits = MemoryLimits()) throws(MemoryError) {
        // The files beside it take its permissions.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file < 0 { throw MemoryError(.unavailable, "the file cannot be opened for writing (error \(errno))") }
        close(file)
        let opened = try SQLiteConnection(path: path, patience: Self.patience)
        try MemorySchema.prepare(opened)
        connection = Mutex(opened)
        workers = BlockingWorkers(name: "memory", count: 1, limit: Self.longestQueue)
        self.limits = limits
    }

    /// See `MemoryStore`.
    public func append(_ round: MemoryRound, for owner: MemoryOwner) async throws(MemoryError) {
        try limits.check(owner)
        guard let kept = limits.fitting(round) else { return }
        try await perform { tables throws(MemoryError) in try tables.append(kept, for: owner) }
    }

    /// See `MemoryStore`.
    public func rounds(_ count: Int, of owner: MemoryOwner) async throws(MemoryError) -> [MemoryRound] {
        try await perform { tables throws(MemoryError) in try tables.rounds(count, of: owner) }
    }

    /// See `MemoryStore`.
    public func search(
        _ query: String, of owner: MemoryOwner, top: Int, threshold: Double
    ) async throws(MemoryError) -> [Recollection] {
        try await perform { tables throws(MemoryError) in
            try tables.search(query, of: owner, top: top, threshold: threshold)
        }
    }

    /// See `MemoryStore`.
    public func variables(of owner: MemoryOwner) async throws(MemoryError) -> [String: String] {
        try await perform { tables throws(MemoryError) in try tables.variables(of: owner) }
    }

    /// See `MemoryStore`.
    public func change(_ changes: [MemoryChange], of owner: MemoryOwner) async throws(MemoryError) {
        try limits.check(owner)
        try await perform { tables throws(MemoryError) in try tables.change(changes, of: owner) }
    }

    /// See `MemoryStore`.
    public func forgetVariables(of owner: MemoryOwner) async throws(MemoryError) {
        try await perform { tables throws(MemoryError) in try tables.forgetVariables(of: owner) }
    }

    /// See `MemoryStore`.
    public func forget(_ owner: MemoryOwner) async throws(MemoryError) {
        try await perform { tables throws(MemoryError) in try tables.forget(owner) }
    }

    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (MemoryTables) throws(MemoryError) -> Value
    ) async throws(MemoryError) -> Value {
        do {
            return try await workers.run { [self] _ in
                try connection.withLock { connection in
                    try work(MemoryTables(connection: connection, limits: limits))
                }
            }
        } catch {
            if let error = error as? MemoryError { throw error }
            if error is CancellationError { throw MemoryError(.unavailable, "it is not wanted any more") }
            throw MemoryError(.busy, "too much waits to be read or written")
        }
    }
}
