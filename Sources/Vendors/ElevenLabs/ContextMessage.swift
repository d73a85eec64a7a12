import Foundation
import ProviderTransport

/// What is said on a multi-context socket, as far as it matters here.
enum ContextMessage: Equatable {
    /// The next audio of a context, or nothing but its times; `isFinal`: the context is closed.
    case speech(audio: [UInt8], Alignment?, isFinal: Bool)
    /// With ElevenLabs' name for it, and the code with which the socket will be closed.
    case error(code: String?, close: Int?)

    /// Reads a text message. The context is nil where the message is for the whole socket. nil for nonsense.
    static func read(_ text: String) -> (message: ContextMessage, context: String?)? {
        guard let value = JSONValue(text.utf8), value.object != nil else { return nil }
        let context = (value["contextId"] ?? value["context_id"])?.string
        if value["error"] != nil || (value["message"] != nil && value["code"] != nil) {
            return (.error(code: value["error"]?.string, close: value["code"]?.int), context)
        }
        var audio: [UInt8] = []
        if let encoded = value["audio"]?.string {
            guard let data = Data(base64Encoded: encoded) else { return nil }
            audio = Array(data)
        }
        let isFinal = value["isFinal"]?.bool ?? value["is_final"]?.bool ?? false
        guard isFinal || value["audio"] != nil || value["alignment"] != nil || context != nil else { return nil }
        let alignment = Alignment(value["alignment"]) ?? Alignment(value["normalizedAlignment"])
        return (.speech(audio: audio, alignment, isFinal: isFinal), context)
    }

    /// The messages of an utterance of one text: it is spoken whole, and its end is told.
    static func utterance(_ text: String, context: String, voiceSettings: JSONValue?) -> [String] {
        var begin: [String: JSONValue] = ["text": " ", "context_id": .string(context)]
        begin["voice_settings"] = voiceSettings
        let speech: JSONValue = ["text": .string(text + " "), "context_id": .string(context), "flush": true]
        return [JSONValue.object(begin).text, speech.text, close(context)]
    }

    /// Ends a context.
    static func close(_ context: String) -> String {
        JSONValue.object(["context_id": .string(context), "close_context": true]).text
    }

    static let closeSocket = #"{"close_socket":true}"#
}
