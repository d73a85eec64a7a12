/// Everything that the caller's audio decides, from one track of speech probabilities: where speech begins and ends,
/// and when it interrupts. Pure, in audio time; the same audio in any chunking gives the same events.
public struct Hearing: Equatable, Sendable {
    /// What a window decided.
    public enum Event: Equatable, Sendable {
        /// Speech has begun at `onset`.
        case speechStarted(onset: Int)
        /// Speech ended at `end`, and the configured silence has followed.
        case speechStopped(end: Int)
        /// Speech interrupts the open response.
        case bargeIn(BargeInGate.Trigger)
    }

    /// The frames that the last call decided, for those who watch.
    public private(set) var lastFrames: [Frame] = []
    /// The gate; nil is push-to-talk.
    public var gate: BargeInGate?
    /// Where the caller's speech is.
    public private(set) var endpointer: Endpointer
    private var grid: FrameGrid

    /// Hearing for one conversation.
    /// - Parameter vad: nil for push-to-talk: nothing interrupts.
    public init(endpointing: EndpointingConfiguration, vad: VADConfiguration?) {
        let settings = vad ?? VADConfiguration()
        endpointer = Endpointer(endpointing, speechProbability: settings.speechProbability)
        grid = FrameGrid(frameLength: settings.frameMilliseconds * 16)
        gate = vad.map(BargeInGate.init)
    }

    /// Judges the next window of the caller's audio.
    public mutating func append(window: Range<Int>, probability: Float) -> [Event] {
        var events: [Event] = []
        switch endpointer.append(window: window, probability: probability) {
        case .speechStarted(let onset): events.append(.speechStarted(onset: onset))
        case .speechStopped(let end): events.append(.speechStopped(end: end))
        case nil: break
        }
        lastFrames = grid.append(window: window, probability: probability)
        for frame in lastFrames {
            guard let trigger = gate?.receive(frame) else { continue }
            endpointer.assumeSpeech(onset: trigger.onset, voicedUntil: trigger.position)
            events.append(.bargeIn(trigger))
        }
        return events
    }

    /// Ends speech that is going on, because the client stopped sending or said so.
    public mutating func stopSpeech() -> Event? {
        if case .speechStopped(let end) = endpointer.stop() { return .speechStopped(end: end) }
        return nil
    }
}
