/// How far a recording is. The file always holds a beginning of what was handed in: nothing is missing in its midst.
public struct RecordingStatus: Equatable, Sendable {
    /// Pieces (lines, or runs of samples) that were taken. They are written, unless writing fails.
    public internal(set) var taken = 0
    /// Pieces that were refused, because the recording had ended.
    public internal(set) var dropped = 0
    /// What waits to be written: bytes of lines, or samples.
    public internal(set) var waiting = 0
    /// Why the recording ended early; nil while all is well.
    public internal(set) var failure: RecordingError?
}
