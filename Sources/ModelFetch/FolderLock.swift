import Foundation

/// Lets one process at a time write to a folder. The system takes the lock back when a process dies.
enum FolderLock {
    /// Runs `body` while this process has the folder.
    /// - Parameter waits: called once, when another process has it.
    static func hold(
        _ folder: String, waits: () -> Void, _ body: () async throws(FetchError) -> Void
    ) async throws(FetchError) {
        let descriptor = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FetchError(.inaccessible, "\(folder) cannot be written: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var hasWaited = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // Some network file systems have no locks; there the last to finish wins, with the same content.
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            if !hasWaited { waits() }
            hasWaited = true
            do {
                try await Task.sleep(for: .milliseconds(200))
            } catch {
                throw FetchError(.cancelled, "the task was cancelled")
            }
        }
        try await body()
    }
}
