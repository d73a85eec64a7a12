import AudioCore

/// Writes mono PCM16 to a WAV file, piece by piece.
///
/// The file is whole after every ``flush()``: the samples are written first, then the sizes in the header. A process that
/// is killed leaves a file that any program reads up to the last flush. The samples behind it (at most
/// ``bufferLength``) are lost. A WAV file ends at 4 GiB, which is 37 hours at 16 kHz.
///
/// Only ``finish()`` waits for the disk (`fdatasync`). A power failure before that can take what the system has not
/// written yet. Calls block on the file system; see ``RecordedAudio`` for a recorder that does not.
public struct WAVWriter: ~Copyable, Sendable {
    /// Samples that wait until they are written: 256 ms at 16 kHz.
    public static let bufferLength = 4096
    /// The greatest number of samples in a file.
    public static let longest = (Int(UInt32.max) - WAVFile.headerLength) / 2

    private let sampleRate: Int
    private var file: NewFile
    private var buffer: [Int16] = []
    /// Samples that are in the file.
    public private(set) var written = 0
    private let limit: Int

    /// Makes the file, with no samples in it.
    /// - Parameters:
    ///   - path: where; there must be no file of that name.
    ///   - sampleRate: samples per second, in hertz.
    public init(path: String, sampleRate: Int) throws(RecordingError) {
        try self.init(NewFile(path: path), sampleRate: sampleRate)
    }

    /// - Parameter limit: the greatest number of samples, for tests.
    init(_ file: consuming NewFile, sampleRate: Int, limit: Int = longest) throws(RecordingError) {
        self.file = file
        self.sampleRate = sampleRate
        self.limit = limit
        buffer.reserveCapacity(Self.bufferLength)
        try self.file.append(WAVFile.header(sampleRate: sampleRate, dataLength: 0))
    }

    /// Adds samples; writes when ``bufferLength`` of them wait.
    /// - Throws: what was written before stays readable; of the samples that wait, none is written.
    public mutating func append(_ samples: [Int16]) throws(RecordingError) {
        buffer += samples
        if buffer.count >= Self.bufferLength { try flush() }
    }

    /// Writes the samples that wait, then the sizes.
    public mutating func flush() throws(RecordingError) {
        if buffer.isEmpty { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        guard written + buffer.count <= limit else { throw RecordingError(.tooLong) }
        try file.append(PCM16.bytes(littleEndian: buffer))
        written += buffer.count
        try file.write(WAVFile.header(sampleRate: sampleRate, dataLength: 2 * written), at: 0)
    }

    /// Writes what waits, and waits until the disk has it.
    public mutating func finish() throws(RecordingError) {
        try flush()
        try file.synchronize()
    }
}
