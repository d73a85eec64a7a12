import Network

/// One event of a stream of server-sent events.
public struct ServerSentEvent: Equatable, Sendable {
    /// The event's type; `message` when the server named none.
    public var type: String
    /// The data: the `data` lines joined by LF.
    public var data: String

    /// One event.
    public init(type: String = "message", data: String) {
        self.type = type
        self.data = data
    }
}

/// Puts server-sent events together from lines, as the HTML standard has them: comments are passed over, an event without
/// data is none. One thing is added: an event that the end of the stream completes counts too, because servers exist that
/// leave out the last empty line.
public struct EventReader: Sendable {
    private let longest: Int
    private var isFirstLine = true
    private var type = ""
    private var data: String?

    /// A reader of events with at most `longest` bytes of data.
    public init(longest: Int = 4 << 20) { self.longest = longest }

    /// Takes the next line, without its end; returns the event that it completes.
    /// - Throws: `NetworkError` (too large); the reader is of no use then.
    public mutating func add(_ line: String) throws(NetworkError) -> ServerSentEvent? {
        var line = line[...]
        if isFirstLine, line.unicodeScalars.first == "\u{FEFF}" { line.unicodeScalars.removeFirst() }
        isFirstLine = false
        if line.isEmpty { return finish() }
        let bytes = line.utf8
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        var value = line[colon...].utf8.dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch line[..<colon] {
        case "data":
            guard (data?.utf8.count ?? 0) + value.count < longest else {
                throw NetworkError(.tooLarge, "an event has more than \(longest) bytes")
            }
            data = data.map { $0 + "\n" + String(Substring(value)) } ?? String(Substring(value))
        case "event": type = String(Substring(value))
        // A comment (its field has no name), `id`, `retry`, and what nobody knows.
        default: break
        }
        return nil
    }

    /// Ends the event, or the stream; returns what there is.
    public mutating func finish() -> ServerSentEvent? {
        defer {
            type = ""
            data = nil
        }
        return data.map { ServerSentEvent(type: type.isEmpty ? "message" : type, data: $0) }
    }
}

/// The server-sent events of an answer, as they come. Throws what `HTTPLines` throws, and `.tooLarge` for an event of more
/// than 4 MiB.
public struct ServerSentEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = ServerSentEvent
    /// See above.
    public typealias Failure = NetworkError
    private let lines: HTTPLines

    /// The events in the body of `answer`.
    public init(_ answer: HTTPAnswer) { lines = answer.lines }

    /// Takes events from the body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var lines: HTTPLines.AsyncIterator
        var reader = EventReader()
        var isOver = false

        /// Waits for the next event; nil when the body is complete.
        public mutating func next() async throws(NetworkError) -> ServerSentEvent? {
            while !isOver {
                guard let line = try await lines.next() else {
                    isOver = true
                    return reader.finish()
                }
                if let event = try reader.add(line) { return event }
            }
            return nil
        }

        /// As `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(NetworkError)
            -> ServerSentEvent?
        { try await next() }
    }

    /// The one reader's iterator.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines.makeAsyncIterator()) }
}
