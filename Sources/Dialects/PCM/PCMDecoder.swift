import JSONText
import Session

/// Reads the control messages of raw PCM clients: small JSON objects in text frames. Pure.
enum PCMDecoder {
    /// What a control message may be.
    static let knownTypes: Set = [
        "start", "text", "start_recording", "stop_recording", "clear", "cancel", "playback_started",
        "playback_stopped", "playback_progress", "pong",
    ]

    private struct Fields: Decodable {
        var type: String?
        var eventID: String?
        var text: String?
        var playedMilliseconds: Double?
        var sampleRate: Double?
        var variables: VariablesMessage?

        enum CodingKeys: String, CodingKey {
            case type, text, variables
            case eventID = "event_id"
            case playedMilliseconds = "played_ms"
            case sampleRate = "sample_rate"
        }
    }

    /// What a control message means. What cannot be used becomes `ClientSignal.malformed`, which names the message.
    /// - Parameter number: counts the client's control messages from 1.
    static func read(_ text: String, number: Int, line: PCMLine) -> ClientSignal {
        var subject = MessageSubject()
        do throws(BadInput) {
            let fields = try fields(Array(text.utf8))
            // Clients that only tell their rate mean it as a beginning.
            let type = fields.type ?? (fields.sampleRate == nil ? nil : "start")
            subject = MessageSubject(type: type, known: knownTypes, eventID: fields.eventID)
            return try signal(type, fields, line)
        } catch {
            var problem = error
            subject.number = number
            problem.subject = subject
            return .malformed(problem)
        }
    }

    private static func fields(_ bytes: [UInt8]) throws(BadInput) -> Fields {
        if bytes.count > MessageScan.largestRest { throw BadInput.tooLargeBesideAudio }
        guard let first = JSONCursor.firstByte(of: bytes, reach: bytes.count) else { throw BadInput.empty }
        guard first == UInt8(ascii: "{") else {
            throw BadInput(code: "not_an_object", message: "a message is a JSON object such as {\"type\": \"text\", …}")
        }
        switch bytes.withUnsafeBufferPointer({ MessageScan.verdict(on: $0) }) {
        case .audio, .other: break
        case .malformed: throw BadInput.notJSON
        case .tooDeep: throw BadInput.tooDeep
        case .tooLarge: throw BadInput.tooLargeBesideAudio
        }
        do {
            return try JSONReader.decode(Fields.self, from: bytes)
        } catch let error as DecodingError {
            throw BadInput(error)
        } catch {
            throw BadInput.notJSON
        }
    }

    private static func begin(_ fields: Fields) throws(BadInput) -> ClientSignal {
        guard let variables = fields.variables else { return .ignored }
        var update = SessionUpdate()
        update.variables = try variables.values()
        return .update(update)
    }

    private static func signal(_ type: String?, _ fields: Fields, _ line: PCMLine) throws(BadInput) -> ClientSignal {
        switch type {
        case nil: throw BadInput(code: "missing_type", message: "the message has no 'type'")
        case "start":
            guard let rate = fields.sampleRate, rate != Double(line.inputRate) else { return try begin(fields) }
            throw BadInput(
                code: "rate_mismatch",
                message:
                    "the audio is read at \(line.inputRate) Hz; another rate is asked for in the address: ?rate=8000")
        case "text": return try .typed(fields.text, in: "text")
        case "start_recording": return .startRecording
        case "stop_recording": return .stopRecording
        case "clear": return .clearAudio
        case "cancel": return .cancelResponse
        case "playback_started": return .playbackStarted
        case "playback_stopped": return .playbackStopped
        case "playback_progress":
            return try .played(milliseconds: fields.playedMilliseconds, in: "playback_progress")
        case "pong": return .ignored
        default: throw BadInput.unknownType
        }
    }
}
