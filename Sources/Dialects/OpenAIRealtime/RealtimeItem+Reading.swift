import JSONText
import ProviderKit
import Session

/// Reads items that a client puts into a conversation.
extension RealtimeItem {
    private static let longestID = 64
    private static let mostParts = 32

    /// - Parameters:
    ///   - id: its name, if the client gives none.
    ///   - picture: takes what the caller shows with it.
    init(
        _ fields: RealtimeFields, id: @autoclosure () -> String, picture: inout Picture?
    ) throws(BadInput) {
        let type = try fields.choice("type", of: ["message", "function_call", "function_call_output"])
        let own = try fields.string("id", longest: Self.longestID)
        self.id = own.flatMap { $0.isEmpty ? nil : $0 } ?? id()
        _ = try fields.choice("status", of: ["completed", "incomplete", "in_progress"])
        switch type {
        case "message":
            try fields.check(only: ["id", "object", "type", "role", "status", "content"])
            content = try Self.message(fields, &picture)
        case "function_call_output":
            try fields.check(only: ["id", "object", "type", "status", "call_id", "output"])
            content = .output(
                callID: try fields.required("call_id", longest: Self.longestID),
                try fields.required("output", longest: ClientSignal.longestResult))
        case "function_call":
            throw fields.wrong("type", "cannot be put in: calls are the models' to make", code: "unsupported_value")
        default: throw fields.wrong("type", "is missing", code: "missing_required_parameter")
        }
    }

    private static func message(_ fields: RealtimeFields, _ picture: inout Picture?) throws(BadInput) -> Content {
        let role = try fields.choice("role", of: ["user", "assistant", "system"])
        guard let values = try fields.list("content", most: mostParts) else {
            throw fields.wrong("content", "is missing", code: "missing_required_parameter")
        }
        var parts: [Part] = []
        for (index, value) in values.enumerated() {
            let part = try RealtimeFields(value, at: "\(fields.place(of: "content"))[\(index)]")
            parts.append(try Part(part, role: role ?? "user", &picture))
        }
        guard !parts.isEmpty else { throw fields.wrong("content", "is empty") }
        let text = parts.compactMap { part -> String? in
            switch part {
            case .text(let text): text
            case .audio(let transcript): transcript
            case .image: nil
            }
        }.joined(separator: " ")
        guard text.unicodeScalars.count <= ClientSignal.longestText else {
            throw fields.wrong(
                "content", "may have \(ClientSignal.longestText) characters", code: "string_above_max_length")
        }
        switch role {
        case "system": return .system(text)
        case "assistant":
            let isSpoken = if case .audio = parts[0] { true } else { false }
            return .assistant(text, isSpoken: isSpoken, isEmpty: false)
        case "user": return .user(parts)
        default: throw fields.wrong("role", "is missing", code: "missing_required_parameter")
        }
    }
}

extension RealtimeItem.Part {
    /// What a part may be, by whose message it is in.
    private static func kinds(_ role: String) -> [String] {
        switch role {
        case "user": ["input_text", "input_audio", "input_image"]
        case "assistant": ["output_text", "output_audio", "text", "audio"]
        default: ["input_text"]
        }
    }

    fileprivate init(_ fields: RealtimeFields, role: String, _ picture: inout Picture?) throws(BadInput) {
        switch try fields.choice("type", of: Self.kinds(role)) {
        case "input_text", "output_text", "text":
            try fields.check(only: ["type", "text"])
            self = .text(try fields.required("text", longest: ClientSignal.longestText))
        case "input_audio", "output_audio", "audio":
            try fields.check(only: ["type", "audio", "transcript"])
            guard let words = try fields.string("transcript", longest: ClientSignal.longestText) else {
                throw fields.wrong(
                    "transcript", "is missing: audio is taken with input_audio_buffer.append and .commit",
                    code: "unsupported_value")
            }
            self = .audio(transcript: words)
        case "input_image":
            try fields.check(only: ["type", "image_url", "detail"])
            let url = try fields.required("image_url", longest: 1 << 20)
            do throws(BadInput) {
                picture = try Picture(dataURL: url)
            } catch {
                throw fields.wrong("image_url", "is no data URL of a picture that is taken", code: error.code)
            }
            self = .image
        default: throw fields.wrong("type", "is missing", code: "missing_required_parameter")
        }
    }
}
