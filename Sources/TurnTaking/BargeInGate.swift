import AudioCore

/// Decides when speech over an answer becomes an interruption. Pure; its only clock is the caller's audio.
///
/// It triggers on the frame that brings the positive ones among the last `windowSize` frames to `threshold`, while a
/// response can be heard, after the lockout and before the grace period is over. Frames that end within the lockout are not
/// counted: the lockout is there to let echo cancellation settle, and what is heard meanwhile is no evidence.
public struct BargeInGate: Equatable, Sendable {
    /// An interruption.
    public struct Trigger: Equatable, Codable, Sendable {
        /// Start of the first positive frame in the window: where the interrupting speech began.
        public var onset: AudioPosition
        /// End of the frame that triggered.
        public var position: AudioPosition
    }

    /// What the gate does with the next frame.
    public enum State: Equatable, Sendable {
        /// No response is open. Exits: `silent`.
        case closed
        /// A response is open, and nothing of it can be heard: there is no echo and nothing to protect. Nothing is counted,
        /// because all speech is a turn. Exits: `locked` with the first audio, later `detecting`; `closed`.
        case silent(hasPlayed: Bool)
        /// Playout has just begun; nothing counts before `until`. Exits: `detecting` with the first frame that ends
        /// after it, `silent`, `closed`.
        case locked(until: AudioPosition, lastSent: AudioPosition)
        /// Counts frames until `lastSent` is a grace period ago. Exits: `silent`, `closed`.
        case detecting(lastSent: AudioPosition)

        /// The state's stable name: `closed`, `thinking` (nothing was played yet), `locked`, `detecting` or `resting`
        /// (everything sent was played).
        public var name: String {
            switch self {
            case .closed: "closed"
            case .silent(let hasPlayed): hasPlayed ? "resting" : "thinking"
            case .locked: "locked"
            case .detecting: "detecting"
            }
        }
    }

    /// What the gate does with the next frame.
    public private(set) var state: State = .closed
    /// How easily the caller may interrupt; a change counts from the next frame on.
    public var configuration: VADConfiguration
    /// Whether the response that is open may be interrupted at all.
    public var allowsInterruption = true
    /// The starts of the positive frames among the last `windowSize`, oldest first, by running frame number.
    private var positives: [(number: Int, start: AudioPosition)] = []
    private var frameNumber = 0

    /// A gate for one conversation.
    public init(_ configuration: VADConfiguration) {
        self.configuration = configuration
    }

    /// Equal if all further decisions are equal.
    public static func == (left: BargeInGate, right: BargeInGate) -> Bool {
        left.state == right.state && left.configuration == right.configuration
            && left.allowsInterruption == right.allowsInterruption
            && left.frameNumber == right.frameNumber
            && left.positives.elementsEqual(right.positives) { $0 == $1 }
    }

    /// Positive frames in the window now.
    public var count: Int { positives.count }

    /// A response begins.
    public mutating func responseOpened() {
        state = .silent(hasPlayed: false)
        positives.removeAll(keepingCapacity: true)
    }

    /// The response is over, whatever the reason.
    public mutating func responseClosed() {
        state = .closed
        positives.removeAll(keepingCapacity: true)
    }

    /// Playout begins: the client says so, or the first audio was sent. Only the first time within a response arms the
    /// lockout.
    public mutating func playoutStarted(at position: AudioPosition) {
        guard case .silent(let hasPlayed) = state else { return }
        positives.removeAll(keepingCapacity: true)
        state =
            hasPlayed
            ? .detecting(lastSent: position) : .locked(until: position + configuration.lockout, lastSent: position)
    }

    /// Audio of the response was sent.
    public mutating func audioSent(at position: AudioPosition) {
        switch state {
        case .silent: playoutStarted(at: position)
        case .locked(let until, _): state = .locked(until: until, lastSent: position)
        case .detecting: state = .detecting(lastSent: position)
        case .closed: break
        }
    }

    /// Nothing of the response can be heard any more.
    public mutating func playoutStopped() {
        switch state {
        case .locked, .detecting: state = .silent(hasPlayed: true)
        case .closed, .silent: break
        }
    }

    /// Counts one frame.
    /// - Returns: the interruption, if this frame makes it one. Sound stops with it, so nothing is counted afterwards.
    public mutating func receive(_ frame: Frame) -> Trigger? {
        frameNumber += 1
        positives.removeAll { $0.number <= frameNumber - configuration.windowSize }
        guard counts(frame) else {
            positives.removeAll(keepingCapacity: true)
            return nil
        }
        guard frame.probability >= configuration.speechProbability else { return nil }
        positives.append((frameNumber, frame.start))
        guard positives.count >= configuration.threshold, let first = positives.first else { return nil }
        playoutStopped()
        positives.removeAll(keepingCapacity: true)
        return Trigger(onset: first.start, position: frame.end)
    }

    /// Whether the frame counts. Also leaves states that end by time.
    private mutating func counts(_ frame: Frame) -> Bool {
        if case .locked(let until, let lastSent) = state, frame.start >= until {
            state = .detecting(lastSent: lastSent)
        }
        if case .detecting(let lastSent) = state, frame.end > lastSent + configuration.gracePeriod {
            state = .silent(hasPlayed: true)
        }
        guard frame.end > .start + configuration.minimumAudio else { return false }
        switch state {
        case .detecting: return allowsInterruption
        case .closed, .silent, .locked: return false
        }
    }
}
