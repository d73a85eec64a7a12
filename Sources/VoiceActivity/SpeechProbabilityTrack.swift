import AudioCore

/// The network's verdict on one window of a stream.
public struct WindowProbability: Equatable, Codable, Sendable {
    /// Which window it is, counted from 0 at the start of the stream.
    public let index: Int
    /// Where it starts in the caller's stream.
    public let start: AudioPosition
    /// The probability, 0…1, that the window holds speech.
    public let probability: Float

    /// Where it ends (exclusive) in the caller's stream.
    public var end: AudioPosition { start.advanced(bySamples: SileroModel.windowLength) }
    /// The samples that it covers.
    public var range: Range<AudioPosition> { start..<end }

    /// States a verdict.
    public init(index: Int, start: AudioPosition, probability: Float) {
        self.index = index
        self.start = start
        self.probability = probability
    }
}

/// Cuts one stream of PCM16 at 16 kHz into the network's windows and keeps the state between them.
///
/// The same audio gives the same windows however it was cut into chunks.
public struct SpeechProbabilityTrack: Sendable {
    private var state = SileroState()
    /// The window being filled; its first `filled` samples count.
    private var window: [Float]
    private var filled = 0
    /// How many windows were judged since the start of the stream.
    public private(set) var windowCount = 0

    /// The start of a stream.
    public init() {
        window = [Float](repeating: 0, count: SileroModel.windowLength)
    }

    /// The end of the stream so far.
    public var position: AudioPosition { windowStart.advanced(bySamples: filled) }

    /// Where the window starts that is being filled.
    private var windowStart: AudioPosition { AudioPosition(samples: windowCount * SileroModel.windowLength) }

    /// Appends samples and returns the verdicts on the windows that they complete, oldest first.
    ///
    /// - Parameter samples: mono at 16 kHz, any count, also none.
    public mutating func append(_ samples: [Int16], model: SileroModel) -> [WindowProbability] {
        var verdicts: [WindowProbability] = []
        append(samples.span, model: model) { verdicts.append($0) }
        return verdicts
    }

    /// Appends samples and hands each verdict to `report`, oldest first. Allocates nothing itself.
    public mutating func append(
        _ samples: Span<Int16>, model: SileroModel, report: (WindowProbability) -> Void
    ) {
        let length = SileroModel.windowLength
        var consumed = 0
        while consumed < samples.count {
            let count = min(length - filled, samples.count - consumed)
            for offset in 0..<count {
                window[filled + offset] = Float(samples[consumed + offset]) * (1 / 32768)
            }
            filled += count
            consumed += count
            guard filled == length else { return }
            // By way of a copy: the compiler sees the span of `window` and `state` as overlapping parts of self.
            var next = state
            let probability = model.probability(of: window.span, state: &next)
            state = next
            report(WindowProbability(index: windowCount, start: windowStart, probability: probability))
            windowCount += 1
            filled = 0
        }
    }
}
