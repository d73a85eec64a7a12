import AudioCore
import Foundation
import Testing

/// Conversations of a real server, written down and run again.
@Suite(.timeLimit(.minutes(4)), .serialized)
struct JournalTests {
    private let recordings: Folder

    init() throws { recordings = try Folder() }

    private func projects(_ recording: String) throws -> Folder {
        let folder = try Folder()
        try folder.write("planner.yaml", ProjectText.planner(speaks: true) + "\nrecording: \(recording)\n")
        return folder
    }

    /// Where recordings go: a folder that is not there yet.
    private var place: String { recordings.path("of/calls") }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place + "/planner").sorted().map {
            "\(place)/planner/\($0)"
        }
    }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }

    private func audio(_ path: String) throws -> AudioChunk {
        try WAVFile.read(Array(try Data(contentsOf: URL(filePath: path))))
    }

    private func question() async throws -> (path: String, folder: Folder) {
        let folder = try Folder()
        let path = folder.path("question.wav")
        let words = "How can I protect my investments against currency risk?"
        #expect(try await Program.run("flite", ["-voice", "slt", "-t", words, "-o", path]).status == 0)
        return (path, folder)
    }

    @Test func aCallWithLocalEnginesIsTheSameAgain() async throws {
        let server = try await ServerProcess(
            projects: try projects("{enabled: true, audio: both}"), "--recordings", place, "--log-level", "debug")
        let question = try await question()
        let call = try await Program.run(
            "call", server.socket, "--wav", question.path, "--out", question.folder.path("answer.wav"), "--timeout",
            "80")
        #expect(call.status == 0, "\(call.errors)")
        #expect(try await server.stop() == 0)

        let files = try files()
        #expect(
            files.map { $0.split(separator: "/").last?.drop { $0 != "." } } == [".agent.wav", ".caller.wav", ".jsonl"])
        #expect(try files.map(mode) == [0o600, 0o600, 0o600])
        #expect(try mode(place) == 0o700 && mode(place + "/planner") == 0o700)
        #expect(try PCM16.level(audio(files[0]).samples) > -50)
        let caller = try audio(files[1])
        #expect(caller.sampleRate == 16_000 && caller.duration > .seconds(2))

        let replay = try await Program.run("replay", files[2])
        #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
        #expect(replay.lines.last == "equal")
        #expect(replay.lines.contains { $0.wholeMatch(of: #/responses +1/#) != nil })
        #expect(replay.lines.contains { $0.hasPrefix("project        planner, version 0, content ") })
        #expect(!replay.output.contains("closed"))
        // The words are in the journal, and in nothing that an operator sees.
        #expect(try Program.text(files[2]).contains("investments"))
        #expect(!server.errors.contains("investments"))
        // The whole of the caller's audio, as the journal counts it.
        let ends = try Program.text(files[2]).matches(of: #/"audio":{"_0":{"end":(\d+)/#).compactMap { Int($0.1) }
        #expect(ends.last == caller.samples.count)
    }

    @Test func aKilledServerLeavesAJournal() async throws {
        let server = try await ServerProcess(projects: try projects("{enabled: true}"), "--recordings", place)
        let question = try await question()
        let output = Pipe()
        let call = try Program.process(
            Program.parley, ["call", server.socket, "--wav", question.path, "--out", question.folder.path("a.wav")],
            output: output, errors: try Program.file(question.folder.path("errors")))
        let end = try Program.start(call)
        var seen = ""
        while !seen.contains("response.audio.delta") {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the call ended before it was answered")
            seen += String(decoding: more, as: UTF8.self)
        }
        server.signal(SIGKILL)
        _ = try await server.exit.first()
        _ = output.fileHandleForReading.readDataToEndOfFile()
        #expect(try await end.first() == 1)

        let files = try files()
        #expect(files.count == 2)
        let replay = try await Program.run("replay", files[1])
        #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
        #expect(replay.lines.last == "equal")
        #expect(replay.output.contains("the journal was not closed"))
        #expect(replay.lines.contains { $0.wholeMatch(of: #/responses +1/#) != nil })
        #expect(try audio(files[0]).duration > .seconds(1))
    }

    @Test func nothingIsRecordedUnlessTheProjectSaysSo() async throws {
        let server = try await ServerProcess(
            projects: try projects("{enabled: false, audio: both}"), "--recordings", place)
        let folder = try Folder()
        let call = try await Program.run("call", server.socket, "--text", "hello", "--out", folder.path("a.wav"))
        #expect(call.status == 0)
        #expect(try await server.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test func aFolderThatCannotBeMadeIsSaidAndCounted() async throws {
        let server = try await ServerProcess(
            projects: try projects("{enabled: true}"), "--recordings", "/dev/null/recordings")
        let folder = try Folder()
        let call = try await Program.run("call", server.socket, "--text", "hello", "--out", folder.path("a.wav"))
        #expect(call.status == 0, "the conversation goes on")
        let metrics = try await Program.run("curl", ["--silent", server.address + "/metrics"]).output
        #expect(metrics.contains(#"parley_recording_failures_total{reason="notCreated"} 1"#))
        #expect(metrics.contains("parley_recordings_total 0"))
        #expect(try await server.stop() == 0)
        #expect(server.errors.contains("a conversation is not recorded"))
    }

    @Test func aFullDiskEndsTheRecordingAndNotTheConversation() async throws {
        let folder = try projects("{enabled: true}")
        // Files end at 16 KiB: less than the journal of a call, and than half a second of the caller's voice.
        let server = try await ServerProcess(
            projects: folder, setUp: "trap '' XFSZ; ulimit -f 16;", "--recordings", place)
        let question = try await question()
        let call = try await Program.run(
            "call", server.socket, "--wav", question.path, "--out", question.folder.path("a.wav"), "--timeout", "80")
        #expect(call.status == 0)
        #expect(try await server.stop() == 0)
        #expect(server.errors.contains("a recording ended early"))
        #expect(server.errors.contains("there is no room for the recording"))
        let files = try files()
        let replay = try await Program.run("replay", try #require(files.last))
        #expect(replay.lines.last == "equal")
        #expect(replay.output.contains("the journal was not closed"))
    }

    @Test func whatIsNoJournalIsRefused() async throws {
        let missing = try await Program.run("replay", "/nowhere/a.jsonl")
        #expect(missing.status == 1)
        #expect(missing.errors == "parley replay: /nowhere/a.jsonl: cannot be read\n")
        let path = try recordings.write("a.jsonl", "{\"format\":99}\n")
        let future = try await Program.run("replay", path)
        #expect(future.status == 1)
        #expect(future.errors.contains("line 1: the journal has format 99; this program reads 1"))
        let torn = try recordings.write("b.jsonl", "{\"format\":1")
        #expect(try await Program.run("replay", torn).errors.contains("it has no header"))
    }
}
