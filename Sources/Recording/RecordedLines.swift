/// Makes the lines of a file of JSON Lines. It is called on the recording thread, in order.
public protocol LineMaker: Sendable {
    /// What a line is made of.
    associatedtype Value: Sendable

    /// How much a value counts while it waits, in bytes; roughly is enough.
    static func size(of value: Value) -> Int
    /// The line of `value`, without a line feed.
    /// - Throws: anything; the recording ends before this line.
    mutating func line(_ value: Value) throws -> [UInt8]
    /// What the file ends with; nil when nothing is added.
    /// - Parameter failure: why it ends early; nil when it does not.
    func lastLine(_ failure: RecordingError?) -> [UInt8]?
}

/// A file of JSON Lines that is written while a conversation goes on, like ``RecordingFile``. It takes values: their lines
/// are made on the recording thread.
///
/// A killed process leaves whole lines, but for the last one. A file that ended well, or because too much waited, has the
/// last line of its maker; one that could not be written further has not.
public final class RecordedLines<Maker: LineMaker>: Sendable {
    private let queue: WriteQueue<MadeLineSink<Maker>>

    /// Makes the file, readable for the server's own user only.
    /// - Parameters:
    ///   - path: where; there must be no file of that name.
    ///   - maker: makes the lines.
    ///   - thread: who writes them.
    ///   - limit: values of this size may wait, in bytes; the recording ends where more would.
    public init(
        path: String, _ maker: Maker, thread: RecordingThread, limit: Int = RecordingFile.limit
    ) throws(RecordingError) {
        let sink = MadeLineSink(maker: maker, file: try NewFile(path: path))
        queue = WriteQueue(sink, thread: thread, limit: limit)
    }

    /// Closes the file when all that was taken is written; nobody waits for it.
    deinit { queue.close() }

    /// How far it is.
    public var status: RecordingStatus { queue.status }

    /// Hands in the value of one line.
    /// - Returns: whether it was taken; if not, the recording has ended, and ``status`` says why.
    @discardableResult
    public func append(_ value: Maker.Value) -> Bool { queue.append([value]) }

    /// Ends the recording; returns when the disk has all that was taken. More than one may wait for it.
    @discardableResult
    public func finish() async -> RecordingStatus { await queue.finish() }
}

private struct MadeLineSink<Maker: LineMaker>: RecordingSink, ~Copyable {
    var maker: Maker
    var file: NewFile

    static func size(of elements: [Maker.Value]) -> Int { elements.reduce(0) { $0 + Maker.size(of: $1) } }

    mutating func write(_ elements: [Maker.Value]) throws(RecordingError) {
        var text: [UInt8] = []
        var isWhole = true
        for element in elements where isWhole {
            if let line = try? maker.line(element), Self.isLine(line) {
                text += line
                text.append(Self.lineFeed)
            } else {
                isWhole = false
            }
        }
        try file.append(text)
        if !isWhole { throw RecordingError(.notALine) }
    }

    mutating func finish(_ failure: RecordingError?) throws(RecordingError) {
        if let line = maker.lastLine(failure) { try file.append(line + [Self.lineFeed]) }
        try file.synchronize()
    }

    private static var lineFeed: UInt8 { UInt8(ascii: "\n") }

    private static func isLine(_ bytes: [UInt8]) -> Bool { !bytes.contains(lineFeed) }
}
