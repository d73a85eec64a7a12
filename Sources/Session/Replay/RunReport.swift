import AudioCore
import TurnTaking

/// What happened in one run, as a person would tell it: interruptions, pauses, ends of turns, first sounds, what was heard.
public struct RunReport: Equatable, Sendable {
    /// What came of speech over an answer.
    public enum Verdict: String, Equatable, Sendable {
        /// The caller said something.
        case real = "true"
        /// It was noise, or held the answer only for a moment.
        case mistaken = "false"
        /// The recording does not tell what was said.
        case unknown
    }

    /// One time that the caller spoke over an answer.
    public struct Interruption: Equatable, Sendable {
        /// When sound stopped.
        public var at: Duration
        /// The number of the response.
        public var response: Int
        /// The number of the utterance; nil when something typed or a button stopped it.
        public var utterance: Int?
        /// Whether it was an interruption.
        public var verdict: Verdict
        /// What was heard of the agent's words.
        public var heard: String
    }

    /// One time that an answer was held until it was known what was said over it.
    public struct Pause: Equatable, Sendable {
        /// When sound stopped.
        public var at: Duration
        /// The number of the response.
        public var response: Int
        /// When it went on; nil when it did not.
        public var resumed: Duration?
    }

    /// One end of what the caller said.
    public struct TurnEnd: Equatable, Sendable {
        /// The number of the utterance.
        public var utterance: Int
        /// When the caller fell silent.
        public var speechEnd: Duration
        /// When that was taken for the end.
        public var decided: Duration
    }

    /// The first sound of one response.
    public struct FirstAudio: Equatable, Sendable {
        /// The number of the response.
        public var response: Int
        /// When it was sent.
        public var at: Duration
        /// Since the caller fell silent, or the words were typed; nil when that is not known.
        public var wait: Duration?
    }

    /// What the caller heard of one response.
    public struct Answer: Equatable, Sendable {
        /// The number of the response.
        public var response: Int
        /// When it began.
        public var at: Duration
        /// What was answered.
        public var question: String
        /// By agent, in order.
        public var heard: [Spoken]
        /// How it ended; nil when the recording ended before.
        public var status: String?
        /// When it ended.
        public var end: Duration?
    }

    /// What one agent was heard to say.
    public struct Spoken: Equatable, Sendable {
        /// The agent.
        public var agent: String
        /// What was heard of its words.
        public var text: String
    }

    /// Each time that the caller spoke over an answer.
    public internal(set) var interruptions: [Interruption] = []
    /// Each time that an answer was held.
    public internal(set) var pauses: [Pause] = []
    /// Each end of what the caller said.
    public internal(set) var turnEnds: [TurnEnd] = []
    /// The first sound of each response that had one.
    public internal(set) var firstAudio: [FirstAudio] = []
    /// What was heard of each response.
    public internal(set) var answers: [Answer] = []
    /// Replies that the recording does not hold: kind of engine and how many.
    public internal(set) var unknown: [Unknown] = []

    /// Replies of one kind of engine that the recording does not hold.
    public struct Unknown: Equatable, Sendable {
        /// `transcript`, `text` or `speech`.
        public var kind: String
        /// Of which nothing is known.
        public var whole: Int
        /// Of which a part is known, or which are estimated from a longer one.
        public var partial: Int
    }

    /// What happened in `run`.
    public init(_ run: ConversationRun) {
        var reader = RunReader(run)
        for step in run.steps { reader.read(step) }
        self = reader.finish()
    }

    init() {}
}
