import Foundation
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// ElevenLabs' voices over streamed HTTP, with the times of the words: for models that ElevenLabs does not serve over
/// WebSockets.
public final class ElevenLabsHTTPSynthesizer: SpeechSynthesizer {
    /// `ElevenLabs/eleven_v3`
    public let name: String
    private let model: String
    private let settings: ElevenLabsSettings
    private let failure: ElevenLabsFailure
    private let client: HTTPClient

    /// A line holds the audio of one piece, at most some seconds.
    private static let longestLine = 16 << 20

    /// Whether ElevenLabs refuses `model` on its WebSockets.
    public static func isOnlyWay(to model: String) -> Bool { model == "eleven_v3" }

    /// Voices with one of ElevenLabs' models.
    public init(
        model: String = "eleven_turbo_v2_5", settings: ElevenLabsSettings, client: HTTPClient,
        provider: String = "ElevenLabs"
    ) {
        name = "\(provider)/\(model)"
        self.model = model
        self.settings = settings
        failure = ElevenLabsFailure(provider: name, key: settings.key)
        self.client = client
    }

    /// Opens a connection, so that the first utterance finds one.
    public func prepare() async {
        if let url = settings.url("/", [], secure: "https", plain: "http") { await client.warm(url) }
    }

    /// Speaks `request.text`; see `SpeechSynthesizer`. Words come just before the audio in which they end.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        var assembly = try SpeechAssembly(request, origin: .beginning, provider: name)
        guard request.isSpeakable else { return }
        let call = try call(request)
        let answer = try await attempt(of: name) {
            try await client.open(call, for: name, key: settings.key, vendorCode: ElevenLabsFailure.code)
        }
        var line: [UInt8] = []
        var body = answer.body.makeAsyncIterator()
        while let bytes = try await attempt(of: name, { try await body.next() }) {
            for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
                if part.offset > 0 {
                    try await take(line, &assembly, emit)
                    line = []
                }
                line += part.element
                guard line.count <= Self.longestLine else { throw failure.nonsense }
            }
        }
        try await take(line, &assembly, emit)
        guard assembly.hasAudio else { throw failure.silence }
        for piece in try assembly.finish() {
            try Task.checkCancellation()
            try await emit(piece)
        }
    }

    private func take(
        _ line: [UInt8], _ assembly: inout SpeechAssembly, _ emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        if line.allSatisfy({ $0 == UInt8(ascii: "\r") }) { return }
        guard let value = JSONValue(line), let encoded = value["audio_base64"]?.string,
            let audio = Data(base64Encoded: encoded)
        else { throw failure.nonsense }
        let alignment = Alignment(value["alignment"]) ?? Alignment(value["normalized_alignment"])
        for piece in assembly.add(Array(audio), alignment) {
            try Task.checkCancellation()
            try await emit(piece)
        }
    }

    private func call(_ request: SynthesisRequest) throws -> HTTPCall {
        let path = "/v1/text-to-speech/\(percentEncoded(settings.voice(request.voice)))/stream/with-timestamps"
        let format = "pcm_\(ElevenLabsSettings.rate(for: request.sampleRate))"
        guard let url = settings.url(path, [("output_format", format)], secure: "https", plain: "http") else {
            throw failure.address
        }
        var body: [String: JSONValue] = ["text": .string(request.text), "model_id": .string(model)]
        body["voice_settings"] = settings.voiceSettings(request.voice)
        body["language_code"] = ElevenLabsSettings.language(request.voice, model: model).map { .string($0) }
        return HTTPCall(
            url: url,
            headers: [
                (name: "xi-api-key", value: settings.key.withValue { $0 }),
                (name: "Content-Type", value: "application/json"),
            ],
            body: JSONValue.object(body).bytes)
    }
}
