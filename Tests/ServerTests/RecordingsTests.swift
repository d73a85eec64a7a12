import Foundation
import ProjectModel
import Projects
import Recording
import Session
import Telemetry
import Testing
import Vendors

@testable import Server

/// Recordings are deleted when their time is over.
@Suite final class RecordingsTests {
    private let root: URL
    private let metrics = Metrics()
    private let now = Date()

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "parley-recordings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: root.appending(path: "projects"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    private func recordings(_ projects: [String: String] = [:]) throws -> Recordings {
        for (name, recording) in projects {
            let text = """
                orchestrator: {agent_list: [{agent_name: Ada}]}
                utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]
                recording: \(recording)
                """
            try Data(text.utf8).write(to: root.appending(path: "projects/\(name).yaml"))
        }
        let registry = ProjectRegistry(
            folder: root.appending(path: "projects").path(), vendors: Vendor.all.map(\.profile))
        registry.rescan()
        var settings = ServerSettings()
        settings.recordings = root.appending(path: "calls").path()
        return Recordings(settings: settings, registry: registry, metrics: metrics, log: .none)
    }

    private func write(_ path: String, days: Double) throws {
        let place = root.appending(path: "calls").appending(path: path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: place.path()) { try Data("x".utf8).write(to: place) }
        try FileManager.default.setAttributes(
            [.modificationDate: now.addingTimeInterval(-days * 86_400)], ofItemAtPath: place.path())
    }

    private var left: [String] {
        get throws {
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "calls").path()).sorted()
        }
    }

    @Test func whatIsTooOldGoesWithItsAudio() throws {
        let recordings = try recordings(["a": "{enabled: true, keep_days: 2}", "b": "{enabled: false, keep_days: 90}"])
        for ending in [".jsonl", ".caller.wav", ".agent.wav"] {
            try write("a/conv_old\(ending)", days: 2.01)
            try write("a/conv_new\(ending)", days: 1.99)
            try write("b/conv_kept\(ending)", days: 89)
        }
        // Its journal ended early; the conversation went on.
        try write("a/conv_long.jsonl", days: 3)
        try write("a/conv_long.caller.wav", days: 1)
        recordings.purge(now: now)
        #expect(
            try left == [
                "a", "a/conv_long.caller.wav", "a/conv_long.jsonl", "a/conv_new.agent.wav", "a/conv_new.caller.wav",
                "a/conv_new.jsonl", "b", "b/conv_kept.agent.wav", "b/conv_kept.caller.wav", "b/conv_kept.jsonl",
            ])
        #expect(metrics.render().contains("parley_recording_files_deleted_total 3"))
    }

    @Test func otherFilesAreLeftAlone() throws {
        let recordings = try recordings(["a": "{enabled: true, keep_days: 1}"])
        for name in ["a/notes.txt", "a/conv_1.txt", "a/other.jsonl", "a/deeper/conv_1.jsonl", "conv_1.jsonl"] {
            try write(name, days: 99)
        }
        try FileManager.default.createDirectory(
            at: root.appending(path: "elsewhere"), withIntermediateDirectories: true)
        try Data().write(to: root.appending(path: "elsewhere/conv_1.jsonl"))
        try FileManager.default.setAttributes(
            [.modificationDate: now.addingTimeInterval(-99 * 86_400)],
            ofItemAtPath: root.appending(path: "elsewhere/conv_1.jsonl").path())
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "calls/link"), withDestinationURL: root.appending(path: "elsewhere"))
        let before = try left
        recordings.purge(now: now)
        #expect(try left == before)
        #expect(FileManager.default.fileExists(atPath: root.appending(path: "elsewhere/conv_1.jsonl").path()))
    }

    @Test func aFolderWithNothingInItGoes() throws {
        let recordings = try recordings()
        try write("gone/conv_1.jsonl", days: 31)
        try write("gone2/conv_1.jsonl", days: 29)
        recordings.purge(now: now)
        #expect(try left == ["gone2", "gone2/conv_1.jsonl"], "30 days where nobody says otherwise")
    }

    /// Its journals know how long they may be kept.
    @Test func aProjectThatIsGoneIsKeptToItsWord() async throws {
        let recordings = try recordings()
        var project = Project(
            name: "gone", orchestrator: Orchestrator(agentNames: ["Ada"]), agents: [Agent(name: "Ada")])
        project.recording = RecordingPolicy(isEnabled: true, keepDays: 5)
        let id = ConversationID("conv_0123456789abcdef")
        let recorder = try #require(recordings.recorder(for: project, id, log: .none))
        let conversation = Conversation(
            id: id, project: project, engines: try ScriptedEngines().cast(project).engines, dialect: Deaf(),
            recorder: recorder
        ) { _ in }
        conversation.end()
        await conversation.run()
        await recordings.finish(recorder, log: .none)
        let journal = "gone/conv_0123456789abcdef.jsonl"
        try write(journal, days: 4)
        recordings.purge(now: now)
        #expect(try left.contains(journal))
        try write(journal, days: 6)
        try write("gone/conv_0123456789abcdef.caller.wav", days: 6)
        recordings.purge(now: now)
        #expect(try left == [])
    }
}

private struct Deaf: Dialect {
    var contract: ClientContract { ClientContract() }
    var wake: Duration? { nil }
    mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) { ([], []) }
    mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] { [] }
    mutating func time(_ now: Duration) -> [Frame] { [] }
}
