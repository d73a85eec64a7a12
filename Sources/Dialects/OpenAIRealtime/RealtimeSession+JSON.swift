import AudioCore
import JSONText
import ProviderKit
import Session

extension RealtimeSession {
    /// The session as an event tells it.
    func json(_ era: RealtimeEra, id: String) -> JSON {
        switch era {
        case .current: current
        case .beta: beta(id)
        }
    }

    private var current: JSON {
        let input: [(String, JSON)] = [
            ("format", self.input.json), ("noise_reduction", .null), ("transcription", transcriptionJSON),
            ("turn_detection", turnJSON),
        ]
        let output: [(String, JSON)] = [
            ("format", self.output.json), ("voice", voice.map(JSON.string) ?? .null), ("speed", .double(answers.speed)),
        ]
        return .object([
            ("type", .string("realtime")), ("model", .string(model)), ("instructions", .string(instructions)),
            ("output_modalities", .array([.string(isSpoken ? "audio" : "text")])),
            ("audio", .object([("input", .object(input)), ("output", .object(output))])),
            ("tools", .array(answers.tools.map(\.realtimeJSON))), ("tool_choice", .string(toolChoice)),
            ("max_output_tokens", longestJSON), ("truncation", .string("auto")), ("tracing", .null),
            ("include", .null),
        ])
    }

    private func beta(_ id: String) -> JSON {
        .object([
            ("id", .string(id)), ("instructions", .string(instructions)),
            ("modalities", .array((isSpoken ? ["text", "audio"] : ["text"]).map(JSON.string))),
            ("voice", voice.map(JSON.string) ?? .null), ("input_audio_format", .string(input.betaName)),
            ("output_audio_format", .string(output.betaName)), ("input_audio_noise_reduction", .null),
            ("input_audio_transcription", transcriptionJSON), ("turn_detection", turnJSON),
            ("tools", .array(answers.tools.map(\.realtimeJSON))), ("tool_choice", .string(toolChoice)),
            ("temperature", answers.temperature.map(JSON.double) ?? .null),
            ("max_response_output_tokens", longestJSON), ("speed", .double(answers.speed)), ("tracing", .null),
        ])
    }

    private var toolChoice: String { answers.callsTools ? "auto" : "none" }

    /// The longest answer.
    var longestJSON: JSON { answers.maximumTokens.map(JSON.int) ?? .string("inf") }

    private var transcriptionJSON: JSON {
        guard let transcription else { return .null }
        return .object([
            ("model", transcription.model.map(JSON.string) ?? .null),
            ("language", transcription.language.map(JSON.string) ?? .null),
        ])
    }

    private var turnJSON: JSON {
        switch turns {
        case .none: .null
        case .server(let threshold, let padding, let silence, let reply):
            .object(
                [
                    ("type", .string("server_vad")), ("threshold", .double(threshold)),
                    ("prefix_padding_ms", .int(Int(padding.milliseconds))),
                    ("silence_duration_ms", .int(Int(silence.milliseconds))),
                ] + reply.members)
        case .semantic(let eagerness, let reply):
            .object(
                [("type", .string("semantic_vad")), ("eagerness", .string(eagerness.rawValue))] + reply.members)
        }
    }
}

extension RealtimeSession.TurnReply {
    fileprivate var members: [(String, JSON)] {
        [("create_response", .bool(creates)), ("interrupt_response", .bool(interrupts))]
    }
}

extension ToolDefinition {
    fileprivate var realtimeJSON: JSON {
        .object([
            ("type", .string("function")), ("name", .string(name)), ("description", .string(description)),
            ("parameters", (try? JSON(reading: parameters)) ?? .null),
        ])
    }
}
