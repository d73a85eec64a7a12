import FoundationEssentials
import JSONText
import Session

/// Reads what a bridge client sends. Pure.
///
/// The discriminator is `command` if present, else `type`. What cannot be used becomes `ClientEvent.malformed` with a
/// stable code; nothing that a client sends is repeated in the message.
public enum BridgeDecoder {
    /// The largest message that is read, in bytes.
    public static let largestMessage = 1 << 20
    /// The longest typed turn, in Unicode scalars.
    public static let longestText = 8000

    /// Reads one message: JSON in UTF-8, whether it came as a text or as a binary frame.
    public static func decode(_ bytes: [UInt8]) -> ClientEvent {
        do {
            return try event(bytes)
        } catch let problem as BadInput {
            return .malformed(problem)
        } catch let error as DecodingError {
            return .malformed(describe(error, in: bytes))
        } catch {
            return .malformed(BadInput(code: "malformed_json", message: "the message is not JSON"))
        }
    }

    /// What a message over the size limit is answered with.
    public static let oversized = BadInput(
        code: "message_too_large", message: "the message is over 1 MiB and was dropped; send audio in smaller pieces")

    private static func event(_ bytes: [UInt8]) throws -> ClientEvent {
        if bytes.count > largestMessage { throw oversized }
        guard let first = bytes.first(where: { !($0 == 0x20 || (9...13).contains($0)) }) else {
            throw BadInput(code: "malformed_json", message: "the message is empty")
        }
        if first != UInt8(ascii: "{") {
            throw isJSON(bytes)
                ? BadInput(
                    code: "not_an_object", message: "a message is a JSON object such as {\"type\": \"input_text\", …}")
                : BadInput(code: "malformed_json", message: "the message is not JSON")
        }
        let message = try JSONReader.decode(BridgeMessage.self, from: bytes)
        guard let name = message.command ?? message.type else {
            throw BadInput(code: "missing_type", message: "the message has neither 'type' nor 'command'")
        }
        return try event(name, message)
    }

    private static func event(_ name: String, _ message: BridgeMessage) throws -> ClientEvent {
        switch name {
        case "input_audio_buffer.append":
            guard let base64 = message.data?.chunk ?? message.audio else {
                throw BadInput(
                    code: "missing_field", message: "input_audio_buffer.append needs 'audio' or 'data.chunk'")
            }
            return .audio(try samples(base64))
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
    private static func samples(_ base64: String) throws -> [Int16] {
        guard let data = Data(base64Encoded: base64) else {
            throw BadInput(code: "bad_base64", message: "the audio is not base64")
        }
        guard data.count.isMultiple(of: 2) else {
            throw BadInput(code: "odd_length", message: "the audio has an odd number of bytes; PCM16 has two a sample")
        }
        return data.withUnsafeBytes { raw in
            [Int16](unsafeUninitializedCapacity: raw.count / 2) { buffer, count in
                count = raw.count / 2
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: raw)
                for index in 0..<count { buffer[index] = Int16(littleEndian: buffer[index]) }
            }
        }
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONReader.decode(AnyJSON.self, from: bytes)) != nil
    }

    private static func describe(_ error: DecodingError, in bytes: [UInt8]) -> BadInput {
        let path =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context.codingPath
            @unknown default: [any CodingKey]()
            }
        // Without a path it is the text that is wrong, or a number that fits no field. Paths hold our names, never the
        // client's.
        if path.isEmpty && !isJSON(bytes) {
            return BadInput(code: "malformed_json", message: "the message is not JSON")
        }
        if path.isEmpty { return BadInput(code: "invalid_field", message: "a value in the message cannot be used") }
        let field = path.map(\.stringValue).joined(separator: ".")
        return BadInput(code: "invalid_field", message: "the field '\(field)' has a value that cannot be used")
    }
}

/// Any JSON value, looked at only for being one.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd { _ = try list.decode(AnyJSON.self) }
        }
    }
}
