import AudioCore
import Foundation
import JSONText
import ProviderKit

/// What a server of the realtime family says, as far as it matters here. GA and beta names mean the same.
package enum RealtimeEvent: Equatable, Sendable {
    case sessionCreated
    case sessionUpdated
    case sessionFinished
    /// The buffered audio or text became this item.
    case committed(item: String)
    /// What was said in that item; empty when it could not be told.
    case callerTranscript(item: String, String)
    case responseCreated(String)
    case text(response: String, String)
    case audio(response: String, item: String, [Int16])
    case responseDone(String, Outcome, TokenUsage?)
    case failure(Failure)
    /// Something that needs no answer.
    case other

    /// How a response ended.
    package enum Outcome: Equatable, Sendable {
        case completed, cancelled
        case failed(Failure)
    }

    /// An `error` event.
    package struct Failure: Equatable, Sendable {
        package var code: String?
        package var type: String?
        /// The client's event that it is about, when the server says.
        package var eventID: String?

        package init(code: String? = nil, type: String? = nil, eventID: String? = nil) {
            self.code = code
            self.type = type
            self.eventID = eventID
        }
    }

    /// Reads one message; nil when it is none of the protocol's: no JSON object with a `type`, or a field is missing.
    package init?(_ text: String) {
        guard let wire = try? JSONReader.decode(Wire.self, from: text.utf8), let event = wire.event else {
            return nil
        }
        self = event
    }
}

/// The fields of all server events that are read.
private struct Wire: Decodable {
    struct Response: Decodable {
        struct Details: Decodable {
            var error: Problem?
            var reason: String?
        }
        struct Usage: Decodable {
            var input_tokens: Int?
            var output_tokens: Int?
        }
        var id: String
        var status: String?
        var status_details: Details?
        var usage: Usage?
    }
    struct Problem: Decodable {
        var code: String?
        var type: String?
        var event_id: String?
    }

    var type: String
    var item_id: String?
    var response_id: String?
    var delta: String?
    var transcript: String?
    var response: Response?
    var error: Problem?

    var event: RealtimeEvent? {
        switch type {
        case "session.created": return .sessionCreated
        case "session.updated": return .sessionUpdated
        case "session.finished": return .sessionFinished
        case "input_audio_buffer.committed", "input_text_buffer.committed": return .committed(item: item_id ?? "")
        case "conversation.item.input_audio_transcription.completed":
            return item_id.map { .callerTranscript(item: $0, transcript ?? "") }
        case "conversation.item.input_audio_transcription.failed":
            return item_id.map { .callerTranscript(item: $0, "") }
        case "response.created": return response.map { .responseCreated($0.id) }
        case "response.output_text.delta", "response.output_audio_transcript.delta", "response.text.delta",
            "response.audio_transcript.delta":
            guard let response_id, let delta else { return nil }
            return .text(response: response_id, delta)
        case "response.output_audio.delta", "response.audio.delta":
            guard let response_id, let delta, let bytes = Data(base64Encoded: delta), bytes.count % 2 == 0 else {
                return nil
            }
            return .audio(response: response_id, item: item_id ?? "", PCM16.samples(littleEndian: [UInt8](bytes)))
        case "response.done": return response.map { .responseDone($0.id, outcome($0), usage($0)) }
        case "error":
            return .failure(.init(code: error?.code, type: error?.type, eventID: error?.event_id))
        default: return .other
        }
    }

    private func outcome(_ response: Response) -> RealtimeEvent.Outcome {
        switch response.status {
        case "cancelled": .cancelled
        case "failed":
            .failed(.init(code: response.status_details?.error?.code, type: response.status_details?.error?.type))
        case "incomplete" where response.status_details?.reason == "content_filter":
            .failed(.init(code: "content_filter", type: "invalid_request_error"))
        default: .completed
        }
    }

    private func usage(_ response: Response) -> TokenUsage? {
        guard let input = response.usage?.input_tokens, let output = response.usage?.output_tokens else { return nil }
        return TokenUsage(input: input, output: output)
    }
}
