import Foundation
import Testing

/// `parley serve` as a process: its signals and its standard streams.
@Suite(.timeLimit(.minutes(4)), .serialized)
struct ServeProcessTests {
    private func projects() throws -> Folder {
        let folder = try Folder()
        try folder.write("planner.yaml", ProjectText.planner(speaks: false))
        return folder
    }

    private func get(_ url: String) async throws -> Outcome {
        try await Program.run("curl", ["--silent", "--show-error", "--fail", "--max-time", "20", url])
    }

    // MARK: - Signals

    /// Supervisors that restart quickly send it so early.
    @Test func aSignalRightAfterTheReadyLineIsNotLost() async throws {
        let folder = try projects()
        for number in [SIGTERM, SIGINT, SIGTERM, SIGINT] {
            let server = try await ServerProcess(projects: folder)
            server.signal(number)
            #expect(try await server.exit.first() == 0)
        }
    }

    @Test func aSignalWhileEnginesAreMadeReadyEndsTheProcess() async throws {
        let folder = try projects()
        for number in [SIGTERM, SIGINT, SIGTERM, SIGINT] {
            let errors = Pipe()
            let process = try Program.process(
                Program.parley, ["serve", "--port", "0", "--projects", folder.path],
                output: FileHandle.nullDevice, errors: errors.fileHandleForWriting)
            let exit = try Program.start(process)
            try errors.fileHandleForWriting.close()
            // The folder is read; what follows is the engines and the port.
            #expect(!errors.fileHandleForReading.availableData.isEmpty)
            kill(process.processIdentifier, number)
            #expect(try await exit.first() == 0)
        }
    }

    @Test func aHangUpReadsTheProjectsAgain() async throws {
        let folder = try projects()
        let log = LogPipe()
        let server = try await ServerProcess(projects: folder, errors: log.writingEnd)
        try folder.write("second.yaml", ProjectText.planner(speaks: false))
        server.signal(SIGHUP)
        try log.wait(for: "reading the projects again", #""project":"second""#)
        #expect(try await get(server.address + "/api/projects").output.contains(#""name":"second""#))
        #expect(try await server.stop() == 0)
    }

    @Test func aSecondSignalEndsItAtOnce() async throws {
        let log = LogPipe()
        let server = try await ServerProcess(
            projects: try projects(), errors: log.writingEnd, "--drain-seconds", "3600")
        // A recording that is long enough to hold the line.
        let folder = try Folder()
        let silence = folder.path("silence.wav")
        let made = try await Program.run("sox", ["-n", "-r", "16000", "-c", "1", silence, "trim", "0", "100"])
        try #require(made.status == 0)
        let caller = try Program.process(
            Program.parley, ["call", server.socket, "--wav", silence, "--out", folder.path("out.wav")],
            output: FileHandle.nullDevice, errors: .nullDevice)
        let callerExit = try Program.start(caller)
        try log.wait(for: "conversation begins")
        server.signal(SIGTERM)
        try log.wait(for: "draining")
        server.signal(SIGTERM)
        #expect(try await server.exit.first() == SIGTERM)
        #expect(try await callerExit.first() == 1)
    }

    // MARK: - Standard streams

    /// The failure that was: a log reader that stalls stopped the server, and SIGTERM with it.
    @Test func aLogReaderThatStallsDoesNotStopTheServer() async throws {
        let errors = Pipe()
        let descriptor = errors.fileHandleForWriting.fileDescriptor
        // The pipe is full before the first line, and nobody reads.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let filling = [UInt8](repeating: 0x20, count: 4096)
        while write(descriptor, filling, filling.count) > 0 {}
        _ = fcntl(descriptor, F_SETFL, 0)
        let server = try await ServerProcess(projects: try projects(), errors: errors.fileHandleForWriting)
        for _ in 0..<5 {
            let call = try await Program.run("call", server.socket, "--text", "Hello.", "--out", "/dev/null")
            #expect(call.status == 0)
        }
        #expect(try await get(server.address + "/healthz").output == "ok\n")
        #expect(try await get(server.address + "/metrics").output.contains("parley_log_lines_dropped_total 0"))
        #expect(try await server.stop() == 0)
    }

    /// Else the descriptors become sockets, and the log is written into one.
    @Test func streamsThatAreClosedAreOpenedOnNothing() async throws {
        let server = try await ServerProcess(projects: try projects(), redirections: "0<&- 2>&-")
        for descriptor in [0, 2] {
            let path = "/proc/\(server.process.processIdentifier)/fd/\(descriptor)"
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
        }
        #expect(try await server.stop() == 0)
    }
}

/// A log that the test reads. Its end is noticed: a server that died leaves no test waiting.
private final class LogPipe {
    private let pipe = Pipe()
    private var text = ""
    private var isOurs = true

    /// For the server.
    var writingEnd: FileHandle { pipe.fileHandleForWriting }

    /// Waits until all of `marks` were written. Called when the server has its own copy of the writing end.
    func wait(for marks: String...) throws {
        if isOurs { try writingEnd.close() }
        isOurs = false
        while !marks.allSatisfy(text.contains) {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { throw Missing(what: "\(marks) in the log") }
            text += String(decoding: data, as: UTF8.self)
        }
    }
}
