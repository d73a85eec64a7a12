import Foundation

/// What a program left behind.
struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// The `parley` that was built with these tests, and the tools that they use.
enum Program {
    /// `PARLEY_BINARY`, or the one beside the tests.
    static let parley: String = {
        if let path = ProcessInfo.processInfo.environment["PARLEY_BINARY"] { return path }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "parley").path(percentEncoded: false)
    }()

    /// The repository.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs `parley` to its end.
    static func run(_ arguments: String...) async throws -> Outcome { try await run(parley, arguments) }

    /// Runs any program to its end; one that hangs is ended after 100 s and has the status 124.
    static func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        // Into files: a pipe that nobody empties would stop the program.
        let folder = try Folder()
        let (output, errors) = (folder.path("output"), folder.path("errors"))
        let process = try process(
            "timeout", ["100", program] + arguments, output: try file(output), errors: try file(errors))
        let status = try start(process)
        return Outcome(status: try await status.first(), output: try text(output), errors: try text(errors))
    }

    /// A program that is ready to be started.
    static func process(
        _ program: String, _ arguments: [String], output: Any, errors: FileHandle
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        return process
    }

    /// Starts it; the stream gives its exit status.
    static func start(_ process: Process) throws -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            continuation.yield($0.terminationStatus)
            continuation.finish()
        }
        // The threads of tests block signals, and a program inherits that: it would never hear of its end.
        var none = sigset_t()
        var own = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &own)
        defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
        try process.run()
        return stream
    }

    static func file(_ path: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let handle = FileHandle(forWritingAtPath: path) else { throw Missing(what: path) }
        return handle
    }

    static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}

/// Something that had to be there.
struct Missing: Error { var what: String }

extension AsyncStream where Element: Sendable {
    /// The first element.
    func first() async throws -> Element {
        for await element in self { return element }
        throw Missing(what: "the stream ended")
    }
}

/// A folder that is gone with its owner.
final class Folder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "parley-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.path(percentEncoded: false) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    /// Writes a file.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name))
        return path(name)
    }
}
