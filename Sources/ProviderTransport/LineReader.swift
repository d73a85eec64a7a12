/// Cuts a stream of bytes into lines that end with LF, CR LF or CR. How the bytes were cut on their way changes nothing.
public struct LineReader: Sendable {
    /// A line is longer than its reader allows.
    public struct LineTooLong: Error {}

    private let longest: Int
    private var line: [UInt8] = []
    /// The last byte was a CR: an LF that follows belongs to it.
    private var skipsLineFeed = false

    /// A reader of lines of at most `longest` bytes.
    public init(longest: Int = 1 << 20) { self.longest = longest }

    /// Takes the next bytes; returns the lines that they complete, without their ends.
    /// - Throws: `LineTooLong`; the reader is of no use then.
    public mutating func add(_ bytes: some Sequence<UInt8>) throws(LineTooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            let follows = skipsLineFeed
            skipsLineFeed = byte == 0x0D
            switch byte {
            case 0x0A where follows: break
            case 0x0A, 0x0D:
                lines.append(line)
                line = []
            default:
                if line.count == longest { throw LineTooLong() }
                line.append(byte)
            }
        }
        return lines
    }

    /// Ends the stream; returns a last line that has no end.
    public mutating func finish() -> [UInt8]? {
        defer {
            line = []
            skipsLineFeed = false
        }
        return line.isEmpty ? nil : line
    }
}
