import ProviderKit
import ProviderTransport

/// How a session of Qwen's text-to-speech speaks; fixed when the session begins.
struct QwenVoice: Equatable, Sendable {
    /// Who decides when buffered text is spoken.
    enum Mode: String, Sendable {
        /// We do, by a commit.
        case commit
        /// The server, as soon as it has enough.
        case serverCommit = "server_commit"
    }

    /// A longer text is read in `server_commit` mode, in characters.
    ///
    /// What is committed becomes one response, which the model plans as a whole: right for a sentence, and late and at
    /// the edge of what it takes for a page. The sentences of a dialogue are below this (some 20 s of speech), what is
    /// above is reading aloud, where the server may begin with the first clauses while the rest is still being sent.
    static let longestCommit = 300
    /// The voice of a project that names none.
    static let defaultName = "Cherry"
    /// Rates that the service speaks at, in hertz.
    static let rates = [8000, 16000, 22050, 24000, 44100, 48000]

    var name: String
    var mode: Mode
    /// As the service calls it.
    var language: String
    /// Of the service's audio, in hertz.
    var rate: Int
    /// 0.5…2
    var speed: Double

    init(_ request: SynthesisRequest) {
        name = request.voice.name ?? Self.defaultName
        mode = request.text.count > Self.longestCommit ? .serverCommit : .commit
        language = Self.language(request.voice.locale)
        rate = Self.rates.contains(request.sampleRate) ? request.sampleRate : 24000
        speed = min(max(request.voice.speed, 0.5), 2)
    }

    /// The service's name for the language of a BCP-47 tag; `Auto` lets it listen to the text.
    static func language(_ tag: String) -> String {
        switch tag.prefix(while: { $0 != "-" && $0 != "_" }).lowercased() {
        // Cantonese and the dialects come with voices of their own.
        case "zh", "cmn", "yue", "wuu": "Chinese"
        case "en": "English"
        case "de": "German"
        case "it": "Italian"
        case "pt": "Portuguese"
        case "es": "Spanish"
        case "ja": "Japanese"
        case "ko": "Korean"
        case "fr": "French"
        case "ru": "Russian"
        default: "Auto"
        }
    }

    /// The configuration as `session.update` has it.
    var session: JSONValue {
        [
            "voice": .string(name), "mode": .string(mode.rawValue), "response_format": "pcm",
            "sample_rate": .int(rate), "language_type": .string(language), "speech_rate": .double(speed),
        ]
    }
}
