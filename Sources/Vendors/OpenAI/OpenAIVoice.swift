import AudioCore
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Speech of OpenAI and what is compatible with it: asked for as PCM, heard as PCM or WAV of any rate, streamed or whole.
public struct OpenAIVoice: SpeechSynthesizer {
    /// What is said in one request, in characters; the service takes 4096.
    private static let longestPiece = 4000
    /// The service has no other rate for PCM, in hertz. What a compatible server sends may differ: see `SpeechStream`.
    private static let vendorRate = 24000

    /// `OpenAI/gpt-4o-mini-tts`
    public let name: String
    private let model: String
    private let defaultVoice: String
    private let endpoint: OpenAIEndpoint
    private let client: HTTPClient

    /// The model `model` at `endpoint`; `defaultVoice` speaks where a request names no voice.
    public init(
        model: String, endpoint: OpenAIEndpoint, client: HTTPClient, defaultVoice: String = "alloy",
        provider: String = "OpenAI"
    ) {
        name = "\(provider)/\(model)"
        self.model = model
        self.defaultVoice = defaultVoice
        self.endpoint = endpoint
        self.client = client
    }

    /// Opens a connection ahead of the first request.
    public func prepare() async { await client.warm(endpoint.url("audio/speech", model: model)) }

    /// Streams the speech; see `SpeechSynthesizer`. Times of words are not known here.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        for piece in speechPieces(of: request.text, limit: Self.longestPiece)
        where piece.contains(where: { $0.isLetter || $0.isNumber }) {
            try await attempt(of: name) { try await speak(String(piece), request, emit: emit) }
        }
    }

    private func speak(
        _ text: String, _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        var body: [String: JSONValue] = [
            "model": .string(model), "input": .string(text), "voice": .string(request.voice.name ?? defaultVoice),
            "response_format": "pcm",
        ]
        if request.voice.speed != 1, request.voice.speed.isFinite {
            body["speed"] = .double(min(4, max(0.25, request.voice.speed)))
        }
        let answer = try await client.open(
            endpoint.call("audio/speech", model: model, body: .object(body), accept: "application/octet-stream"),
            for: name, key: endpoint.key, vendorCode: OpenAIEndpoint.vendorCode)
        var speech = try SpeechStream(
            expecting: Self.vendorRate, to: request.sampleRate, contentType: answer.headers["content-type"],
            provider: name)
        var hasSpoken = false
        for try await bytes in answer.body {
            guard let chunk = try speech.add(bytes) else { continue }
            hasSpoken = true
            try await emit(.audio(chunk))
        }
        try Task.checkCancellation()
        if let chunk = try speech.finish() {
            hasSpoken = true
            try await emit(.audio(chunk))
        }
        guard hasSpoken else { throw ProviderError(.unavailable, provider: name, message: "there was no audio") }
    }
}
