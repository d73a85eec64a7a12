import AudioCore
import ProjectModel
import ProviderKit

/// A conversation on virtual time: the real loop, a scripted caller and client, and engines of constant speed. What its
/// language models write is asked of whoever holds it. The same acts and answers give the same conversation, byte for byte,
/// at any speed of the machine, and in whatever order parallel work is answered: see `RehearsedEffects`.
public struct Rehearsal {
    /// The caller's audio comes in pieces of one window.
    private static let window = 512
    /// A deadline that does not move when the conversation is woken is given up after so many times.
    private static let patience = 100

    private let book: Book
    private var loop: ConversationLoop<RehearsedEffects>
    private var caller: RehearsedCaller
    /// When the caller's next audio comes.
    private var nextAudio: Duration = .zero
    /// Times in a row that the conversation was woken at one moment.
    private var wakes = 0

    /// Begins a conversation.
    /// - Parameter clock: what the models are told of date and time.
    public init(_ project: Project, clock: WallClock? = nil) { self.init(project, clock: clock) { _, _, _ in } }

    /// - Parameter observe: sees each input with its time, and what was decided.
    init(_ project: Project, clock: WallClock?, observe: @escaping (Input, Duration, [Output]) -> Void) {
        let description = SessionDescription(
            id: ConversationID("conv_rehearsal00001"), project: project.name, version: project.version, agents: [],
            vad: project.audio.vad, fallbacks: [], sampleRate: project.sampleRate)
        let identity = ConversationCore.Identity(
            description: description, knowsPauses: true, announcement: project.announcement, clock: clock)
        let book = Book()
        self.book = book
        caller = RehearsedCaller(pushesToTalk: project.audio.vad == nil)
        loop = ConversationLoop(
            ConversationCore(CompiledProject(project), identity), RehearsedEffects(sampleRate: project.sampleRate)
        ) { input, at, outputs in
            observe(input, at, outputs)
            for output in outputs { book.note(output, at: at) }
        }
        loop.handle(.opened)
    }

    /// The time since the conversation began.
    public var now: Duration { loop.effects.now }

    /// What has happened since it was last asked, in order.
    public mutating func takeEvents() -> [RehearsalEvent] { book.take() }

    // MARK: - The caller

    /// The caller types.
    public mutating func type(_ words: String) { loop.handle(.client(.text(words))) }

    /// The caller begins to speak, at a usual pace.
    /// - Returns: when the last word is spoken.
    public mutating func speak(_ words: String) -> Duration {
        if caller.isSilent, caller.pushesToTalk { loop.handle(.client(.startRecording)) }
        return nextAudio + caller.speak(words)
    }

    // MARK: - The engines

    /// What was asked of language models, and not answered yet.
    public mutating func takeQuestions() -> [RehearsalQuestion] { loop.withEffects { $0.takeQuestions() } }

    /// Lets a language model write.
    /// - Parameters:
    ///   - text: nil: it fails.
    ///   - delay: from now to the first word; the others follow, 50 a second.
    ///   - calls: what it calls behind the text.
    public mutating func answer(
        _ question: RehearsalQuestion, with text: String?, calling calls: [ToolCall] = [], after delay: Duration
    ) {
        loop.withEffects { $0.write(text, calling: calls, for: question.work, after: delay) }
    }

    /// The calls of tools that left, and are not answered yet.
    public mutating func takeCalls() -> [RehearsalCall] { loop.withEffects { $0.takeCalls() } }

    /// A call is over, so long from now.
    public mutating func finish(_ call: RehearsalCall, _ outcome: ToolOutcome, after delay: Duration) {
        loop.withEffects { $0.finish(call, outcome, after: delay) }
    }

    // MARK: - Time

    /// Lets the next thing happen, whatever it is. The caller's microphone is always on, so something always happens within
    /// 32 ms of the conversation.
    public mutating func step() {
        let wake = loop.effects.wake.map { max($0, now) }
        let reply = loop.effects.next
        let next = min(nextAudio, reply ?? nextAudio)
        if let wake, wake < next, isPatient(at: wake) {
            move(to: wake)
            loop.handle(.time)
        } else if let reply, reply <= nextAudio {
            move(to: reply)
            if let input = loop.withEffects({ $0.take() }) { loop.handle(input) }
        } else {
            move(to: nextAudio)
            listen()
        }
    }

    private mutating func isPatient(at wake: Duration) -> Bool {
        wakes = wake > now ? 0 : wakes + 1
        return wakes <= Self.patience
    }

    private mutating func listen() {
        let wasSilent = caller.isSilent
        let audio = caller.next(Self.window)
        loop.withEffects { $0.heard(caller) }
        nextAudio += .samples(Self.window, at: AudioPosition.sampleRate)
        loop.handle(.audio(audio))
        if caller.pushesToTalk, caller.isSilent, !wasSilent { loop.handle(.client(.stopRecording)) }
    }

    private mutating func move(to time: Duration) { loop.withEffects { $0.now = max($0.now, time) } }

    /// What has happened, until it is asked for.
    private final class Book {
        private var events: [RehearsalEvent] = []

        func note(_ output: Output, at: Duration) {
            switch output {
            case .tell(let event): events.append(RehearsalEvent(at: at, content: .told(event)))
            case .play(let source, _, let range, let rate):
                events.append(RehearsalEvent(at: at, content: .played(source, .samples(range.count, at: rate))))
            case .request, .wake: break
            }
        }

        func take() -> [RehearsalEvent] {
            defer { events = [] }
            return events
        }
    }
}

/// Something that happened in a rehearsed conversation.
public struct RehearsalEvent: Equatable, Sendable {
    /// What happened.
    public enum Content: Equatable, Sendable {
        /// The client was told something.
        case told(ConversationEvent)
        /// The client was given so much more of an agent's voice.
        case played(Attribution, Duration)
    }

    /// Since the conversation began.
    public var at: Duration
    /// What it was.
    public var content: Content
}

/// What a language model was asked in a rehearsed conversation.
public struct RehearsalQuestion: Sendable {
    let work: Work
    /// The models that would be asked.
    public let models: ModelChain
    /// What they would be asked.
    public let request: GenerationRequest
    /// For which response.
    public var response: ResponseID { work.response }
}

/// A call of a tool in a rehearsed conversation.
public struct RehearsalCall: Sendable {
    let id: CallID
    /// What is called. Its key is the same in each rehearsal: whoever carries it out gives it another.
    public let invocation: ToolInvocation
    let limit: Duration
}
