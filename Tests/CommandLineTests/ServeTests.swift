import AudioCore
import Foundation
import Testing

/// `parley serve` and `parley call` with each other.
@Suite(.timeLimit(.minutes(4)), .serialized)
struct ServeTests {
    private func projects(speaks: Bool = true) throws -> Folder {
        let folder = try Folder()
        try folder.write("planner.yaml", ProjectText.planner(speaks: speaks))
        return folder
    }

    private func get(_ url: String) async throws -> Outcome {
        try await Program.run("curl", ["--silent", "--show-error", "--fail", "--max-time", "20", url])
    }

    // MARK: - Starting and stopping

    @Test(arguments: [SIGTERM, SIGINT])
    func itServesFromItsReadyLineUntilASignal(signal: Int32) async throws {
        let server = try await ServerProcess(projects: try projects())
        #expect(try await get(server.address + "/healthz").output == "ok\n")
        #expect(try await get(server.address + "/api/projects").output.contains(#""name":"planner""#))
        server.signal(signal)
        #expect(try await server.exit.first() == 0)
        #expect(try await get(server.address + "/healthz").status != 0)
        #expect(!server.errors.isEmpty)
        // No terminal: every line is a JSON object.
        for line in server.errors.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["message"] is String)
        }
    }

    @Test func aPortThatIsTaken() async throws {
        let folder = try projects()
        let server = try await ServerProcess(projects: folder)
        let port = try #require(server.address.split(separator: ":").last.map(String.init))
        let outcome = try await Program.run("serve", "--port", port, "--projects", folder.path)
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("parley serve: "))
        #expect(outcome.errors.contains(port))
        #expect(outcome.errors.contains("--port 0"))
        #expect(try await server.stop() == 0)
    }

    @Test func aFolderThatIsMissing() async throws {
        let outcome = try await Program.run("serve", "--port", "0", "--projects", "/nowhere/projects")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("/nowhere/projects"))
        #expect(outcome.errors.contains("--projects"))
    }

    @Test func aDefaultProjectThatIsMissing() async throws {
        let folder = try projects()
        let outcome = try await Program.run(
            "serve", "--port", "0", "--projects", folder.path, "--default-project", "sales")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("'sales'"))
        #expect(outcome.errors.contains("planner"))
    }

    @Test func aBrokenProjectDoesNotKeepTheOthersBack() async throws {
        let folder = try projects()
        try folder.write("broken.yaml", "orchestrator: 7\n")
        let server = try await ServerProcess(projects: folder)
        #expect(try await get(server.address + "/readyz").output == "ready\n")
        #expect(server.errors.contains("broken.yaml:1:"))
        #expect(try await server.stop() == 0)
    }

    /// A class that cannot run here is stood in for, unless that is not wanted.
    @Test func aStandInIsSaidOrRefused() async throws {
        let folder = try projects()
        let text = """
            orchestrator: {agent_list: [{agent_name: Tides}]}
            utility_agents: [{agent_class: SearchAgent, agent_name: Tides}]
            """
        try folder.write("harbour.yaml", text)
        let server = try await ServerProcess(projects: folder)
        #expect(server.errors.contains("Local/Planner for SearchAgent 'Tides'"))
        #expect(server.errors.contains("it cannot search the web here"))
        #expect(try await server.stop() == 0)
        let outcome = try await Program.run("serve", "--port", "0", "--projects", folder.path, "--strict-agents")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("project 'harbour' names SearchAgent 'Tides', but it cannot search the web here"))
    }

    @Test func defaultsOfADeployment() async throws {
        let folder = try projects()
        let defaults = try Folder()
        try defaults.write("house.yaml", "audio_config: {vad: {enable_barge_in: true, preset: normal}}\n")
        let outcome = try await Program.run(
            "serve", "--port", "0", "--projects", folder.path, "--defaults", defaults.path("nothing.yaml"))
        #expect(outcome.status == 1 && outcome.errors.contains("nothing.yaml"))
        let server = try await ServerProcess(projects: folder, "--defaults", defaults.path("house.yaml"))
        #expect(try await get(server.address + "/api/projects/planner").output.contains(#""vad_enabled":true"#))
        #expect(server.errors.contains("hears with ") && server.errors.contains(", barge-in"))
        #expect(try await server.stop() == 0)
    }

    // MARK: - Calling

    @Test func aCallIsAnsweredAloud() async throws {
        let server = try await ServerProcess(projects: try projects())
        let folder = try Folder()
        let question = folder.path("question.wav")
        let words = "How can I protect my investments against currency risk?"
        #expect(try await Program.run("flite", ["-voice", "slt", "-t", words, "-o", question]).status == 0)
        let answer = folder.path("answer.wav")
        let outcome = try await Program.run(
            "call", server.socket, "--wav", question, "--out", answer, "--timeout", "80")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let types = outcome.lines.compactMap { $0.firstMatch(of: #/^ *[\d.]+  (\S+)/#)?.1 }.map(String.init)
        #expect(types.first == "session.created")
        #expect(types.last == "response.done")
        for type in ["response.created", "response.text.delta", "response.audio.delta", "response.audio.done"] {
            #expect(types.contains(type))
        }
        let heard = try #require(outcome.lines.last { $0.contains("response.audio_transcript.done") })
        #expect(heard.contains("investments"))
        #expect(heard.contains("currency"))
        let recording = try WAVFile.read(Array(try Data(contentsOf: URL(filePath: answer))))
        #expect(recording.sampleRate == 16000)
        #expect(recording.duration > .seconds(1))
        #expect(PCM16.level(recording.samples) > -40)
        #expect(try await server.stop() == 0)
    }

    @Test(arguments: [("/bridge/nobody", "4404 unknown_project"), ("/nothing/here", "404")])
    func aCallThatIsRefused(path: String, reason: String) async throws {
        let server = try await ServerProcess(projects: try projects())
        let folder = try Folder()
        let answer = folder.path("answer.wav")
        let outcome = try await Program.run("call", server.socket + path, "--text", "hello", "--out", answer)
        #expect(!FileManager.default.fileExists(atPath: answer))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(reason))
        #expect(try await server.stop() == 0)
    }

    @Test(arguments: ["ws://127.0.0.1:1", "ws://no-such-host.invalid:8000", "http://127.0.0.1", "nonsense"])
    func aCallToNowhere(url: String) async throws {
        let folder = try Folder()
        let answer = folder.path("answer.wav")
        let outcome = try await Program.run("call", url, "--text", "hello", "--out", answer)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("parley call: "))
        #expect(outcome.errors.count > "parley call: \n".count + 10)
        #expect(!FileManager.default.fileExists(atPath: answer))
    }

    @Test func aCallWithoutItsRecording() async throws {
        let outcome = try await Program.run("call", "ws://127.0.0.1:1", "--wav", "/nowhere/speech.wav")
        #expect(outcome.status == 1)
        #expect(outcome.errors == "parley call: /nowhere/speech.wav: cannot be read\n")
    }

    /// Found out before the call, not after it.
    @Test(arguments: ["/nowhere/answer.wav", "/"])
    func anAnswerThatCannotBeWritten(path: String) async throws {
        let outcome = try await Program.run("call", "ws://127.0.0.1:1", "--text", "hello", "--out", path)
        #expect(outcome.status == 1)
        #expect(outcome.errors == "parley call: \(path): cannot be written\n")
    }

    /// Without `--out` no file is written, and the scheme of the address may be left out.
    @Test func aCallLeavesNoFileBehind() async throws {
        let server = try await ServerProcess(projects: try projects())
        let folder = try Folder()
        let script = "cd \"$1\" && \"$0\" call \"$2\" --text 'What about bonds?' --json"
        let address = server.address.replacingOccurrences(of: "http://", with: "")
        let outcome = try await Program.run("bash", ["-c", script, Program.parley, folder.path, address])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        struct Event: Decodable {
            var type: String
            var at: Double
        }
        let events = try outcome.lines.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
        #expect(events.first?.type == "session.created")
        #expect(events.last?.type == "response.done")
        #expect(events.map(\.at) == events.map(\.at).sorted())
        #expect(try await server.stop() == 0)
    }

    // MARK: - What stays between caller and agents

    /// Typed and spoken words are in the conversation, and in nothing that an operator sees.
    @Test func callersWordsAreNowhereElse() async throws {
        let server = try await ServerProcess(projects: try projects(speaks: false), "--log-level", "debug")
        let folder = try Folder()
        let question = folder.path("question.wav")
        let spoken = "The elephant wants to protect its investments."
        #expect(try await Program.run("flite", ["-voice", "slt", "-t", spoken, "-o", question]).status == 0)
        let out = folder.path("answer.wav")
        let typed = try await Program.run(
            "call", server.socket + "/?uuid=canaryuser", "--text", "Tell me about xylophones.", "--out", out)
        let said = try await Program.run("call", server.socket, "--wav", question, "--out", out, "--timeout", "60")
        #expect(typed.status == 0)
        #expect(typed.output.contains("xylophones"), "the conversation has the words")
        #expect(said.status == 0)
        #expect(said.output.contains("investments"), "the conversation has the words")
        let metrics = try await get(server.address + "/metrics").output
        #expect(metrics.contains(#"parley_responses_total{status="completed"} 2"#))
        #expect(try await server.stop() == 0)
        let seen = (server.errors + metrics).lowercased()
        #expect(seen.contains("conversation ends"))
        for word in ["xylophone", "elephant", "investment", "canaryuser"] {
            #expect(!seen.contains(word), "\(word) was seen")
        }
    }
}
