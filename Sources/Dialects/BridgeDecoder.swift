import AudioCore
import JSONText
import ProviderKit
import Session

/// Reads what a bridge client sends. Pure.
///
/// The discriminator is `command` if present, else `type`. What cannot be used becomes `ClientSignal.malformed` with a
/// stable code; nothing that a client sends is repeated in the message. Whatever is sent, the cost is linear in the length
/// of the audio or the picture, and of the first `largestRest` bytes beside it.
public enum BridgeDecoder {
    /// The largest message that is read, in bytes.
    public static let largestMessage = 1 << 20
    /// What a message may hold beside audio or a picture, in bytes.
    public static let largestRest = MessageScan.largestRest
    /// The longest typed turn, in Unicode scalars.
    public static let longestText = ClientSignal.longestText
    /// What messages may say they are.
    static let knownTypes: Set = [
        "input_audio_buffer.append", "input_audio_buffer.commit", "input_audio_buffer.clear", "input_text",
        "start_recording", "stop_recording", "playback.started", "playback.stopped", "playback.progress",
        "response.cancel", "session.update", "tool.result", "memory.add", "memory.retrieve", "memory.reset",
        "resume", "PONG",
    ]

    /// What a message over the size limit is answered with.
    public static let oversized = BadInput.oversized

    /// One message of a client.
    struct Message: Equatable {
        /// What it means.
        var input: ClientInput
        /// What it says it is.
        var subject = MessageSubject()
        /// The response that it names.
        var response: String?
        /// What the caller shows with it.
        var picture: Picture?
    }

    /// Reads one message: JSON in UTF-8, whether it came as a text or as a binary frame.
    static func read(_ frame: Frame) -> Message {
        switch frame {
        case .text(let text): read(Array(text.utf8))
        case .binary(let bytes): read(bytes)
        case .oversized: Message(input: .signal(.malformed(oversized)))
        case .close: Message(input: .signal(.ignored))
        }
    }

    static func read(_ bytes: [UInt8]) -> Message {
        do throws(BadInput) {
            return try message(bytes)
        } catch {
            let subject = error.subject
            var problem = error
            problem.subject = nil
            return Message(input: .signal(.malformed(problem)), subject: subject ?? MessageSubject())
        }
    }

    private static func message(_ bytes: [UInt8]) throws(BadInput) -> Message {
        if bytes.count > largestMessage { throw oversized }
        guard let first = JSONCursor.firstByte(of: bytes, reach: largestRest) else {
            throw bytes.count > largestRest ? BadInput.tooLargeBesideAudio : BadInput.empty
        }
        switch first {
        case UInt8(ascii: "{"): return try object(bytes)
        case UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            throw BadInput(
                code: "not_an_object", message: "a message is a JSON object such as {\"type\": \"input_text\", …}")
        default: throw BadInput.notJSON
        }
    }

    private static func object(_ bytes: [UInt8]) throws(BadInput) -> Message {
        try bytes.withUnsafeBufferPointer { text throws(BadInput) in
            switch MessageScan.verdict(on: text) {
            case .audio(let base64) where base64.isEscaped:
                guard let plain = base64.plainBytes(in: text) else { throw notBase64 }
                return Message(input: .audio(try samples(plain)))
            case .audio(let base64):
                return Message(input: .audio(try samples(UnsafeBufferPointer(rebasing: text[base64.range]))))
            case .malformed: throw BadInput.notJSON
            case .tooDeep: throw BadInput.tooDeep
            case .tooLarge: throw BadInput.tooLargeBesideAudio
            case .other: return try meaning(of: fields(bytes))
            }
        }
    }

    /// Reads the fields of a message that is known to be a JSON object and not to be large.
    private static func fields(_ bytes: [UInt8]) throws(BadInput) -> BridgeMessage {
        do {
            return try JSONReader.decode(BridgeMessage.self, from: bytes)
        } catch let error as DecodingError {
            throw BadInput(error)
        } catch {
            throw BadInput.notJSON
        }
    }

    private static func meaning(of fields: BridgeMessage) throws(BadInput) -> Message {
        let subject = MessageSubject(
            type: fields.command ?? fields.type, known: knownTypes, eventID: fields.eventID)
        guard let name = fields.command ?? fields.type else {
            var problem = BadInput(code: "missing_type", message: "the message has neither 'type' nor 'command'")
            problem.subject = subject
            throw problem
        }
        do throws(BadInput) {
            let picture = name == "input_text" ? try fields.picture() : nil
            return Message(
                input: try input(name, fields), subject: subject, response: fields.responseID, picture: picture)
        } catch {
            var problem = error
            problem.subject = subject
            throw problem
        }
    }

    private static func input(_ name: String, _ message: BridgeMessage) throws(BadInput) -> ClientInput {
        if name == "input_audio_buffer.append" {
            guard let base64 = message.data?.chunk ?? message.audio else {
                throw BadInput(
                    code: "missing_field", message: "input_audio_buffer.append needs 'audio' or 'data.chunk'")
            }
            // Seldom: the scan has found the audio, unless one of its fields is there twice.
            return .audio(try samples(Array(base64.utf8)))
        }
        return .signal(try signal(name, message))
    }

    private static func signal(_ name: String, _ message: BridgeMessage) throws(BadInput) -> ClientSignal {
        switch name {
        case "input_text": return try .typed(message.text, in: name)
        case "start_recording": return .startRecording
        case "stop_recording": return .stopRecording
        case "input_audio_buffer.commit": return .commitAudio
        case "input_audio_buffer.clear": return .clearAudio
        case "playback.started": return .playbackStarted
        case "playback.stopped": return .playbackStopped
        case "playback.progress": return try .played(milliseconds: message.playedMilliseconds, in: name)
        case "response.cancel": return try message.cancel()
        case "session.update": return .update(try message.update())
        case "tool.result": return try message.toolResult()
        case "memory.add", "memory.retrieve", "memory.reset": return .memory(try message.memory(name))
        case "resume":
            throw BadInput(
                code: "resume_unavailable", message: "this server cannot resume a conversation; it has begun anew")
        case "PONG": return .ignored
        default: throw BadInput.unknownType
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

    private static let notBase64 = BadInput(code: "bad_base64", message: "the audio is not base64")
}
