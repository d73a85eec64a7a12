import JSONText
import Session

/// What the messages of all dialects share: the same bounds, and the same codes for what cannot be used.
extension ClientSignal {
    /// The longest typed turn, in Unicode scalars.
    static let longestText = 8000
    /// The longest result of a tool that a client carries out, in Unicode scalars.
    static let longestResult = 16_000

    /// A turn in writing.
    /// - Parameter message: what the dialect calls the message.
    /// - Throws: what is wrong with the text.
    static func typed(_ text: String?, in message: String) throws(BadInput) -> ClientSignal {
        guard let text else { throw BadInput(code: "missing_field", message: "\(message) needs 'text'") }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw BadInput(code: "empty_text", message: "\(message) has nothing in 'text'")
        }
        // Not in characters: one may be made of any number of combining marks.
        guard text.unicodeScalars.count <= longestText else {
            throw BadInput(code: "text_too_long", message: "'text' may have \(longestText) characters")
        }
        return .text(text)
    }

    /// How much the client has played.
    /// - Parameter message: what the dialect calls the message.
    /// - Throws: what is wrong with the number.
    static func played(milliseconds played: Double?, in message: String) throws(BadInput) -> ClientSignal {
        guard let played else { throw BadInput(code: "missing_field", message: "\(message) needs 'played_ms'") }
        guard (0...86_400_000).contains(played) else {
            throw BadInput(code: "invalid_field", message: "'played_ms' must be 0…86400000")
        }
        return .playbackProgress(.milliseconds(Int64(played)))
    }
}

extension BadInput {
    /// A message over the size limit.
    static let oversized = BadInput(
        code: "message_too_large", message: "the message is over 1 MiB and was dropped; send audio in smaller pieces")
    /// A text that is not JSON.
    static let notJSON = BadInput(code: "malformed_json", message: "the message is not JSON")
    /// JSON that nests too deeply.
    static let tooDeep = BadInput(code: "malformed_json", message: "the message nests too deeply")
    /// A message with too much in it that is not audio.
    static let tooLargeBesideAudio = BadInput(
        code: "message_too_large",
        message: "what is neither audio nor a picture may have 64 KiB; the message was dropped")
    /// A message of nothing.
    static let empty = BadInput(code: "malformed_json", message: "the message is empty")
    /// A type that the dialect does not have.
    static let unknownType = BadInput(code: "unknown_type", message: "this 'type' is not known here")

    /// What a field is complained of that has a value of another kind.
    init(_ error: DecodingError) {
        let path =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context.codingPath
            @unknown default: [any CodingKey]()
            }
        // Without a path it is, for example, a number that fits no field. Paths hold our names, never the client's.
        let field = path.map(\.stringValue).joined(separator: ".")
        let message =
            path.isEmpty
            ? "a value in the message cannot be used" : "the field '\(field)' has a value that cannot be used"
        self.init(code: "invalid_field", message: message)
    }

    /// The members of a message that tells of it; a bad message is named, so that its sender finds it.
    var members: [(String, JSON)] {
        let told: [(String, JSON)] = [("code", .string(code)), ("message", .string(message))]
        guard let subject else { return told }
        let reply: [(String, JSON)] = [
            ("number", .int(subject.number)), ("type", subject.type.map(JSON.string) ?? .null),
            ("event_id", subject.eventID.map(JSON.string) ?? .null),
        ]
        return told + [("in_reply_to", .object(reply))]
    }
}

extension MessageSubject {
    /// Of the name that a client gives its message so much is kept.
    private static let longestEventID = 128

    /// A message of that type and name; a type that is not among `known` is not repeated.
    init(type: String?, known: Set<String>, eventID: String?) {
        self.init()
        self.type = type.flatMap { known.contains($0) ? $0 : nil }
        self.eventID = eventID.map { String($0.prefix(Self.longestEventID)) }
    }
}
