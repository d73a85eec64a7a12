/// How easily a caller may interrupt: the `audio_config.vad` block of a project.
///
/// Names and defaults are those of the AI Refinery barge-in tutorial; the last two are ours.
public struct VADConfiguration: Equatable, Codable, Sendable {
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

    /// Words that hold an answer but do not end it, such as "mhm", in lower case; nil is the list of the language, for
    /// clients that know about pauses. At most `mostBackChannels`, of at most `longestBackChannel` characters each.
    public var backChannels: [String]?

    /// So many back-channels a project may name.
    public static let mostBackChannels = 100
    /// In Unicode scalars.
    public static let longestBackChannel = 40

    /// The defaults.
    public init() {}

    /// The problem with the values, in a sentence; nil if they are valid.
    public var problem: String? {
        if !(10...100).contains(frameMilliseconds) { return "frame_ms must be 10…100" }
        if !(1...1000).contains(windowSize) { return "window_size must be 1…1000" }
        if !(1...windowSize).contains(threshold) { return "threshold must be 1…window_size (\(windowSize))" }
        if !(.zero ... .seconds(60)).contains(lockout) { return "lockout_seconds must be 0…60" }
        if !(.zero ... .seconds(60)).contains(gracePeriod) { return "grace_period_seconds must be 0…60" }
        if !(.zero ... .seconds(30)).contains(minimumAudio) { return "silero_min_samples_seconds must be 0…30" }
        if !(0...1).contains(speechProbability) { return "speech_probability must be 0…1" }
        return nil
    }
}
