/// An answer whose status and headers are here.
///
/// A body that is not read to its end holds its connection: drop the answer, or cancel the reading task, and the transfer
/// is aborted at once.
public struct HTTPAnswer: Sendable {
    /// The status code.
    public let status: Int
    /// Headers by lower-case name; of a repeated header the values joined by `, `.
    public let headers: [String: String]
    /// The body, as it comes.
    public let body: HTTPBody

    /// The whole body. Throws `.tooLarge` past `limit` bytes, and what `HTTPBody` throws.
    public func bytes(limit: Int) async throws(NetworkError) -> [UInt8] {
        var all: [UInt8] = []
        var pieces = body.makeAsyncIterator()
        while let piece = try await pieces.next() {
            guard all.count + piece.count <= limit else {
                throw NetworkError(.tooLarge, "the answer's body has more than \(limit) bytes")
            }
            all += piece
        }
        return all
    }

    /// The body as lines of text, as they come.
    public var lines: HTTPLines { HTTPLines(body: body) }
}

/// The body of an answer in pieces, as they come from the network. Past 256 KiB of unread bytes nothing more is read
/// from the network until half of them are taken. For one reader at a time.
///
/// Throws `.connectionLost` when the connection ends before the body is complete, and `.cancelled` when the reading task
/// is cancelled, which aborts the transfer.
public struct HTTPBody: AsyncSequence, Sendable {
    /// Some bytes, at least one.
    public typealias Element = [UInt8]
    /// See above.
    public typealias Failure = NetworkError
    let buffer: AnswerBuffer

    /// Takes pieces from the body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let buffer: AnswerBuffer

        /// Waits for the next piece; nil when the body is complete.
        public mutating func next() async throws(NetworkError) -> [UInt8]? { try await buffer.next() }

        /// As `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(NetworkError) -> [UInt8]? {
            try await buffer.next()
        }
    }

    /// The one reader's iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffer: buffer) }
}

/// The body of an answer as lines, ended by LF or CRLF, which are taken off. What follows the last of them is a line too,
/// unless it is empty. Bytes that aren't UTF-8 are replaced. Throws what `HTTPBody` throws, and `.tooLarge` for a line of
/// more than 1 MiB.
public struct HTTPLines: AsyncSequence, Sendable {
    /// A line without its end.
    public typealias Element = String
    /// See above.
    public typealias Failure = NetworkError
    let body: HTTPBody

    /// Takes lines from the body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var pieces: HTTPBody.AsyncIterator
        private var splitter = LineSplitter()

        init(_ body: HTTPBody) { pieces = body.makeAsyncIterator() }

        /// Waits for the next line; nil when the body is complete.
        public mutating func next() async throws(NetworkError) -> String? {
            while true {
                if let line = try splitter.next() { return line }
                guard let piece = try await pieces.next() else { return splitter.rest() }
                splitter.add(piece)
            }
        }

        /// As `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(NetworkError) -> String? {
            try await next()
        }
    }

    /// The one reader's iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body) }
}

/// Cuts bytes into lines.
struct LineSplitter {
    /// The longest line, in bytes.
    static let longest = 1 << 20
    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    /// Up to here there is no line's end.
    private var searched = 0

    mutating func add(_ piece: [UInt8]) {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes += piece
    }

    /// The next whole line, if it is there.
    mutating func next() throws(NetworkError) -> String? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        searched = end.map { $0 + 1 } ?? bytes.count
        guard (end ?? searched) - start <= Self.longest else {
            throw NetworkError(.tooLarge, "a line of the answer's body has more than \(Self.longest) bytes")
        }
        guard let end else { return nil }
        defer { start = end + 1 }
        return line(upTo: end)
    }

    /// The rest, when no more bytes come.
    mutating func rest() -> String? {
        guard start < bytes.count else { return nil }
        defer { start = bytes.count }
        return line(upTo: bytes.count)
    }

    private func line(upTo end: Int) -> String {
        let line = bytes[start..<end]
        return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
}
