import AudioCore

/// One counting frame: a fixed run of the caller's samples with the verdict on it.
public struct Frame: Equatable, Codable, Sendable {
    /// Position of its first sample in the caller's stream.
    public var start: AudioPosition
    /// Position after its last sample.
    public var end: AudioPosition
    /// The highest speech probability of the windows that cover it: 0…1.
    public var probability: Float
}

/// Reads the track of window probabilities on the grid of counting frames: two grids over the same samples.
///
/// A frame is decided as soon as the window that covers its last sample is known; one that is positive already, as soon
/// as its last sample is here.
public struct FrameGrid: Equatable, Sendable {
    private let frameLength: Int
    private var nextStart = AudioPosition.start
    /// The highest probability among known windows that reach into the frame at `nextStart`.
    private var highest: Float = 0

    /// - Parameter frameLength: samples in a frame, at least 1.
    public init(frameLength: Int) {
        precondition(frameLength > 0, "a frame has at least one sample")
        self.frameLength = frameLength
    }

    private var nextEnd: AudioPosition { nextStart.advanced(bySamples: frameLength) }

    /// The frames that `window` decides, in order.
    /// - Parameters:
    ///   - window: the samples that the network judged; windows come in order and without gaps.
    ///   - probability: its verdict, 0…1.
    public mutating func append(window: Range<AudioPosition>, probability: Float) -> [Frame] {
        var frames: [Frame] = []
        highest = max(highest, probability)
        while nextEnd <= window.upperBound {
            let end = nextEnd
            frames.append(Frame(start: nextStart, end: end, probability: highest))
            nextStart = end
            // The window counts for the next frame only if it reaches into it.
            highest = window.upperBound > nextStart ? probability : 0
        }
        return frames
    }

    /// The frames that are positive whatever the next window says: a window that reaches into them is, and all their
    /// samples are here. Saves a caller who interrupts up to a window of waiting.
    /// - Parameters:
    ///   - received: the end of the stream so far; its complete windows have been appended.
    ///   - probability: what makes a frame positive, 0…1.
    public mutating func positives(received: AudioPosition, reaching probability: Float) -> [Frame] {
        var frames: [Frame] = []
        while highest >= probability, nextEnd <= received {
            let end = nextEnd
            frames.append(Frame(start: nextStart, end: end, probability: highest))
            nextStart = end
            // No known window reaches past the end of this frame: it would have decided it.
            highest = 0
        }
        return frames
    }
}
