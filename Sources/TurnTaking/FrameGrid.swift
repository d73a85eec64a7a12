/// One counting frame: a fixed run of the caller's samples with the verdict on it.
public struct Frame: Equatable, Sendable {
    /// Position of its first sample in the caller's stream.
    public var start: Int
    /// Position after its last sample.
    public var end: Int
    /// The highest speech probability of the windows that cover it: 0…1.
    public var probability: Float
}

/// Reads the track of window probabilities on the grid of counting frames: two grids over the same samples.
///
/// A frame is decided as soon as the window that covers its last sample is known.
public struct FrameGrid: Equatable, Sendable {
    private let frameLength: Int
    private var nextStart = 0
    /// The highest probability among known windows that reach into the frame at `nextStart`.
    private var highest: Float = 0

    /// - Parameter frameLength: samples in a frame, at least 1.
    public init(frameLength: Int) {
        precondition(frameLength > 0, "a frame has at least one sample")
        self.frameLength = frameLength
    }

    /// The frames that `window` decides, in order.
    /// - Parameters:
    ///   - window: the samples that the network judged; windows come in order and without gaps.
    ///   - probability: its verdict, 0…1.
    public mutating func append(window: Range<Int>, probability: Float) -> [Frame] {
        var frames: [Frame] = []
        highest = max(highest, probability)
        while nextStart + frameLength <= window.upperBound {
            let end = nextStart + frameLength
            frames.append(Frame(start: nextStart, end: end, probability: highest))
            nextStart = end
            // The window counts for the next frame only if it reaches into it.
            highest = window.upperBound > nextStart ? probability : 0
        }
        return frames
    }
}
