/// How easily a caller may interrupt: the `audio_config.vad` block of a project.
///
/// Names and defaults are those of the AI Refinery barge-in tutorial; the last two are ours.
public struct VADConfiguration: Equatable, Sendable {
    /// Length of a counting frame, in milliseconds: 10…100.
    public var frameMilliseconds = 30
    /// Speech-positive frames within the window that trigger: 1…`windowSize`.
    public var threshold = 30
    /// The sliding window, in frames: 1…1000.
    public var windowSize = 48
    /// No trigger this long after playout of a response starts: 0…60 s.
    public var lockout: Duration = .seconds(1)
    /// Still detecting this long after the last audio was sent: 0…60 s.
    public var gracePeriod: Duration = .seconds(3)
    /// Audio buffered in the session before the network's verdicts count: 0…30 s.
    public var minimumAudio: Duration = .milliseconds(1500)
    /// A frame is positive when the speech probability of a window that covers it reaches this: 0…1.
    public var speechProbability: Float = 0.5
    /// Whether an answer goes on when no words followed an interruption.
    public var resumeAfterFalseBargeIn = true

    /// The defaults.
    public init() {}
}
