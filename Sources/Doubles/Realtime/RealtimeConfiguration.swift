import ProviderTransport

/// The configuration of a realtime session, checked as far as it matters here.
struct RealtimeConfiguration: Sendable {
    struct Problem: Error {
        var code: String
        var message: String
        var param: String
    }

    private let names: RealtimeNames
    private(set) var json: [String: JSONValue]

    /// The vendor's defaults.
    init(_ names: RealtimeNames, model: String, id: String) {
        self.names = names
        let common: [String: JSONValue] = [
            "object": "realtime.session", "id": .string(id), "model": .string(model), "instructions": "", "tools": [],
            "tool_choice": "auto",
        ]
        let particular: [String: JSONValue] =
            switch names {
            case .ga:
                [
                    "type": "realtime", "output_modalities": ["audio"], "max_output_tokens": "inf",
                    "truncation": "auto",
                    "audio": [
                        "input": [
                            "format": ["type": "audio/pcm", "rate": 24000], "transcription": nil,
                            "noise_reduction": nil,
                            "turn_detection": [
                                "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                                "silence_duration_ms": 500, "create_response": true, "interrupt_response": true,
                            ],
                        ],
                        "output": ["format": ["type": "audio/pcm", "rate": 24000], "voice": "alloy", "speed": 1],
                    ],
                ]
            case .beta:
                [
                    "modalities": ["text", "audio"], "voice": "Cherry", "input_audio_format": "pcm16",
                    "output_audio_format": "pcm24", "input_audio_transcription": ["model": "gummy-realtime-v1"],
                    "temperature": 0.8,
                    "turn_detection": [
                        "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 800,
                        "create_response": true, "interrupt_response": true,
                    ],
                ]
            }
        json = common.merging(particular) { $1 }
    }

    private subscript(path: String...) -> JSONValue? {
        path.reduce(JSONValue.object(json) as JSONValue?) { value, key in value?[key] }
    }

    var instructions: String { self["instructions"]?.string ?? "" }
    var voice: String? { names == .ga ? self["audio", "output", "voice"]?.string : self["voice"]?.string }
    var speed: Double { self["audio", "output", "speed"]?.double ?? 1 }
    var inputRate: Int {
        names == .ga ? 24000 : self["audio", "input", "format", "sample_rate"]?.int ?? self["sample_rate"]?.int ?? 16000
    }
    var outputRate: Int { names == .ga ? 24000 : self["audio", "output", "format", "sample_rate"]?.int ?? 24000 }
    var transcribes: Bool {
        names == .ga ? self["audio", "input", "transcription"] != nil : self["input_audio_transcription"] != nil
    }
    /// Of the caller, BCP-47 or a part of it.
    var language: String {
        (names == .ga
            ? self["audio", "input", "transcription", "language"] : self["input_audio_transcription", "language"])?
            .string ?? "en-US"
    }
    var speaks: Bool {
        let modalities = (names == .ga ? self["output_modalities"] : self["modalities"])?.array ?? []
        return modalities.contains("audio")
    }

    /// Takes over what `fields` change, all of it or, if something is wrong, nothing.
    /// - Parameter hasSpoken: the voice is fixed after the first audio.
    mutating func update(_ fields: [String: JSONValue], hasSpoken: Bool) -> Problem? {
        var new = self
        new.json = Self.merge(.object(json), .object(fields)).object ?? json
        if let problem = new.problem(fields) { return problem }
        if hasSpoken, new.voice != voice {
            return Problem(
                code: "cannot_update_voice", message: "The voice cannot be changed once it has been heard.",
                param: "session.voice")
        }
        self = new
        return nil
    }

    /// The field of `turn_detection` that is wrong.
    private var wrongTurnDetection: String? {
        guard let turns = self["audio", "input", "turn_detection"], case .object = turns else { return nil }
        guard ["server_vad", "semantic_vad"].contains(turns["type"]?.string) else { return "type" }
        if let threshold = turns["threshold"], !(0...1).contains(threshold.double ?? -1) { return "threshold" }
        return ["prefix_padding_ms", "silence_duration_ms"].first { name in
            turns[name].map { ($0.int ?? -1) < 0 } ?? false
        }
    }

    private func problem(_ fields: [String: JSONValue]) -> Problem? {
        func invalid(_ param: String) -> Problem {
            Problem(code: "invalid_value", message: "Invalid value for \(param).", param: param)
        }
        switch names {
        case .ga:
            guard fields["type"]?.string == "realtime" else {
                return Problem(
                    code: "missing_required_parameter", message: "Missing required parameter: 'session.type'.",
                    param: "session.type")
            }
            for side in ["input", "output"] {
                guard self["audio", side, "format", "type"] == "audio/pcm",
                    self["audio", side, "format", "rate"] == 24000
                else { return invalid("session.audio.\(side).format") }
            }
            if ![["audio"], ["text"]].contains(self["output_modalities"]) {
                return invalid("session.output_modalities")
            }
            if let param = wrongTurnDetection { return invalid("session.audio.input.turn_detection.\(param)") }
            guard (0.25...1.5).contains(speed) else { return invalid("session.audio.output.speed") }
            for param in ["temperature", "top_p", "max_tokens"] where fields[param] != nil {
                return Problem(
                    code: "unknown_parameter", message: "Unknown parameter: 'session.\(param)'.",
                    param: "session.\(param)")
            }
            if let limit = self["max_output_tokens"], limit != "inf", !(1...4096).contains(limit.int ?? 0) {
                return invalid("session.max_output_tokens")
            }
        case .beta:
            let modalities = self["modalities"]?.array ?? []
            guard modalities == ["text"] || Set(modalities) == ["text", "audio"] else {
                return invalid("session.modalities")
            }
            for side in ["input", "output"] {
                guard ["pcm", "pcm16", "pcm24"].contains(self["\(side)_audio_format"]?.string) else {
                    return invalid("session.\(side)_audio_format")
                }
            }
            if let value = self["temperature"], !(0..<2).contains(value.double ?? -1) {
                return invalid("session.temperature")
            }
            if let value = self["top_p"], !(0...1).contains(value.double ?? 0) || value.double == 0 {
                return invalid("session.top_p")
            }
            if let value = self["max_tokens"], (value.int ?? 0) < 1 { return invalid("session.max_tokens") }
            if fields["audio"] != nil, fields["input_audio_format"] != nil { return invalid("session.audio") }
        }
        return nil
    }

    /// Objects are merged, everything else is replaced.
    private static func merge(_ old: JSONValue, _ new: JSONValue) -> JSONValue {
        guard case .object(let old) = old, case .object(let new) = new else { return new }
        return .object(old.merging(new) { merge($0, $1) })
    }
}
