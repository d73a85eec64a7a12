import AudioCore
import JSONText
import ProviderKit
import Session

/// What a client of the protocol asks for.
enum RealtimeRequest: Sendable {
    case append([Int16])
    case commit
    case clear
    case update(RealtimeFields)
    case create(RealtimeFields, behind: String?)
    case retrieve(String)
    case delete(String)
    case truncate(String, Duration)
    case respond(RealtimeFields?)
    case cancel(String?)
    case clearOutput

    /// The largest message that is read, in bytes.
    static let largestMessage = 15 << 20
    /// What a message may hold beside audio, in bytes.
    static let largestRest = 1 << 20
    /// What messages may say they are.
    static let knownTypes: Set = [
        "session.update", "input_audio_buffer.append", "input_audio_buffer.commit", "input_audio_buffer.clear",
        "conversation.item.create", "conversation.item.retrieve", "conversation.item.delete",
        "conversation.item.truncate", "response.create", "response.cancel", "output_audio_buffer.clear",
    ]

    /// Reads one message.
    /// - Parameter format: how its audio is written.
    /// - Throws: what is wrong with it, and where.
    static func read(
        _ bytes: [UInt8], _ format: RealtimeFormat
    ) throws(BadInput) -> (request: RealtimeRequest, subject: MessageSubject) {
        if bytes.count > largestMessage { throw .oversizedRealtime }
        let verdict = bytes.withUnsafeBufferPointer { MessageScan.verdict(on: $0, rest: largestRest) }
        switch verdict {
        case .audio(let base64):
            let subject = MessageSubject(type: "input_audio_buffer.append", known: knownTypes, eventID: nil)
            let samples = try samples(base64, in: bytes, format)
            return (.append(samples), subject)
        case .malformed: throw .notJSON
        case .tooDeep: throw .tooDeep
        case .tooLarge: throw .tooMuchBesideAudio
        case .other:
            guard let json = try? JSON(reading: bytes) else { throw .notJSON }
            let fields = try RealtimeFields(json, at: "")
            let eventID = fields.value("event_id")?.string
            let subject = MessageSubject(type: fields.value("type")?.string, known: knownTypes, eventID: eventID)
            do throws(BadInput) {
                return (try read(fields, format), subject)
            } catch {
                throw error.about(subject)
            }
        }
    }

    /// The audio of an append. What is wrong with it is told with the name of its message, for which all of it is read.
    private static func samples(
        _ base64: JSONCursor.Slice, in bytes: [UInt8], _ format: RealtimeFormat
    ) throws(BadInput) -> [Int16] {
        do throws(BadInput) {
            return try bytes.withUnsafeBufferPointer { text throws(BadInput) in
                guard base64.isEscaped else {
                    return try format.samples(base64: UnsafeBufferPointer(rebasing: text[base64.range]))
                }
                let plain = base64.plainBytes(in: text) ?? [0]
                return try plain.withUnsafeBufferPointer { text throws(BadInput) in try format.samples(base64: text) }
            }
        } catch {
            throw error.about(subject(of: bytes))
        }
    }

    /// What a message says it is, for a complaint of it. All of it is read.
    static func subject(of bytes: [UInt8]) -> MessageSubject {
        let json = try? JSON(reading: bytes)
        return MessageSubject(
            type: json?["type"]?.string, known: knownTypes, eventID: json?["event_id"]?.string)
    }

    private static func read(_ fields: RealtimeFields, _ format: RealtimeFormat) throws(BadInput) -> RealtimeRequest {
        func only(_ names: Set<String>) throws(BadInput) { try fields.check(only: names.union(["type", "event_id"])) }
        _ = try fields.string("event_id", longest: 512)
        switch try fields.required("type") {
        case "session.update":
            try only(["session"])
            guard let session = try fields.object("session") else {
                throw fields.wrong("session", "is missing", code: "missing_required_parameter")
            }
            return .update(session)
        case "input_audio_buffer.append":
            // Seldom: the scan has found the audio, unless one of its fields is there twice.
            let text = Array(try fields.required("audio", longest: largestMessage).utf8)
            return .append(
                try text.withUnsafeBufferPointer { text throws(BadInput) in try format.samples(base64: text) })
        case "input_audio_buffer.commit":
            try only([])
            return .commit
        case "input_audio_buffer.clear":
            try only([])
            return .clear
        case "conversation.item.create":
            try only(["item", "previous_item_id"])
            guard let item = try fields.object("item") else {
                throw fields.wrong("item", "is missing", code: "missing_required_parameter")
            }
            return .create(item, behind: try fields.string("previous_item_id"))
        case "conversation.item.retrieve":
            try only(["item_id"])
            return .retrieve(try fields.required("item_id"))
        case "conversation.item.delete":
            try only(["item_id"])
            return .delete(try fields.required("item_id"))
        case "conversation.item.truncate":
            try only(["item_id", "content_index", "audio_end_ms"])
            _ = try fields.int("content_index", in: 0...0)
            guard let end = try fields.int("audio_end_ms", in: 0...86_400_000) else {
                throw fields.wrong("audio_end_ms", "is missing", code: "missing_required_parameter")
            }
            return .truncate(try fields.required("item_id"), .milliseconds(end))
        case "response.create":
            try only(["response"])
            return .respond(try fields.object("response"))
        case "response.cancel":
            try only(["response_id"])
            return .cancel(try fields.string("response_id"))
        case "output_audio_buffer.clear":
            try only([])
            return .clearOutput
        default: throw fields.wrong("type", "is not known here", code: "unknown_type")
        }
    }
}

extension BadInput {
    /// A message over the size limit.
    static let oversizedRealtime = BadInput(
        code: "message_too_large", message: "the message is over 15 MiB and was dropped; send audio in smaller pieces")
    /// A message with too much in it that is not audio.
    static let tooMuchBesideAudio = BadInput(
        code: "message_too_large", message: "what is not audio may have 1 MiB; the message was dropped")

    /// The same, of that message.
    func about(_ subject: MessageSubject) -> BadInput {
        var problem = self
        problem.subject = subject
        problem.subject?.field = self.subject?.field
        return problem
    }
}
