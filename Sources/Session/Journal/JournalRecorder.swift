import AudioCore
import ProjectModel
import Recording

/// Writes down one conversation: its journal, and audio beside it. It never holds the conversation up; lines are made and
/// written on a thread of their own.
///
/// The files are `BASE.jsonl`, `BASE.caller.wav` and `BASE.agent.wav`. A journal with a hole could not be replayed, so what
/// cannot be written ends it, and its last line says so where that can be.
public final class JournalRecorder: Sendable {
    /// So much of a conversation may wait to be written, in bytes.
    public static let limit = 16 << 20

    private let parley: String
    private let began: String
    private let lines: RecordedLines<JournalLines>
    private let caller: RecordedAudio?
    private let agent: RecordedAudio?
    private let agentRate: Int

    /// Makes the files.
    /// - Parameters:
    ///   - base: their path without the endings; there must be no such files.
    ///   - project: whose policy says which voices are recorded.
    ///   - parley: the version of this program.
    ///   - began: when the conversation begins: ISO 8601, in UTC.
    ///   - thread: who writes.
    ///   - limit: so much may wait, in bytes.
    /// - Throws: when a file cannot be made.
    public init(
        base: String, project: Project, parley: String, began: String, thread: RecordingThread, limit: Int = limit
    ) throws(RecordingError) {
        (self.parley, self.began, agentRate) = (parley, began, project.sampleRate)
        let audio = project.recording.audio
        lines = try RecordedLines(path: base + ".jsonl", JournalLines(), thread: thread, limit: limit)
        caller =
            audio == .none
            ? nil
            : try RecordedAudio(path: base + ".caller.wav", sampleRate: AudioPosition.sampleRate, thread: thread)
        agent =
            audio == .both
            ? try RecordedAudio(path: base + ".agent.wav", sampleRate: agentRate, thread: thread) : nil
    }

    /// The conversation begins.
    func begin(_ project: Project, _ identity: ConversationCore.Identity) {
        lines.append(
            .begin(
                JournalHeader(
                    parley: parley, began: began, description: identity.description, project: project, projectHash: "",
                    lead: identity.lead, knowsPauses: identity.knowsPauses, clock: identity.clock,
                    remembers: identity.remembers ? true : nil)))
    }

    /// Something happened, and this follows.
    func record(_ input: Input, at now: Duration, _ outputs: [Output]) {
        lines.append(.step(input, at: now, outputs))
    }

    /// Takes the voices that are recorded.
    func observe(_ observation: Conversation.Observation, at now: Duration) {
        switch observation {
        case .audio(let samples): caller?.append(samples)
        case .told(.agentAudio(_, _, let chunk)) where chunk.sampleRate == agentRate:
            agent?.append(chunk.samples, at: now.samples(at: agentRate))
        case .told, .heard: break
        }
    }

    /// Ends the recording; returns when the disk has it.
    /// - Returns: why files ended early; empty when none did.
    public func finish() async -> [RecordingError] {
        let ends = [await lines.finish(), await caller?.finish(), await agent?.finish()]
        return ends.compactMap { $0?.failure }
    }
}
