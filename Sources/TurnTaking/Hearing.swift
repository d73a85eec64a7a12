import AudioCore

/// Everything that the caller's audio decides, from one track of speech probabilities: where speech begins and ends,
/// and when it interrupts. Pure, in audio time; the same audio in any chunking gives the same events.
public struct Hearing: Equatable, Sendable {
    /// What a window decided.
    public enum Event: Equatable, Codable, Sendable {
        /// Speech has begun at `onset`.
        case speechStarted(onset: AudioPosition)
        /// Speech pauses, and may be over.
        case paused
        /// The pause goes on.
        case lingered
        /// Speech goes on after a pause.
        case resumed
        /// Speech ended at `end`, and the silence that ends a turn has followed.
        case speechStopped(end: AudioPosition)
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

    /// Takes over how the caller may interrupt, from the next window on.
    public mutating func apply(_ settings: VADConfiguration) {
        gate?.configuration = settings
        endpointer.speechProbability = settings.speechProbability
    }

    /// Takes over when a turn is over, from the next window on.
    public mutating func apply(_ settings: EndpointingConfiguration) { endpointer.configuration = settings }

    /// Judges the next window of the caller's audio.
    public mutating func append(window: Range<AudioPosition>, probability: Float) -> [Event] {
        // The frames first: those that were decided before this window was full came before it, too.
        var events = judge(grid.append(window: window, probability: probability))
        if let edge = endpointer.append(window: window, probability: probability) { events.append(Event(edge)) }
        return events
    }

    /// Takes it that the pause that goes on is the end of the turn.
    /// - Parameter position: the end of the last window.
    public mutating func expectEnd(at position: AudioPosition) -> Event? {
        endpointer.expectEnd(at: position).map(Event.init)
    }

    /// Judges what can be judged before the next window is full.
    /// - Parameter end: the end of the caller's stream so far; its complete windows have been appended.
    public mutating func received(_ end: AudioPosition) -> [Event] {
        guard let gate else { return [] }
        return judge(grid.positives(received: end, reaching: gate.configuration.speechProbability))
    }

    private mutating func judge(_ frames: [Frame]) -> [Event] {
        lastFrames = frames
        return frames.compactMap { frame in
            guard let trigger = gate?.receive(frame) else { return nil }
            endpointer.assumeSpeech(onset: trigger.onset, voicedUntil: trigger.position)
            return .bargeIn(trigger)
        }
    }

    /// Ends speech that is going on, because the client stopped sending or said so.
    public mutating func stopSpeech() -> Event? {
        endpointer.stop().map(Event.init)
    }
}

extension Hearing.Event {
    fileprivate init(_ edge: Endpointer.Edge) {
        self =
            switch edge {
            case .speechStarted(let onset): .speechStarted(onset: onset)
            case .paused: .paused
            case .lingered: .lingered
            case .resumed: .resumed
            case .speechStopped(let end): .speechStopped(end: end)
            }
    }
}
