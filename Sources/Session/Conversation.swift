import AudioCore
import ProjectModel
import ProviderKit
import SpeechText
import SpellOut

/// One conversation: the ordered line of what happens to it, and the loop that handles it.
///
/// Everything that happens waits in one line and is handled one after the other; what is decided is carried out before the
/// next is looked at. Engines work beside the loop and report through the same line, which holds them up while it is long.
public final class Conversation: Sendable {
    enum Message: Sendable {
        case frame(Frame)
        case input(Input)
        case timer(Int)
    }

    /// The conversation's id.
    public let id: ConversationID
    let project: Project
    let engines: Engines
    let lead: Duration
    let clock: ChainClock
    let executor: (any TaskExecutor)?
    let mailbox = Mailbox<Message>()
    let dialect: any Dialect
    let usesStandIns: Bool
    let outlets: Outlets
    private let surroundings: Surroundings

    /// What is the same for all conversations of a place: its clock, and the words of languages.
    private struct Surroundings {
        var wallClock: WallClock?
        var forms: any SpokenForms
    }

    /// Where goes what a conversation gives out. None of them may block.
    struct Outlets: Sendable {
        var report: @Sendable (ProviderReport) -> Void
        var observe: @Sendable (Observation) -> Void
        var send: @Sendable (Frame) -> Void
    }
    private let recorder: JournalRecorder?

    /// What those learn who watch a conversation.
    public enum Observation: Sendable {
        /// The client was told something.
        case told(ConversationEvent)
        /// The client has sent so much audio.
        case heard(Duration)
        /// The caller's audio as it is judged and recognized: without what came too fast.
        case audio([Int16])
    }

    /// Prepares a conversation; `run` holds it.
    /// - Parameters:
    ///   - lead: how far ahead of playout audio is sent.
    ///   - clock: begins with the conversation.
    ///   - wallClock: what the models are told of date and time; nil tells them nothing.
    ///   - forms: the words of languages, for reading aloud; best shared by all conversations.
    ///   - executor: where engines work beside the loop; nil is the pool of the process.
    ///   - dialect: how the client talks.
    ///   - usesStandIns: whether stand-ins on this machine play the hosted providers.
    ///   - recorder: writes the conversation down; who made it finishes it.
    ///   - report: takes what each attempt at a provider came to; it must not block.
    ///   - observe: takes what happens, for metrics; it must not block.
    ///   - send: takes what goes to the client, in order; it must not block.
    public init(
        id: ConversationID, project: Project, engines: Engines, lead: Duration = .milliseconds(400),
        clock: ChainClock = .continuous, wallClock: WallClock? = nil, forms: any SpokenForms = ICUForms(),
        executor: (any TaskExecutor)? = nil, dialect: any Dialect,
        usesStandIns: Bool = false, recorder: JournalRecorder? = nil,
        report: @escaping @Sendable (ProviderReport) -> Void = { _ in },
        observe: @escaping @Sendable (Observation) -> Void = { _ in }, send: @escaping @Sendable (Frame) -> Void
    ) {
        self.id = id
        self.project = project
        self.engines = engines
        self.lead = lead
        self.clock = clock
        surroundings = Surroundings(wallClock: wallClock, forms: forms)
        self.executor = executor
        self.dialect = dialect
        self.usesStandIns = usesStandIns
        self.recorder = recorder
        outlets = Outlets(
            report: report,
            observe: { observation in
                recorder?.observe(observation, at: clock.now())
                observe(observation)
            }, send: send)
    }

    /// Tells the conversation what its client says; waits while too much is waiting to be handled, so that whoever reads
    /// the client's socket reads no faster than the conversation hears.
    public func post(_ frame: Frame) async { await mailbox.send(.frame(frame)) }

    /// Ends the conversation; `run` returns.
    public func end() { mailbox.close() }

    /// Holds the conversation until `end` is called or the task is cancelled.
    public func run() async {
        await withTaskCancellationHandler {
            let remembers = engines.memory != nil && project.memory != nil
            let identity = ConversationCore.Identity(
                description: description, lead: lead, knowsPauses: dialect.contract.knowsPauses,
                announcement: project.announcement, clock: surroundings.wallClock,
                remembers: remembers)
            recorder?.begin(project, identity)
            var loop = ConversationLoop(
                ConversationCore(CompiledProject(project, forms: surroundings.forms), identity), LiveEffects(self),
                observe: { [recorder] in recorder?.record($0, at: $1, $2) })
            loop.handle(.opened)
            loop.withEffects { $0.arm() }
            while let message = await mailbox.next() {
                switch message {
                case .frame(let frame):
                    for part in loop.withEffects({ $0.read(frame) }) {
                        if let input = loop.withEffects({ $0.take(part) }) { loop.handle(input) }
                        loop.withEffects { $0.passOn() }
                    }
                case .input(let input): loop.handle(input)
                case .timer(let number): if loop.withEffects({ $0.wokeUp(number) }) { loop.handle(.time) }
                }
                loop.withEffects { $0.arm() }
            }
            if remembers { loop.handle(.closed) }
            var effects = loop.effects
            await effects.finish()
        } onCancel: {
            mailbox.close()
        }
    }
}
