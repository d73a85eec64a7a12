import ProviderKit

/// What comes from a client, whatever dialect it speaks.
public enum ClientInput: Equatable, Sendable {
    /// The caller's audio: PCM16 mono at 16 kHz.
    case audio([Int16])
    /// The same, of a whole turn that the client has kept until now: it comes faster than it was spoken.
    case recording([Int16])
    /// Anything else.
    case signal(ClientSignal)
}

/// What a client can tell a conversation besides audio.
public enum ClientSignal: Codable, Equatable, Sendable {
    /// The caller's words, typed.
    case text(String)
    /// A picture; it is the caller's until the next one comes.
    case picture(Picture)
    /// The microphone is on. In push-to-talk the caller has the floor until `stopRecording`.
    case startRecording
    /// The microphone is off: what was being said is over.
    case stopRecording
    /// Transcribe what is there; the turn goes on.
    case commitAudio
    /// Forget the utterance that is being spoken.
    case clearAudio
    /// The client's loudspeaker has started.
    case playbackStarted
    /// The client has played all that it had.
    case playbackStopped
    /// How much of the response the client has played.
    case playbackProgress(Duration)
    /// Stop answering; in push-to-talk, only the agent that is speaking stops.
    case cancelResponse
    /// Stop answering, however the caller may interrupt.
    case stopResponse
    /// The agent that is speaking stops, and the next one goes on.
    case skipAgent
    /// What came of a call that the client carried out, or that it did not.
    case toolResult(CallID, ToolOutcome)
    /// Change how easily the caller may interrupt, and what is reported.
    case update(SessionUpdate)
    /// Ask, change or empty the memory of the caller.
    case memory(MemoryRequest)
    /// Words that are put into the conversation and not answered.
    case remark(Remark)
    /// What was said is to be forgotten.
    case forget(Said)
    /// An answer to what is there is wanted; it begins when the caller is silent.
    case respond(ResponseOrder)
    /// Something that could not be understood; the dialect says what. Too many of them end the conversation.
    case malformed(BadInput)
    /// Audio that was not taken, and why. It does not count as bad input.
    case refused(BadInput)
    /// An answer to a heartbeat, or anything else without effect.
    case ignored
}

extension ClientSignal {
    /// What came of a call that the client carried out: text, or JSON as text.
    public static func toolOutput(_ id: CallID, _ text: String) -> ClientSignal { .toolResult(id, .result(text)) }

    /// The client did not carry a call out, and says why.
    public static func toolRefusal(_ id: CallID, _ reason: String) -> ClientSignal {
        .toolResult(id, .failed(.refused, reason))
    }
}

/// A live change of settings.
public struct SessionUpdate: Codable, Equatable, Sendable {
    /// Speech-positive frames that trigger.
    public var threshold: Int?
    /// The sliding window in frames.
    public var windowSize: Int?
    /// No trigger this long after playout starts.
    public var lockout: Duration?
    /// Still detecting this long after the last audio was sent.
    public var gracePeriod: Duration?
    /// What a frame must reach, 0…1.
    public var speechProbability: Float?
    /// Whether every counting frame is reported.
    public var reportsFrames: Bool?

    /// Whether the client knows that an answer may pause and go on.
    public var knowsPauses: Bool?

    /// Values of placeholders.
    public var variables: ClientValues?

    /// How turns are taken.
    public var turns: TurnRules?
    /// What is asked of all answers.
    public var orders: AnswerOrders?

    /// Whether it touches how the caller may interrupt.
    var changesVAD: Bool {
        threshold != nil || windowSize != nil || lockout != nil || gracePeriod != nil || speechProbability != nil
    }

    /// An update that changes nothing.
    public init() {}
}

/// Input that could not be used. Its text never repeats what the caller sent.
public struct BadInput: Codable, Error, Equatable, Sendable {
    /// Stable, for programs: `malformed_json`.
    public var code: String
    /// For people: what is wrong and what to do.
    public var message: String
    /// Which message it is about, as far as the dialect tells.
    public var subject: MessageSubject?

    /// Input that could not be used.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// Which of a client's messages something is about.
public struct MessageSubject: Codable, Equatable, Sendable {
    /// Counts the client's messages from 1.
    public var number = 0
    /// What the message says it is; nil when it is none that we know.
    public var type: String?
    /// The name that the client gave it.
    public var eventID: String?
    /// The field of it that something is about, in a dialect that tells it.
    public var field: String?

    /// A message of which nothing is known.
    public init() {}
}
