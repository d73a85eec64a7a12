/// A file of JSON Lines that is written while a conversation goes on.
///
/// Handing in a line never waits for the disk. A process that is killed leaves a file of whole lines, but for the last
/// one, which may be torn: read it with ``JSONLines``. Lines that had not reached the thread yet are lost; the thread
/// writes at once what it gets.
///
/// Only ``finish()`` waits for the disk (`fdatasync`). A power failure before that can take what the system has not
/// written yet.
public final class RecordingFile: Sendable {
    /// Bytes that may wait; the recording ends where more would.
    public static let limit = 1 << 20

    private let queue: WriteQueue<LineSink>

    /// Makes the file, readable for the server's own user only.
    /// - Parameters:
    ///   - path: where; there must be no file of that name.
    ///   - thread: who writes it.
    ///   - limit: bytes that may wait.
    public init(path: String, thread: RecordingThread, limit: Int = limit) throws(RecordingError) {
        queue = WriteQueue(LineSink(file: try NewFile(path: path)), thread: thread, limit: limit)
    }

    /// Closes the file when all that was taken is written; nobody waits for it.
    deinit { queue.close() }

    /// How far it is.
    public var status: RecordingStatus { queue.status }

    /// Hands in one line, without its line feed. A line with a line feed in it would be two: it ends the recording.
    /// - Returns: whether it was taken; if not, the recording has ended, and ``status`` says why.
    @discardableResult
    public func append(_ line: [UInt8]) -> Bool {
        let lineFeed = UInt8(ascii: "\n")
        if line.contains(lineFeed) { queue.fail(RecordingError(.notALine)) }
        return queue.append(line + [lineFeed])
    }

    /// Ends the recording; returns when the disk has all that was taken. More than one may wait for it.
    @discardableResult
    public func finish() async -> RecordingStatus { await queue.finish() }
}

private struct LineSink: RecordingSink, ~Copyable {
    var file: NewFile

    mutating func write(_ elements: [UInt8]) throws(RecordingError) { try file.append(elements) }
    mutating func finish(_ failure: RecordingError?) throws(RecordingError) { try file.synchronize() }
}
