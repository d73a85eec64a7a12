import Foundation
import Network

/// One message of Azure's speech protocol (USP), either way: header lines, then text or bytes.
///
/// Provider and stand-in share this file. What one of them gets wrong the other cannot see, but Microsoft's own SDK can:
/// the tests have it read what this writes and write what this reads.
public struct USPMessage: Equatable, Sendable {
    /// What follows the headers.
    public enum Body: Equatable, Sendable {
        /// Goes in a text frame.
        case text(String)
        /// Goes in a binary frame, behind the headers and their length in two bytes.
        case bytes([UInt8])
    }

    /// What the message is: `speech.phrase`, `audio`, `turn.end`, … As written; to be compared in small letters.
    public var path: String
    /// Which turn it belongs to: 32 hexadecimal digits; nil for what belongs to the connection.
    public var requestID: String?
    /// Which of a turn's streams of audio it belongs to.
    public var streamID: String?
    /// The body's media type.
    public var contentType: String?
    /// What follows the headers.
    public var body: Body

    /// A message of these parts.
    public init(
        path: String, requestID: String? = nil, streamID: String? = nil, contentType: String? = nil, body: Body
    ) {
        self.path = path
        self.requestID = requestID
        self.streamID = streamID
        self.contentType = contentType
        self.body = body
    }

    // MARK: Reading

    /// Reads a message; nil for what is none: one without `Path`, or with a header that ends behind the frame.
    public init?(_ message: WebSocketConnection.Message) {
        switch message {
        case .text(let text): self.init(text: text)
        case .binary(let bytes): self.init(binary: bytes)
        case .oversized: return nil
        }
    }

    /// Reads a text frame.
    init?(text: String) {
        let bytes = Array(text.utf8)
        let gap: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        let end = bytes.firstRange(of: gap)
        self.init(
            head: bytes[..<(end?.lowerBound ?? bytes.count)],
            body: .text(String(decoding: bytes[(end?.upperBound ?? bytes.count)...], as: UTF8.self)))
    }

    /// Reads a binary frame.
    init?(binary bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        let end = 2 + Int(bytes[0]) << 8 + Int(bytes[1])
        guard end <= bytes.count else { return nil }
        self.init(head: bytes[2..<end], body: .bytes(Array(bytes[end...])))
    }

    private init?(head: ArraySlice<UInt8>, body: Body) {
        var fields: [String: String] = [:]
        for line in head.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            fields[name.trimmingCharacters(in: .whitespaces)] =
                String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingCharacters(in: .whitespaces)
        }
        guard let path = fields["path"], !path.isEmpty else { return nil }
        self.init(
            path: path, requestID: fields["x-requestid"], streamID: fields["x-streamid"],
            contentType: fields["content-type"], body: body)
    }

    /// The text; nil for bytes.
    public var text: String? { if case .text(let text) = body { text } else { nil } }
    /// The text as JSON; nil for bytes, and for text that is something else.
    public var json: JSONValue? { text.flatMap { JSONValue($0.utf8) } }
    /// The bytes; nil for text.
    public var bytes: [UInt8]? { if case .bytes(let bytes) = body { bytes } else { nil } }

    /// Whether the message belongs to the turn `id`.
    public func belongs(to id: String) -> Bool { requestID?.lowercased() == id.lowercased() }

    // MARK: Writing

    /// The message as it goes over the wire; `time` when the message has one, as clients' messages do.
    public func encoded(at time: Date? = nil) -> WebSocketConnection.Message {
        var head = ""
        func add(_ name: String, _ value: String?) {
            // A line end in a value would begin a header of its own.
            if let value { head += "\(name):\(value.filter { !$0.isNewline })\r\n" }
        }
        add("X-Timestamp", time?.formatted(.iso8601.time(includingFractionalSeconds: true)))
        add("Path", path)
        add("Content-Type", contentType)
        add("X-RequestId", requestID)
        add("X-StreamId", streamID)
        switch body {
        case .text(let text): return .text(head + "\r\n" + text)
        case .bytes(let bytes):
            let head = Array(head.utf8.prefix(Int(UInt16.max)))
            return .binary([UInt8(head.count >> 8), UInt8(head.count & 0xFF)] + head + bytes)
        }
    }

    /// Sends the message. False when the socket is closed, or closes because its peer does not keep up.
    @discardableResult
    public func send(on connection: WebSocketConnection, at time: Date? = nil) -> Bool {
        switch encoded(at: time) {
        case .text(let text): connection.send(text)
        case .binary(let bytes): connection.send(bytes)
        case .oversized: false
        }
    }

    /// A new id for a turn or a connection: 32 hexadecimal digits.
    public static func newID() -> String {
        UUID().uuidString.lowercased().filter { $0 != "-" }
    }
}
