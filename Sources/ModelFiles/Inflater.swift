import CZlib

/// Inflates data that comes in pieces: a gzip file, or the bare stream of a zip archive.
public struct Inflater: ~Copyable {
    /// What is around the compressed data.
    public enum Wrapping: Sendable {
        /// Nothing, as in a zip archive.
        case none
        /// gzip's head and checksum.
        case gzip
    }

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the compressed data were complete. What comes after is left out.
    public private(set) var isComplete = false

    /// An inflater that has seen nothing.
    public init(_ wrapping: Wrapping) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        _ = parley_inflate_init(stream, wrapping == .gzip ? 15 + 16 : -15)
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The content of the next piece of compressed data. It can have a thousand times the bytes of the piece.
    /// - Throws: `.notCompressed` for data that are damaged.
    public mutating func inflate(_ piece: some Collection<UInt8>) throws(ModelFileError) -> [UInt8] {
        var input = Array(piece)
        var content: [UInt8] = []
        var output = [UInt8](repeating: 0, count: 64 << 10)
        var used = 0
        while !isComplete {
            let (status, read, written) = step(&input, from: used, &output)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw ModelFileError(.notCompressed, "compressed data are damaged")
            }
            used += read
            content += output[..<written]
            isComplete = status == Z_STREAM_END
            if written < output.count { break }
        }
        return content
    }

    private func step(
        _ input: inout [UInt8], from start: Int, _ output: inout [UInt8]
    ) -> (status: Int32, read: Int, written: Int) {
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_in = input.baseAddress.map { $0 + start }
                stream.pointee.avail_in = UInt32(input.count - start)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                let status = CZlib.inflate(stream, Z_NO_FLUSH)
                let read = input.count - start - Int(stream.pointee.avail_in)
                return (status, read, output.count - Int(stream.pointee.avail_out))
            }
        }
    }

    /// The content of a gzip file that is in memory.
    /// - Parameter limit: bytes past which the content is refused.
    /// - Throws: `.notCompressed` for what is no gzip file, is cut off, or holds more than `limit` bytes.
    public static func gunzip(_ bytes: [UInt8], limit: Int) throws(ModelFileError) -> [UInt8] {
        var content: [UInt8] = []
        var inflater = Inflater(.gzip)
        var rest = bytes[...]
        while !rest.isEmpty, !inflater.isComplete {
            content += try inflater.inflate(rest.prefix(16 << 10))
            rest = rest.dropFirst(16 << 10)
            guard content.count <= limit else {
                throw ModelFileError(.notCompressed, "a gzip file holds more than \(limit) bytes")
            }
        }
        guard inflater.isComplete else { throw ModelFileError(.notCompressed, "a gzip file is cut off") }
        return content
    }
}
