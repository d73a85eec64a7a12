import AudioCore
import JSONText
import ProviderKit
import Session

/// Reads `session.update`. All of it counts or nothing; each field is honoured or refused by name.
extension RealtimeSession {
    /// In Unicode scalars.
    static let longestInstructions = 32_000
    static let mostTools = 64
    /// The voices of the protocol. Which voice speaks is the project's to say, so these change nothing.
    static let voices = [
        "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
    ]

    /// The session with what the client changes of it.
    /// - Throws: what is wrong with a field, and which.
    func updated(with fields: RealtimeFields, _ era: RealtimeEra) throws(BadInput) -> RealtimeSession {
        var session = self
        switch era {
        case .current: try session.read(fields)
        case .beta: try session.readBeta(fields)
        }
        return session
    }

    private mutating func read(_ fields: RealtimeFields) throws(BadInput) {
        try fields.check(only: [
            "type", "object", "id", "model", "instructions", "output_modalities", "audio", "tools", "tool_choice",
            "parallel_tool_calls", "max_output_tokens", "truncation", "tracing", "include", "prompt", "reasoning",
        ])
        try fields.refuse("type", unless: { $0.string == "realtime" }, "must be realtime")
        try readCommon(fields)
        try readModalities("output_modalities", of: fields)
        try readLongest("max_output_tokens", of: fields)
        try fields.refuse("truncation", unless: { $0.string == "auto" }, "must be auto")
        try fields.refuse("include", unless: { $0 == .array([]) }, "must be empty: there are no log probabilities")
        try fields.refuse("prompt", "is not had here: write instructions")
        try fields.refuse("reasoning", "is the project's to say")
        try fields.refuse("parallel_tool_calls", unless: { $0 == .bool(true) }, "must be true")
        guard let audio = try fields.object("audio") else { return }
        try audio.check(only: ["input", "output"])
        if let input = try audio.object("input") {
            try input.check(only: ["format", "noise_reduction", "transcription", "turn_detection"])
            self.input = try RealtimeFormat("format", of: input) ?? self.input
            try readHearing(input, noise: "noise_reduction", transcription: "transcription")
        }
        if let output = try audio.object("output") {
            try output.check(only: ["format", "voice", "speed"])
            self.output = try RealtimeFormat("format", of: output) ?? self.output
            try readSpeaking(output)
        }
    }

    private mutating func readBeta(_ fields: RealtimeFields) throws(BadInput) {
        try fields.check(only: [
            "id", "object", "model", "modalities", "instructions", "voice", "input_audio_format", "output_audio_format",
            "input_audio_transcription", "input_audio_noise_reduction", "turn_detection", "tools", "tool_choice",
            "temperature", "max_response_output_tokens", "speed", "tracing", "client_secret",
        ])
        try readCommon(fields)
        try readModalities("modalities", of: fields)
        try readLongest("max_response_output_tokens", of: fields)
        try fields.refuse("client_secret", "cannot be changed")
        answers.temperature = try fields.number("temperature", in: 0...2) ?? answers.temperature
        input = try RealtimeFormat(beta: "input_audio_format", of: fields) ?? input
        output = try RealtimeFormat(beta: "output_audio_format", of: fields) ?? output
        try readHearing(fields, noise: "input_audio_noise_reduction", transcription: "input_audio_transcription")
        try readSpeaking(fields)
    }

    private mutating func readCommon(_ fields: RealtimeFields) throws(BadInput) {
        try fields.refuse("model", unless: { $0.string == model }, "cannot be changed in a session")
        // It is asked for by default, and there is nobody to trace for.
        try fields.refuse("tracing", unless: { $0.string == "auto" }, "must be auto or null")
        if fields.has("instructions") {
            instructions = try fields.string("instructions", longest: Self.longestInstructions) ?? ""
        }
        try answers.readTools(fields)
    }

    mutating func readModalities(_ name: String, of fields: RealtimeFields) throws(BadInput) {
        guard let values = try fields.list(name, most: 2) else { return }
        switch Set(values.map { $0.string ?? "" }) {
        case ["audio"], ["text", "audio"]: isSpoken = true
        case ["text"]: isSpoken = false
        default: throw fields.wrong(name, "must be [\"audio\"] or [\"text\"]")
        }
    }

    mutating func readLongest(_ name: String, of fields: RealtimeFields) throws(BadInput) {
        guard let value = fields[name] else { return }
        if value == .null || value.string == "inf" {
            answers.maximumTokens = nil
        } else {
            answers.maximumTokens = try fields.int(name, in: 1...4096)
        }
    }

    mutating func readSpeaking(_ fields: RealtimeFields) throws(BadInput) {
        answers.speed = try fields.number("speed", in: 0.25...1.5) ?? answers.speed
        voice = try fields.choice("voice", of: Self.voices) ?? voice
    }

    private mutating func readHearing(
        _ fields: RealtimeFields, noise: String, transcription name: String
    ) throws(BadInput) {
        try fields.refuse(noise, "is not had here: leave it out, or null")
        if fields.has(name) {
            transcription = try fields.object(name).map { (read) throws(BadInput) in try Transcription(read, language) }
        }
        guard fields.has("turn_detection") else { return }
        turns =
            try fields.object("turn_detection").map { (read) throws(BadInput) in try TurnDetection(read, over: turns) }
            ?? .none
    }
}

extension RealtimeSession.Transcription {
    fileprivate init(_ fields: RealtimeFields, _ language: String) throws(BadInput) {
        try fields.check(only: ["model", "language", "prompt"])
        model = try fields.string("model", longest: 128)
        try fields.refuse("prompt", unless: { $0.string == "" }, "is the project's to say")
        self.language = try fields.string("language", longest: 35)
        let wanted = self.language?.lowercased().split(separator: "-").first
        guard wanted == nil || wanted == language.lowercased().split(separator: "-").first else {
            throw fields.wrong("language", "is not the language of this project", code: "unsupported_value")
        }
    }
}

extension RealtimeSession.TurnDetection {
    fileprivate init(_ fields: RealtimeFields, over old: Self) throws(BadInput) {
        var reply = RealtimeSession.TurnReply()
        reply.creates = try fields.bool("create_response") ?? reply.creates
        reply.interrupts = try fields.bool("interrupt_response") ?? reply.interrupts
        if try fields.choice("type", of: ["server_vad", "semantic_vad"]) == "semantic_vad" {
            try fields.check(only: ["type", "eagerness", "create_response", "interrupt_response"])
            let name = try fields.choice("eagerness", of: RealtimeSession.Eagerness.allCases.map(\.rawValue))
            self = .semantic(eagerness: name.flatMap { .init(rawValue: $0) } ?? .auto, reply)
            return
        }
        try fields.check(only: [
            "type", "threshold", "prefix_padding_ms", "silence_duration_ms", "create_response", "interrupt_response",
            "idle_timeout_ms",
        ])
        try fields.refuse("idle_timeout_ms", "is the project's to say: its 'idle' asks a silent caller")
        var usual: (threshold: Double, padding: Duration, silence: Duration) = (
            0.5, .milliseconds(300), .milliseconds(500)
        )
        if case .server(let threshold, let padding, let silence, _) = old { usual = (threshold, padding, silence) }
        let padding = try fields.int("prefix_padding_ms", in: 0...5000).map { Duration.milliseconds($0) }
        let silence = try fields.int("silence_duration_ms", in: 100...10_000).map { Duration.milliseconds($0) }
        self = .server(
            threshold: try fields.number("threshold", in: 0...1) ?? usual.threshold, padding: padding ?? usual.padding,
            silence: silence ?? usual.silence, reply)
    }
}

extension AnswerOrders {
    /// What the client lets models call.
    mutating func readTools(_ fields: RealtimeFields) throws(BadInput) {
        if fields.has("tools") {
            tools = []
            for (index, value) in (try fields.list("tools", most: RealtimeSession.mostTools) ?? []).enumerated() {
                let tool = try RealtimeFields(value, at: "\(fields.place(of: "tools"))[\(index)]")
                let definition = try ToolDefinition(tool)
                if tools.contains(where: { $0.name == definition.name }) { throw tool.wrong("name", "is there twice") }
                tools.append(definition)
            }
        }
        if fields.has("tool_choice") {
            try fields.refuse("tool_choice", unless: { ["auto", "none"].contains($0.string) }, "must be auto or none")
            callsTools = fields.value("tool_choice")?.string != "none"
        }
    }
}

extension ToolDefinition {
    private static let longestParameters = 16_000

    fileprivate init(_ fields: RealtimeFields) throws(BadInput) {
        try fields.refuse(
            "type", unless: { $0.string == "function" }, "must be function: servers of tools are the project's to say")
        try fields.check(only: ["type", "name", "description", "parameters", "strict"])
        let name = try fields.required("name", longest: 64)
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }) else {
            throw fields.wrong("name", "has 1…64 letters, digits, _ and -")
        }
        let parameters = try fields.object("parameters").map { _ in fields.value("parameters")?.text ?? "{}" }
        guard (parameters ?? "").utf8.count <= Self.longestParameters else {
            throw fields.wrong("parameters", "may have \(Self.longestParameters) bytes")
        }
        self.init(
            name: name, description: try fields.string("description", longest: 4096) ?? "",
            parameters: parameters ?? #"{"type":"object","properties":{}}"#)
    }
}
