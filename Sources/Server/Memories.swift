import Foundation
import Memory
import ProjectModel
import Session
import Store
import Telemetry

/// The memory of callers: a file in a folder, or the process. Where the file cannot be used, the server goes on without
/// memory and says so.
final class Memories: Sendable {
    /// The name of the file in its folder.
    static let file = "memory.sqlite"

    private let store: (any MemoryStore)?
    private let measures: MemoryMetrics
    private let log: Log

    init(settings: ServerSettings, metrics: Metrics, log: Log) {
        measures = MemoryMetrics(metrics)
        self.log = log
        guard let folder = settings.memory else {
            store = InMemoryStore()
            return
        }
        do throws(MemoryError) {
            store = try SQLiteStore(path: try Self.place(in: folder))
        } catch {
            store = nil
            measures.failed(error)
            log.error(
                "the memory cannot be used; nothing is remembered from one conversation to the next",
                ["path": .name(folder + "/" + Self.file), "reason": .name(error.description)])
        }
    }

    /// The memory of a caller; nil where there is none, or the project keeps nothing.
    /// - Parameter user: whom the client names; nil is nobody, of whom nothing is kept.
    func memory(of user: String?, in project: Project, log: Log) -> CallerMemory? {
        guard project.memory != nil, let user, let store else { return nil }
        return CallerMemory(store, of: MemoryOwner(project: project.name, user: user)) { [measures] error in
            measures.failed(error)
            log.warning("the memory was not used", ["reason": .name(error.description)])
        }
    }

    /// Forgets a user of a project: rounds and variables. Conversations that are under way go on with what they know.
    func forget(_ user: String, of project: String) async throws(MemoryError) {
        do throws(MemoryError) {
            guard let store else { throw MemoryError(.unavailable, "there is no memory") }
            try await store.forget(MemoryOwner(project: project, user: user))
        } catch {
            measures.failed(error)
            throw error
        }
    }

    /// Makes the folder, for the server's own user only.
    private static func place(in folder: String) throws(MemoryError) -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw MemoryError(.unavailable, "the folder cannot be made; --memory DIR names one")
        }
        return folder + "/" + file
    }
}

/// Whom a client says that it speaks for: the query item `user` of its address.
enum UserName {
    /// The longest name, in Unicode scalars.
    static let longest = MemoryLimits.longestName

    /// The name; nil when there is none.
    /// - Throws: `BadInput` when it is empty, too long or no line of text.
    static func read(_ name: String?) throws(BadInput) -> String? {
        guard let name else { return nil }
        let scalars = name.unicodeScalars
        guard (1...longest).contains(scalars.count),
            !scalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw BadInput(
                code: "invalid_user", message: "'user' must have 1…\(longest) characters, without control characters")
        }
        return name
    }
}

/// What is counted of the memory.
struct MemoryMetrics: Sendable {
    private let metrics: Metrics

    init(_ metrics: Metrics) { self.metrics = metrics }

    /// The memory could not be opened, read or written.
    func failed(_ error: MemoryError) {
        metrics.counter(
            "parley_memory_failures_total",
            help: "Times that the memory of callers could not be opened, read or written.",
            labels: ["reason": error.code.rawValue]
        ).increment()
    }
}
