import AudioCore
import Foundation
import ProviderKit
import ProviderTransport

/// What a client of the realtime family says, whatever the dialect.
enum RealtimeMessage: Equatable, Sendable {
    case session(SpeechToSpeechRequest)
    /// PCM16 at the dialect's input rate.
    case audio([Int16])
    case commit
    case clear
    case item(ChatMessage)
    case respond(number: Int, instructions: String?)
    case cancel(response: String)
    case truncate(item: String, milliseconds: Int)

    /// What a message is about. It begins the message's event id, by which the server names it in an error.
    enum Kind: String, CaseIterable, Sendable {
        case session, audio, commit, clear, item, respond, cancel, truncate

        /// The kind of one of our messages, by its event id.
        init?(eventID: String) {
            guard let kind = Self.allCases.first(where: { eventID.hasPrefix($0.rawValue + "_") }) else { return nil }
            self = kind
        }
    }

    var kind: Kind {
        switch self {
        case .session: .session
        case .audio: .audio
        case .commit: .commit
        case .clear: .clear
        case .item: .item
        case .respond: .respond
        case .cancel: .cancel
        case .truncate: .truncate
        }
    }
}

extension RealtimeDialect {
    /// The JSON text of `message`.
    /// - Parameter number: makes the event id unique on its connection.
    func text(of message: RealtimeMessage, number: Int) -> String {
        var members = members(of: message)
        members["event_id"] = .string("\(message.kind.rawValue)_\(number)")
        return JSONValue.object(members).text
    }

    private func members(of message: RealtimeMessage) -> [String: JSONValue] {
        switch message {
        case .session(let request): return ["type": "session.update", "session": session(request)]
        case .audio(let samples):
            let audio = Data(PCM16.bytes(littleEndian: samples)).base64EncodedString()
            return ["type": "input_audio_buffer.append", "audio": .string(audio)]
        case .commit: return ["type": "input_audio_buffer.commit"]
        case .clear: return ["type": "input_audio_buffer.clear"]
        case .item(let message): return ["type": "conversation.item.create", "item": item(message)]
        case .respond(_, let instructions):
            var response: [String: JSONValue] = [:]
            if let instructions { response["instructions"] = .string(instructions) }
            return ["type": "response.create", "response": .object(response)]
        case .cancel(let response):
            // The other dialect's server knows one response at a time and takes no id.
            return self == .openAI
                ? ["type": "response.cancel", "response_id": .string(response)] : ["type": "response.cancel"]
        case .truncate(let item, let milliseconds):
            return [
                "type": "conversation.item.truncate", "item_id": .string(item), "content_index": 0,
                "audio_end_ms": .int(milliseconds),
            ]
        }
    }

    /// The session: manual turns, transcripts of both sides, PCM16 both ways.
    private func session(_ request: SpeechToSpeechRequest) -> JSONValue {
        let language = String(request.voice.language.prefix { $0 != "-" })
        switch self {
        case .openAI:
            var output: [String: JSONValue] = [
                "format": ["type": "audio/pcm", "rate": .int(outputRate)],
                "speed": .double(min(max(request.voice.speed, 0.25), 1.5)),
            ]
            if let name = request.voice.name { output["voice"] = .string(name) }
            var session: [String: JSONValue] = [
                "type": "realtime", "instructions": .string(request.instructions), "output_modalities": ["audio"],
                "audio": [
                    "input": [
                        "format": ["type": "audio/pcm", "rate": .int(inputRate)], "turn_detection": nil,
                        "transcription": ["model": "gpt-4o-mini-transcribe", "language": .string(language)],
                    ],
                    "output": .object(output),
                ],
            ]
            // Nothing longer is answered, nor may it be asked for. There is no temperature and no `top_p` any more.
            session["max_output_tokens"] = request.sampling.maxTokens.map { .int(min($0, 4096)) }
            return .object(session)
        case .qwen:
            var session: [String: JSONValue] = [
                "modalities": ["text", "audio"], "instructions": .string(request.instructions),
                "voice": .string(request.voice.name ?? "Cherry"), "input_audio_format": "pcm",
                "output_audio_format": "pcm", "input_audio_transcription": ["model": "gummy-realtime-v1"],
                "turn_detection": nil,
            ]
            // The server's range ends below 2.
            session["temperature"] = request.sampling.temperature.map { .double(min($0, 1.99)) }
            session["top_p"] = request.sampling.topP.map(JSONValue.double)
            session["max_tokens"] = request.sampling.maxTokens.map(JSONValue.int)
            return .object(session)
        }
    }

    private func item(_ message: ChatMessage) -> JSONValue {
        let kind =
            switch message.role {
            case .assistant: self == .openAI ? "output_text" : "text"
            case .user, .system, .tool: "input_text"
            }
        return [
            "type": "message", "role": .string(message.role.rawValue),
            "content": [["type": .string(kind), "text": .string(message.content)]],
        ]
    }
}
