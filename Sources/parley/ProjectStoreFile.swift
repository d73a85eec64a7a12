import Persistence
import Store
import Telemetry

/// The file with the projects that were sent.
enum ProjectStoreFile {
    /// Opens it, or makes it.
    ///
    /// A file that nobody named and that cannot be made is no reason not to start: projects are then kept until the server
    /// ends. A file that is there and cannot be read is: what was registered must not seem to be gone.
    /// - Parameter isWanted: whether it was named on the command line.
    /// - Throws: `CommandFailure`.
    static func open(_ path: String, isWanted: Bool, log: Log) throws -> any ProjectStore & ConversationStore {
        do throws(StoreError) {
            return try SQLiteProjectStore(path: path)
        } catch {
            guard !isWanted, ![.damaged, .newer].contains(error.code) else {
                throw CommandFailure(description: "\(path): \(error.message)\n--store FILE names another file")
            }
            log.warning(
                "projects that are sent over HTTP are kept until the server ends; --store FILE names a file for them",
                ["path": .name(path), "reason": .name(error.message)])
            return try SQLiteProjectStore.inProcess()
        }
    }
}
