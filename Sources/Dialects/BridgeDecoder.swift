import AudioCore
import JSONText
import Session

/// Reads what a bridge client sends. Pure.
///
/// The discriminator is `command` if present, else `type`. What cannot be used becomes `ClientEvent.malformed` with a
/// stable code; nothing that a client sends is repeated in the message. Whatever is sent, the cost is linear in the length
/// of the audio, and of the first `largestRest` bytes beside it.
public enum BridgeDecoder {
    /// The largest message that is read, in bytes.
    public static let largestMessage = 1 << 20
    /// What a message may hold beside audio, in bytes.
    public static let largestRest = MessageScan.largestRest
    /// The longest typed turn, in Unicode scalars.
    public static let longestText = 8000

    /// What a message over the size limit is answered with.
    public static let oversized = BadInput(
        code: "message_too_large", message: "the message is over 1 MiB and was dropped; send audio in smaller pieces")

    /// Reads one message: JSON in UTF-8, whether it came as a text or as a binary frame.
    public static func decode(_ bytes: [UInt8]) -> ClientEvent {
        do throws(BadInput) {
            return try event(bytes)
        } catch {
            return .malformed(error)
        }
    }

    private static func event(_ bytes: [UInt8]) throws(BadInput) -> ClientEvent {
        if bytes.count > largestMessage { throw oversized }
        guard let first = JSONCursor.firstByte(of: bytes, reach: largestRest) else {
            throw bytes.count > largestRest
                ? tooLargeBesideAudio : BadInput(code: "malformed_json", message: "the message is empty")
        }
        switch first {
        case UInt8(ascii: "{"): return try object(bytes)
        case UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            throw BadInput(
                code: "not_an_object", message: "a message is a JSON object such as {\"type\": \"input_text\", …}")
        default: throw notJSON
        }
    }

    private static func object(_ bytes: [UInt8]) throws(BadInput) -> ClientEvent {
        try bytes.withUnsafeBufferPointer { text throws(BadInput) in
            switch MessageScan.verdict(on: text) {
            case .audio(let base64) where base64.isEscaped:
                guard let plain = base64.plainBytes(in: text) else { throw notBase64 }
                return .audio(try samples(plain))
            case .audio(let base64):
                return .audio(try samples(UnsafeBufferPointer(rebasing: text[base64.range])))
            case .malformed: throw notJSON
            case .tooDeep:
                throw BadInput(code: "malformed_json", message: "the message nests too deeply")
            case .tooLarge: throw tooLargeBesideAudio
            case .other: return try event(message(bytes))
            }
        }
    }

    /// Reads the fields of a message that is known to be a JSON object and not to be large.
    private static func message(_ bytes: [UInt8]) throws(BadInput) -> BridgeMessage {
        do {
            return try JSONReader.decode(BridgeMessage.self, from: bytes)
        } catch let error as DecodingError {
            throw description(of: error)
        } catch {
            throw notJSON
        }
    }

    private static func event(_ message: BridgeMessage) throws(BadInput) -> ClientEvent {
        guard let name = message.command ?? message.type else {
            throw BadInput(code: "missing_type", message: "the message has neither 'type' nor 'command'")
        }
        switch name {
        case "input_audio_buffer.append":
            guard let base64 = message.data?.chunk ?? message.audio else {
                throw BadInput(
                    code: "missing_field", message: "input_audio_buffer.append needs 'audio' or 'data.chunk'")
            }
            // Seldom: the scan has found the audio, unless one of its fields is there twice.
            return .audio(try samples(Array(base64.utf8)))
        case "input_text":
            guard let text = message.text else {
                throw BadInput(code: "missing_field", message: "input_text needs 'text'")
            }
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw BadInput(code: "empty_text", message: "input_text has nothing in 'text'")
            }
            // Not in characters: one may be made of any number of combining marks.
            guard text.unicodeScalars.count <= longestText else {
                throw BadInput(code: "text_too_long", message: "'text' may have \(longestText) characters")
            }
            return .text(text)
        case "start_recording": return .startRecording
        case "stop_recording": return .stopRecording
        case "input_audio_buffer.commit": return .commitAudio
        case "input_audio_buffer.clear": return .clearAudio
        case "playback.started": return .playbackStarted
        case "playback.stopped": return .playbackStopped
        case "playback.progress":
            guard let played = message.playedMilliseconds else {
                throw BadInput(code: "missing_field", message: "playback.progress needs 'played_ms'")
            }
            guard (0...86_400_000).contains(played) else {
                throw BadInput(code: "invalid_field", message: "'played_ms' must be 0…86400000")
            }
            return .playbackProgress(.milliseconds(Int64(played)))
        case "response.cancel": return .cancelResponse
        case "session.update": return .update(message.update ?? SessionUpdate())
        case "resume":
            throw BadInput(
                code: "resume_unavailable", message: "this server cannot resume a conversation; it has begun anew")
        case "PONG": return .ignored
        default: throw BadInput(code: "unknown_type", message: "this 'type' is not known here")
        }
    }

    /// Base64 of PCM16 LE mono.
    private static func samples(_ base64: [UInt8]) throws(BadInput) -> [Int16] {
        try base64.withUnsafeBufferPointer { base64 throws(BadInput) in try samples(base64) }
    }

    private static func samples(_ base64: UnsafeBufferPointer<UInt8>) throws(BadInput) -> [Int16] {
        do throws(PCM16.Base64Failure) {
            return try PCM16.samples(base64: base64)
        } catch {
            switch error {
            case .notBase64: throw notBase64
            case .halfSample:
                throw BadInput(
                    code: "odd_length", message: "the audio has an odd number of bytes; PCM16 has two a sample")
            }
        }
    }

    // MARK: Complaints

    private static let notJSON = BadInput(code: "malformed_json", message: "the message is not JSON")
    private static let notBase64 = BadInput(code: "bad_base64", message: "the audio is not base64")
    private static let tooLargeBesideAudio = BadInput(
        code: "message_too_large", message: "what is not audio may have 64 KiB; the message was dropped")

    private static func description(of error: DecodingError) -> BadInput {
        let path =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context.codingPath
            @unknown default: [any CodingKey]()
            }
        // Without a path it is, for example, a number that fits no field. Paths hold our names, never the client's.
        if path.isEmpty { return BadInput(code: "invalid_field", message: "a value in the message cannot be used") }
        let field = path.map(\.stringValue).joined(separator: ".")
        return BadInput(code: "invalid_field", message: "the field '\(field)' has a value that cannot be used")
    }
}
