import Foundation

/// A place in the file system that is gone with its owner.
final class Folder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "parley-memory-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}

/// The program beside the tests that appends rounds until it is ended, or so many.
struct Writer {
    private let process = Process()
    private let pipe = Pipe()

    init(_ path: String, user: String, count: Int = .max) throws {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "memory-child")
        process.arguments = [path, user, "\(count)"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Reads what it says, a dot a round, until there are so many; returns how many there were.
    func wait(for count: Int) -> Int {
        var dots = 0
        while dots < count {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { return dots }
            dots += more.count
        }
        return dots
    }

    func finish() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Ends it as nothing else does: it has no chance to clean up.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
