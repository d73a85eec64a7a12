import AudioCore
import Foundation
import ProjectModel
import Recording
import TestSupport
import Testing

@testable import Session

/// The files of a recording.
@Suite(.timeLimit(.minutes(2)))
final class JournalRecorderTests {
    private let folder: URL
    private let thread = RecordingThread()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "parley-journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted() }
    }

    private func project(_ audio: RecordingPolicy.Audio) -> Project {
        var project = Project(
            name: "p", orchestrator: Orchestrator(agentNames: ["Ada"]), agents: [Agent(name: "Ada")])
        project.recording = RecordingPolicy(isEnabled: true, audio: audio)
        return project
    }

    private func recorder(
        _ audio: RecordingPolicy.Audio = .none, limit: Int = JournalRecorder.limit
    ) throws -> JournalRecorder {
        try JournalRecorder(
            base: folder.appending(path: "a").path(), project: project(audio), parley: "1.2.3", began: "now",
            thread: thread, limit: limit)
    }

    private var identity: ConversationCore.Identity {
        .init(
            description: SessionDescription(
                id: ConversationID("conv_0123456789ab"), project: "p", version: 0, agents: [], vad: nil,
                fallbacks: [], sampleRate: 16_000))
    }

    private func said(_ samples: [Int16], rate: Int = 16_000) -> Conversation.Observation {
        let source = Attribution(response: ResponseID(1), item: ItemID(1), agent: "Ada")
        return .told(.agentAudio(source, SegmentID(1), AudioChunk(samples: samples, sampleRate: rate)))
    }

    @Test func whatWasHandedInCanBeReplayed() async throws {
        let recorder = try recorder()
        recorder.begin(project(.none), identity)
        var loop = ConversationLoop(
            ConversationCore(CompiledProject(project(.none)), identity), Nothing(),
            observe: { recorder.record($0, at: $1, $2) })
        loop.handle(.opened)
        loop.withEffects { $0.now = .seconds(1) }
        loop.handle(.client(.text("Hello.")))
        #expect(await recorder.finish().isEmpty)
        #expect(try names == ["a.jsonl"])
        let journal = try JournalReader.read(try bytes("a.jsonl"))
        #expect(journal.ending == .closed)
        #expect(journal.header.parley == "1.2.3" && journal.header.began == "now")
        #expect(journal.entries.map(\.input) == [.opened, .client(.text("Hello."))])
        #expect(Replay.unchanged(journal).isEqual)
        #expect(Replay.unchanged(journal).counts.responses == 1)
    }

    @Test func oursIsSilentWhereNothingWasSent() async throws {
        let recorder = try recorder(.both)
        recorder.observe(.heard(.seconds(1)), at: .zero)
        recorder.observe(.audio([1, 2, 3]), at: .milliseconds(1))
        recorder.observe(said([4, 5]), at: .milliseconds(1))
        recorder.observe(said([6]), at: .milliseconds(1))
        recorder.observe(said([9], rate: 8000), at: .milliseconds(1))
        recorder.observe(.audio([7]), at: .seconds(5))
        recorder.observe(said([8]), at: .milliseconds(2))
        #expect(await recorder.finish().isEmpty)
        #expect(try names == ["a.agent.wav", "a.caller.wav", "a.jsonl"])
        #expect(try WAVFile.read(try bytes("a.caller.wav")).samples == [1, 2, 3, 7], "by position, not by time")
        let silence = [Int16](repeating: 0, count: 16)
        let samples = try WAVFile.read(try bytes("a.agent.wav")).samples
        #expect(samples == silence + [4, 5, 6] + silence.dropLast(3) + [8])
    }

    @Test func onlyTheCallerIsRecordedByDefault() async throws {
        let recorder = try recorder(RecordingPolicy().audio)
        recorder.observe(.audio([1]), at: .zero)
        recorder.observe(said([2]), at: .zero)
        #expect(await recorder.finish().isEmpty)
        #expect(try names == ["a.caller.wav", "a.jsonl"])
    }

    /// The journal ends, says so, and what is there can be replayed: no hole.
    @Test func aDiskThatIsTooSlowEndsTheJournal() async throws {
        let recorder = try recorder(limit: 40_000)
        recorder.begin(project(.none), identity)
        var loop = ConversationLoop(
            ConversationCore(CompiledProject(project(.none)), identity), Nothing(),
            observe: { recorder.record($0, at: $1, $2) })
        loop.handle(.opened)
        for number in 0..<20 {
            loop.withEffects { $0.now += .seconds(1) }
            loop.handle(.client(.text(String(repeating: "long ", count: 1000 * number))))
        }
        #expect(await recorder.finish() == [RecordingError(.overrun)])
        let text = try bytes("a.jsonl")
        #expect(String(decoding: text, as: UTF8.self).hasSuffix("\n{\"ended\":\"overrun\"}\n"))
        let journal = try JournalReader.read(text)
        #expect(journal.ending == .overrun)
        #expect((1..<21).contains(journal.entries.count))
        #expect(Replay.unchanged(journal).isEqual)
    }

    @Test func nothingIsWrittenOver() async throws {
        let first = try recorder()
        #expect(throws: RecordingError.self) { try recorder() }
        _ = await first.finish()
    }
}

private struct Nothing: Effects {
    var now: Duration = .zero
    mutating func perform(_ output: Output) {}
}
