/// What a client can tell a conversation, whatever dialect it speaks.
public enum ClientEvent: Equatable, Sendable {
    /// The caller's audio: PCM16 mono at 16 kHz.
    case audio([Int16])
    /// The caller's words, typed.
    case text(String)
    /// The microphone is on.
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
    /// Stop answering.
    case cancelResponse
    /// Change how easily the caller may interrupt, and what is reported.
    case update(SessionUpdate)
    /// Something that could not be understood; the dialect says what.
    case malformed(BadInput)
    /// An answer to a heartbeat, or anything else without effect.
    case ignored
}

/// A live change of settings.
public struct SessionUpdate: Equatable, Sendable {
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

    /// An update that changes nothing.
    public init() {}
}

/// Input that could not be used. Its text never repeats what the caller sent.
public struct BadInput: Error, Equatable, Sendable {
    /// Stable, for programs: `malformed_json`.
    public var code: String
    /// For people: what is wrong and what to do.
    public var message: String

    /// Input that could not be used.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
