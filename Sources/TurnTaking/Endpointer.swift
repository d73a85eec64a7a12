import AudioCore

/// Finds where the caller's speech begins and where it is over, in audio time. Pure.
public struct Endpointer: Equatable, Sendable {
    /// A change that the last window made.
    public enum Edge: Equatable, Sendable {
        /// Speech has begun at `onset`.
        case speechStarted(onset: AudioPosition)
        /// Speech pauses, and may be over: it is time to settle the words so far.
        case paused
        /// The pause goes on: it is time to judge whether it is the end.
        case lingered
        /// Speech goes on after a pause.
        case resumed
        /// Speech ended at `end`, and the silence that ends a turn has followed.
        case speechStopped(end: AudioPosition)
    }

    /// Where the caller's speech is.
    public enum State: Equatable, Sendable {
        /// Nothing is heard. Exits: `starting`.
        case quiet
        /// The last `run` windows were positive. Exits: `speaking` after three, `quiet` at the first that is not.
        case starting(onset: AudioPosition, run: Int)
        /// Speech, or a pause in it; `voicedUntil` is the end of the last voiced window. Exits: `quiet`.
        case speaking(onset: AudioPosition, voicedUntil: AudioPosition)
    }

    /// Number of consecutive windows (32 ms) that make speech. Shorter bursts are clicks.
    static let startRun = 3
    /// So long a silence is a pause: three windows. Stops within words are shorter.
    public static let pause: Duration = .milliseconds(96)
    /// So long a silence is worth a judgement: six windows.
    public static let lingering: Duration = .milliseconds(192)
    /// A window keeps speech going down to this much below the probability that starts it: Silero's own gap.
    public static let hysteresis: Float = 0.15

    /// Where the caller's speech is.
    public private(set) var state: State = .quiet
    /// When the turn is over; a change counts from the next window on.
    public internal(set) var configuration: EndpointingConfiguration
    /// Whether there is evidence that the pause that goes on is the end of the turn.
    private var isLikelyOver = false
    /// What a window must reach to start speech, 0…1.
    public internal(set) var speechProbability: Float

    /// - Parameter speechProbability: what a window must reach to start speech, 0…1.
    public init(_ configuration: EndpointingConfiguration, speechProbability: Float = 0.5) {
        self.configuration = configuration
        self.speechProbability = speechProbability
    }

    /// Where the speech began that is going on, if any.
    public var onset: AudioPosition? {
        if case .speaking(let onset, _) = state { return onset }
        return nil
    }

    /// The silence that ends the turn, as things are.
    public var silence: Duration {
        guard isLikelyOver, let policy = configuration.endOfTurn else { return configuration.longestSilence }
        return min(policy.shortest, policy.longest)
    }

    /// Judges the next window.
    public mutating func append(window: Range<AudioPosition>, probability: Float) -> Edge? {
        switch state {
        case .quiet where probability >= speechProbability:
            state = .starting(onset: window.lowerBound, run: 1)
        case .quiet: break
        case .starting(let onset, let run) where probability >= speechProbability:
            guard run + 1 >= Self.startRun else {
                state = .starting(onset: onset, run: run + 1)
                return nil
            }
            state = .speaking(onset: onset, voicedUntil: window.upperBound)
            return .speechStarted(onset: onset)
        case .starting:
            state = .quiet
        case .speaking(let onset, let voicedUntil) where probability >= speechProbability - Self.hysteresis:
            state = .speaking(onset: onset, voicedUntil: window.upperBound)
            isLikelyOver = false
            return window.lowerBound >= voicedUntil + Self.pause ? .resumed : nil
        case .speaking(_, let voicedUntil):
            if let end = end(at: window.upperBound) { return end }
            if Self.isReached(voicedUntil + Self.pause, in: window) { return .paused }
            if Self.isReached(voicedUntil + Self.lingering, in: window) { return .lingered }
        }
        return nil
    }

    private static func isReached(_ position: AudioPosition, in window: Range<AudioPosition>) -> Bool {
        window.lowerBound < position && position <= window.upperBound
    }

    /// The end of speech, if the silence up to `position` is long enough for it.
    private mutating func end(at position: AudioPosition) -> Edge? {
        guard case .speaking(_, let voicedUntil) = state, position >= voicedUntil + silence else { return nil }
        (state, isLikelyOver) = (.quiet, false)
        return .speechStopped(end: voicedUntil)
    }

    /// Takes it that the pause that goes on is the end of the turn: the shorter silence ends it.
    /// - Parameter position: the end of the last window.
    /// - Returns: the end of speech, if that silence is over.
    public mutating func expectEnd(at position: AudioPosition) -> Edge? {
        guard case .speaking(_, let voicedUntil) = state, position >= voicedUntil + Self.pause else { return nil }
        isLikelyOver = true
        return end(at: position)
    }

    /// Takes it that speech has been going on since `onset`, because the barge-in gate heard an interruption in bursts
    /// too short for this endpointer. Speech that is already going on stays as it is.
    public mutating func assumeSpeech(onset: AudioPosition, voicedUntil: AudioPosition) {
        switch state {
        case .speaking: return
        case .starting(let begun, _): state = .speaking(onset: min(onset, begun), voicedUntil: voicedUntil)
        case .quiet: state = .speaking(onset: onset, voicedUntil: voicedUntil)
        }
    }

    /// Ends speech that is going on, because the client stopped sending or said that the turn is over.
    public mutating func stop() -> Edge? {
        defer { (state, isLikelyOver) = (.quiet, false) }
        if case .speaking(_, let voicedUntil) = state { return .speechStopped(end: voicedUntil) }
        return nil
    }
}
