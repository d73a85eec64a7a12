import CCrypto
import Foundation
import Memory
import Persistence
import ProviderKit
import Synchronization

/// The versions of projects in one SQLite file. Several processes may use the same file.
///
/// All work is done by one thread of its own. What was acknowledged is on the disk.
public final class SQLiteProjectStore: ProjectStore {
    /// A statement waits so long while another process writes, in milliseconds.
    private static let patience: Int32 = 5000
    /// So much may wait for the thread.
    private static let longestQueue = 1024

    private let workers: BlockingWorkers
    private let connection: Mutex<SQLiteConnection>
    private let limits: ProjectLimits
    private let conversationLimits: ConversationLimits

    /// Opens the file at `path`, or makes it, readable for its owner only. Blocks until it is open.
    /// - Throws: `StoreError` when it is damaged, of another program, of a newer version, or cannot be had.
    public convenience init(
        path: String, limits: ProjectLimits = ProjectLimits(),
        conversations: ConversationLimits = ConversationLimits()
    ) throws(StoreError) {
        // The files beside it take its permissions.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file < 0 {
            throw StoreError(
                .unavailable, "the file cannot be opened for writing (\(String(cString: strerror(errno))))")
        }
        close(file)
        try self.init(place: path, limits: limits, conversations: conversations)
    }

    /// A store in the memory of this process, which ends with it.
    public static func inProcess(
        limits: ProjectLimits = ProjectLimits(),
        conversations: ConversationLimits = ConversationLimits()
    ) throws(StoreError) -> SQLiteProjectStore {
        try SQLiteProjectStore(place: ":memory:", limits: limits, conversations: conversations)
    }

    private init(place: String, limits: ProjectLimits, conversations: ConversationLimits)
        throws(StoreError)
    {
        do throws(MemoryError) {
            let opened = try SQLiteConnection(path: place, patience: Self.patience)
            try StoreSchema.prepare(opened)
            connection = Mutex(opened)
        } catch {
            throw StoreError(error)
        }
        workers = BlockingWorkers(name: "store", count: 1, limit: Self.longestQueue)
        self.limits = limits
        conversationLimits = conversations
    }

    /// See `ProjectStore`.
    public func put(
        _ text: ProjectText, as project: ProjectKey, by author: String, if condition: ProjectCondition,
        at now: Int
    ) async throws(StoreError) -> ProjectReceipt {
        try limits.check(text, as: project)
        let author = String(
            String.UnicodeScalarView(author.unicodeScalars.prefix(ProjectLimits.longestName)))
        let hash = text.hash
        return try await change { tables throws(MemoryError) in
            try tables.put(text, hash: hash, as: project, by: author, if: condition, at: now)
        }
    }

    /// See `ProjectStore`.
    public func text(
        of project: ProjectKey, version: Int
    ) async throws(StoreError) -> (version: ProjectVersion, text: ProjectText)? {
        try await perform { tables throws(MemoryError) in try tables.text(of: project, version: version)
        }
    }

    /// See `ProjectStore`.
    public func list(of tenant: String) async throws(StoreError) -> [ProjectListing] {
        try await perform { tables throws(MemoryError) in try tables.list(of: tenant) }
    }

    /// See `ProjectStore`.
    public func history(of project: ProjectKey) async throws(StoreError) -> ProjectHistory? {
        try await perform { tables throws(MemoryError) in try tables.history(of: project) }
    }

    /// See `ProjectStore`.
    public func serve(
        _ project: ProjectKey, version: Int, if condition: ProjectCondition
    ) async throws(StoreError) -> ProjectVersion {
        try await change { tables throws(MemoryError) in
            try tables.serve(project, version: version, if: condition)
        }
    }

    /// See `ProjectStore`.
    public func delete(_ project: ProjectKey, if condition: ProjectCondition) async throws(StoreError)
        -> Bool
    {
        try await change { tables throws(MemoryError) in try tables.delete(project, if: condition) }
    }

    /// See `ProjectStore`.
    public func changes(since moment: Int) async throws(StoreError) -> ProjectChanges {
        try await perform { tables throws(MemoryError) in try tables.changes(since: moment) }
    }

    // MARK: - The thread

    private func change<Value: Sendable>(
        _ work: @escaping @Sendable (ProjectTables) throws(MemoryError) -> ProjectTables.Outcome<Value>
    ) async throws(StoreError) -> Value {
        switch try await perform(work) {
        case .done(let value): return value
        case .refused(let error): throw error
        }
    }

    /// Works with the tables of conversations.
    func withConversations<Value: Sendable>(
        _ work: @escaping @Sendable (ConversationTables) throws(MemoryError) -> Value
    ) async throws(StoreError) -> Value {
        let limits = conversationLimits
        return try await perform { tables throws(MemoryError) in
            try work(ConversationTables(connection: tables.connection, limits: limits))
        }
    }

    /// A job that has begun is never given up half-way: whoever asked may be gone, and the change is made all the same.
    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (ProjectTables) throws(MemoryError) -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await workers.run { [self] _ in
                try connection.withLock { connection in
                    try work(ProjectTables(connection: connection, limits: limits))
                }
            }
        } catch {
            if let error = error as? MemoryError { throw StoreError(error) }
            if error is CancellationError { throw StoreError(.unavailable, "it is not wanted any more") }
            throw StoreError(.busy, "too much waits to be read or written")
        }
    }
}

extension StoreError {
    /// A failure of SQLite.
    init(_ error: MemoryError) {
        self.init(Code(rawValue: error.code.rawValue) ?? .unavailable, error.message)
    }
}

extension ProjectText {
    /// The SHA-256 of the format and the text, in small hexadecimal digits.
    var hash: String {
        var digest = [UInt8](repeating: 0, count: 32)
        let bytes = Array("\(format.rawValue)\n\(text)".utf8)
        EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
