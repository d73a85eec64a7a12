import ProviderKit
import ProviderTransport

/// One request in Azure's terms.
struct AzureOrder {
    /// Rates of Azure's raw PCM16 formats, in hertz, and how the formats' names have them.
    private static let rates = [
        (8000, "8khz"), (16_000, "16khz"), (22_050, "22050hz"), (24_000, "24khz"), (44_100, "44100hz"),
        (48_000, "48khz"),
    ]
    /// The most that Azure takes in one turn, in bytes.
    private static let longest = 64 << 10

    let text: String
    let ssml: String
    /// Azure's name of the audio's format.
    let format: String
    private let azureRate: Int
    private let sampleRate: Int
    private let provider: String

    /// Reads `request`; another rate than Azure's is made of the next higher one.
    /// - Throws: `ProviderError` for a language without voice, an impossible rate and a text too long for one turn.
    init(_ request: SynthesisRequest, provider: String) throws {
        guard let voice = AzureVoices.name(for: request.voice) else {
            throw ProviderError(.unsupported, provider: provider, message: "there is no default voice for the language")
        }
        let rate = Self.rates.first { $0.0 >= request.sampleRate } ?? (48_000, "48khz")
        text = request.text
        ssml = SSML.document(text, voice: voice, speed: request.voice.speed)
        format = "raw-\(rate.1)-16bit-mono-pcm"
        azureRate = rate.0
        sampleRate = request.sampleRate
        self.provider = provider
        guard ssml.utf8.count <= Self.longest else {
            throw ProviderError(.rejected, provider: provider, message: "the text is too long for one turn")
        }
        _ = try output()
    }

    /// The body of `synthesis.context`.
    var context: JSONValue {
        [
            "synthesis": [
                "audio": [
                    "metadataOptions": [
                        "bookmarkEnabled": false, "punctuationBoundaryEnabled": false,
                        "sentenceBoundaryEnabled": false, "sessionEndEnabled": true, "visemeEnabled": false,
                        "wordBoundaryEnabled": true,
                    ],
                    "outputFormat": .string(format),
                ],
                "language": ["autoDetection": false],
            ]
        ]
    }

    /// What makes Azure's audio the caller's.
    func output() throws -> PCMStream { try PCMStream(from: azureRate, to: sampleRate, provider: provider) }
}
