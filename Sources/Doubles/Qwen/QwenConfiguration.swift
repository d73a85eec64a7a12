import ProviderTransport

/// The configuration of a session of Qwen's text-to-speech, checked as the service checks it.
struct QwenConfiguration: Sendable {
    struct Problem: Error {
        var message: String
        var param: String?
    }

    /// The voices of `qwen3-tts-flash-realtime`.
    static let voices = Set(
        """
        Cherry Serena Ethan Chelsie Momo Vivian Moon Maia Kai Nofish Bella Jennifer Ryan Katerina Aiden Mia Mochi \
        Bellona Vincent Bunny Neil Elias Arthur Nini Ebona Seren Pip Stella Bodega Sonrisa Alek Dolce Sohee Lenn Emilien \
        Andre Jada Dylan Li Marcus Roy Peter Sunny Eric Rocky Kiki
        """.split(separator: " ").map(String.init))
    static let languages = [
        "Chinese": "zh-CN", "English": "en-US", "German": "de-DE", "Italian": "it-IT", "Portuguese": "pt-PT",
        "Spanish": "es-ES", "Japanese": "ja-JP", "Korean": "ko-KR", "French": "fr-FR", "Russian": "ru-RU",
        "Auto": "en-US",
    ]
    static let rates = [8000, 16000, 22050, 24000, 44100, 48000]

    var voice = "Cherry"
    var mode = "server_commit"
    var languageType = "Auto"
    var sampleRate = 24000
    var speechRate = 1.0

    /// BCP-47; `Auto` is taken for English.
    var language: String { Self.languages[languageType] ?? "en-US" }

    var json: [String: JSONValue] {
        [
            "voice": .string(voice), "mode": .string(mode), "language_type": .string(languageType),
            "response_format": "pcm", "sample_rate": .int(sampleRate), "speech_rate": .double(speechRate),
        ]
    }

    /// Takes over what `fields` change, all of it or, if something is wrong, nothing.
    mutating func update(_ fields: [String: JSONValue]) -> Problem? {
        var new = self
        do {
            for (name, value) in fields { try new.set(name, value) }
        } catch { return error }
        self = new
        return nil
    }

    private mutating func set(_ name: String, _ value: JSONValue) throws(Problem) {
        switch name {
        case "voice": voice = try Self.choice(name, value.string, Self.voices.contains)
        case "mode": mode = try Self.choice(name, value.string) { $0 == "commit" || $0 == "server_commit" }
        case "language_type": languageType = try Self.choice(name, value.string) { Self.languages[$0] != nil }
        case "response_format": _ = try Self.choice(name, value.string) { $0 == "pcm" }
        case "sample_rate": sampleRate = try Self.choice(name, value.int, Self.rates.contains)
        case "speech_rate": speechRate = try Self.choice(name, value.double, (0.5...2).contains)
        case "pitch_rate": _ = try Self.choice(name, value.double, (0.5...2).contains)
        case "volume": _ = try Self.choice(name, value.int, (0...100).contains)
        case "bit_rate": _ = try Self.choice(name, value.int, (6...510).contains)
        // Of no consequence here.
        default: break
        }
    }

    private static func choice<Value>(
        _ name: String, _ value: Value?, _ isAllowed: (Value) -> Bool
    ) throws(Problem) -> Value {
        guard let value, isAllowed(value) else {
            throw Problem(message: "Invalid value for session.\(name).", param: "session.\(name)")
        }
        return value
    }
}
