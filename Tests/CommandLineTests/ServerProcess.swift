import Foundation
import Synchronization

/// `parley serve` as an operator runs it, on a free port.
final class ServerProcess {
    let process: Process
    let exit: AsyncStream<Int32>
    /// Where it says that it listens: `http://127.0.0.1:…`
    let address: String
    private let folder: Folder
    private let projects: Folder

    /// Starts it with the projects of `folder`, in a folder of its own, and waits for its ready line.
    /// - Parameters:
    ///   - errors: its standard error, instead of the file that `errors` reads.
    ///   - redirections: those of a shell, such as `0<&-`.
    ///   - setUp: what the shell does before: `ulimit -f 16;`.
    init(
        projects folder: Folder, errors: FileHandle? = nil, redirections: String = "", setUp: String = "",
        _ arguments: String...
    ) async throws {
        self.folder = try Folder()
        projects = folder
        let pipe = Pipe()
        let words = ["serve", "--port", "0", "--projects", folder.path] + arguments
        process = try Program.process(
            "bash",
            ["-c", "cd '\(self.folder.path)'; \(setUp) exec \"$0\" \"$@\" \(redirections)", Program.parley] + words,
            output: pipe,
            errors: try errors ?? Program.file(self.folder.path("errors")))
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let text = Mutex("")
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return continuation.finish()
            }
            text.withLock { text in
                text += String(decoding: data, as: UTF8.self)
                while let end = text.firstIndex(of: "\n") {
                    continuation.yield(String(text[..<end]))
                    text = String(text[text.index(after: end)...])
                }
            }
        }
        exit = try Program.start(process)
        let line = try await lines.first()
        guard line.hasPrefix("ready http://") else { throw Missing(what: "the ready line: \(line)") }
        address = String(line.dropFirst("ready ".count))
    }

    deinit { if process.isRunning { process.terminate() } }

    /// The address of its WebSockets.
    var socket: String { address.replacingOccurrences(of: "http://", with: "ws://") }

    /// What it has written to standard error.
    var errors: String { (try? Program.text(folder.path("errors"))) ?? "" }

    /// Sends a signal to it.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Ends it; its exit status.
    func stop() async throws -> Int32 {
        signal(SIGTERM)
        return try await exit.first()
    }
}

/// Projects for these tests.
enum ProjectText {
    /// One agent, with a voice or without, in a conversation whose turns end quickly.
    static func planner(speaks: Bool) -> String {
        """
        orchestrator:
          agent_list:
            - agent_name: Planner
        utility_agents:
          - agent_class: PlanningAgent
            agent_name: Planner
            agent_description: Plans for the protection of investments.
            speech_config:
              voice: en-US-JennyNeural
              enable_speech: \(speaks)
            summarize_config:
              enable_summarize: true
        audio_config:
          asr:
            silence_duration_ms: 400
        """
    }
}
