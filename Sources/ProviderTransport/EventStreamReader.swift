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

/// Reads server-sent events out of a stream of bytes, as the HTML standard has them: comments are passed over, an event
/// without data is none. One thing is added: an event that the end of the stream completes counts too, because servers
/// exist that leave out the last empty line.
public struct EventStreamReader: Sendable {
    private var lines: LineReader
    private var isFirstLine = true
    private var type = ""
    private var data: [UInt8]?
    private let longest: Int

    /// A reader of events of at most `longest` bytes.
    public init(longest: Int = 1 << 20) {
        self.longest = longest
        lines = LineReader(longest: longest)
    }

    /// Takes the next bytes; returns the events that they complete.
    /// - Throws: `LineTooLong` when an event is too long; the reader is of no use then.
    public mutating func add(_ bytes: some Sequence<UInt8>) throws(LineReader.LineTooLong) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for line in try lines.add(bytes) {
            if let event = try take(line) { events.append(event) }
        }
        return events
    }

    /// Ends the stream; returns an event that only lacked its empty line.
    public mutating func finish() -> ServerSentEvent? {
        if let line = lines.finish(), (try? take(line)) == nil { return nil }
        return complete()
    }

    /// Takes one line; an empty one completes the event.
    private mutating func take(_ line: [UInt8]) throws(LineReader.LineTooLong) -> ServerSentEvent? {
        var line = line[...]
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        isFirstLine = false
        if line.isEmpty { return complete() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            var all = data ?? []
            if data != nil { all.append(0x0A) }
            if all.count + value.count > longest { throw LineReader.LineTooLong() }
            data = all + value
        case "event": type = String(decoding: value, as: UTF8.self)
        // A comment (whose field is empty), `id`, `retry`, and what nobody knows.
        default: break
        }
        return nil
    }

    private mutating func complete() -> ServerSentEvent? {
        defer {
            type = ""
            data = nil
        }
        return data.map {
            ServerSentEvent(type: type.isEmpty ? "message" : type, data: String(decoding: $0, as: UTF8.self))
        }
    }
}
