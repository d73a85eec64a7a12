import AudioCore
import ProjectModel
import ProviderKit
import VoiceActivity

/// One conversation: the ordered loop around `ConversationMachine`.
///
/// Everything that happens waits in one line and is handled one after the other; the actions that the machine answers
/// with are performed in order before the next event is looked at. Engines work beside the loop and report through the
/// same line, which holds them up while it is long.
public final class Conversation: Sendable {
    enum Input: Sendable {
        case client(ClientEvent)
        case engine(ConversationMachine.EngineEvent)
        case timer(Int)
    }

    /// What runs beside the loop.
    enum Work: Hashable, Sendable {
        case recognition(ConversationMachine.UtteranceID)
        case generation(ConversationMachine.ResponseID, Reply.Work)
        case synthesis(ConversationMachine.ResponseID, SpeechSegment.ID)
        case filler(FillerStock.ID)
        /// A conversation with the speech-to-speech model of that agent, by its running number.
        case interlocutor(agent: String, Int)
        case timer(Int)
        case warming
    }

    /// The conversation's id.
    public let id: String
    let project: Project
    let engines: Engines
    let lead: Duration
    let mailbox = Mailbox<Input>()
    let report: @Sendable (ProviderReport) -> Void
    let emit: @Sendable (ConversationEvent) -> Void

    /// Prepares a conversation; `run` holds it.
    /// - Parameters:
    ///   - lead: how far ahead of playout audio is sent.
    ///   - report: takes what each attempt at a provider came to; it must not block.
    ///   - emit: takes what the client is to know, in order; it must not block.
    public init(
        id: String, project: Project, engines: Engines, lead: Duration = .milliseconds(400),
        report: @escaping @Sendable (ProviderReport) -> Void = { _ in },
        emit: @escaping @Sendable (ConversationEvent) -> Void
    ) {
        self.id = id
        self.project = project
        self.engines = engines
        self.lead = lead
        self.report = report
        self.emit = emit
    }

    /// Tells the conversation what its client says; waits while too much is waiting to be handled, so that whoever reads
    /// the client's socket reads no faster than the conversation hears.
    public func post(_ event: ClientEvent) async { await mailbox.send(.client(event)) }

    /// Ends the conversation; `run` returns.
    public func end() { mailbox.close() }

    /// Holds the conversation until `end` is called or the task is cancelled.
    public func run() async {
        await withTaskCancellationHandler {
            var loop = ConversationLoop(self)
            await loop.run()
        } onCancel: {
            mailbox.close()
        }
    }
}
