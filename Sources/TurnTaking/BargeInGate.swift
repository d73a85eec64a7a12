import AudioCore

/// Decides when speech over an answer becomes an interruption. Pure; its only clock is the caller's audio: every
/// position is a count of the samples received so far, at 16 kHz.
///
/// It triggers on the frame that brings the positive ones among the last `windowSize` frames to `threshold`, while a
/// response is open, after the lockout and before the grace period is over. Frames that end within the lockout are not
/// counted: the lockout is there to let echo cancellation settle, and what is heard meanwhile is no evidence.
public struct BargeInGate: Equatable, Sendable {
    /// An interruption.
    public struct Trigger: Equatable, Sendable {
        /// Start of the first positive frame in the window: where the interrupting speech began.
        public var onset: Int
        /// End of the frame that triggered.
        public var position: Int
    }

    /// What the gate does with the next frame.
    public enum State: Equatable, Sendable {
        /// No response is open. Exits: `thinking`.
        case closed
        /// A response is open and nothing of it has been played. Counts frames. Exits: `locked`, `closed`.
        case thinking
        /// Playout has just begun; nothing counts before `until`. Exits: `detecting` with the first frame that ends
        /// after it, `closed`.
        case locked(until: Int, lastSent: Int)
        /// Counts frames until `lastSent` is a grace period ago. Exits: `resting`, `closed`.
        case detecting(lastSent: Int)
        /// The audio that was sent has been played out, by the client's word or by time. Exits: `detecting` when more
        /// audio is sent, `closed`.
        case resting

        /// The state's stable name: `closed`, `thinking`, `locked`, `detecting` or `resting`.
        public var name: String {
            switch self {
            case .closed: "closed"
            case .thinking: "thinking"
            case .locked: "locked"
            case .detecting: "detecting"
            case .resting: "resting"
            }
        }
    }

    /// What the gate does with the next frame.
    public private(set) var state: State = .closed
    /// How easily the caller may interrupt; a change counts from the next frame on.
    public var configuration: VADConfiguration
    /// The starts of the positive frames among the last `windowSize`, oldest first, by running frame number.
    private var positives: [(number: Int, start: Int)] = []
    private var frameNumber = 0

    /// A gate for one conversation.
    public init(_ configuration: VADConfiguration) {
        self.configuration = configuration
    }

    /// Equal when they decide alike from here on.
    public static func == (left: BargeInGate, right: BargeInGate) -> Bool {
        left.state == right.state && left.configuration == right.configuration
            && left.frameNumber == right.frameNumber
            && left.positives.elementsEqual(right.positives) { $0 == $1 }
    }

    /// Positive frames in the window now.
    public var count: Int { positives.count }

    /// A response begins.
    public mutating func responseOpened() {
        state = .thinking
        positives.removeAll(keepingCapacity: true)
    }

    /// The response is over, whatever the reason.
    public mutating func responseClosed() {
        state = .closed
        positives.removeAll(keepingCapacity: true)
    }

    /// Playout begins: the client says so, or the first audio was sent. Only the first time within a response arms the
    /// lockout; later ones end a rest.
    public mutating func playoutStarted(at position: Int) {
        switch state {
        case .thinking:
            state = .locked(until: position + configuration.lockout.samples(at: 16000), lastSent: position)
            positives.removeAll(keepingCapacity: true)
        case .resting: state = .detecting(lastSent: position)
        case .closed, .locked, .detecting: break
        }
    }

    /// Audio of the response was sent.
    public mutating func audioSent(at position: Int) {
        switch state {
        case .thinking: playoutStarted(at: position)
        case .locked(let until, _): state = .locked(until: until, lastSent: position)
        case .detecting, .resting: state = .detecting(lastSent: position)
        case .closed: break
        }
    }

    /// The client has played out all that it had.
    public mutating func playoutStopped() {
        switch state {
        case .locked, .detecting: state = .resting
        case .closed, .thinking, .resting: break
        }
    }

    /// Counts one frame.
    /// - Returns: the interruption, if this frame makes it one. The gate is closed afterwards.
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
        let trigger = Trigger(onset: first.start, position: frame.end)
        responseClosed()
        return trigger
    }

    /// Whether the frame is evidence; moves on from states that time ends.
    private mutating func counts(_ frame: Frame) -> Bool {
        if case .locked(let until, let lastSent) = state, frame.start >= until {
            state = .detecting(lastSent: lastSent)
        }
        if case .detecting(let lastSent) = state,
            frame.end > lastSent + configuration.gracePeriod.samples(at: 16000)
        {
            state = .resting
        }
        guard frame.end > configuration.minimumAudio.samples(at: 16000) else { return false }
        switch state {
        case .thinking, .detecting: return true
        case .closed, .locked, .resting: return false
        }
    }
}
