import Foundation
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Azure's speech-to-text, over its WebSocket: interim transcripts while the caller speaks.
public final class AzureRecognizer: SpeechRecognizer {
    /// `Azure/AI-Transcription`
    public let name: String
    private let endpoints: AzureEndpoints
    private let sockets: WarmSockets

    /// A recogniser at `endpoints`; `model` is the name behind `Azure/` that projects use.
    public init(
        model: String = "AI-Transcription", endpoints: AzureEndpoints, key: Secret, client: WebSocketClient,
        provider: String = "Azure"
    ) {
        name = "\(provider)/\(model)"
        self.endpoints = endpoints
        let connector = AzureConnector(name: name, key: key, client: client)
        sockets = WarmSockets(AzureConnector.keeping) { try await connector.open($0) }
    }

    /// Opens a socket, so that the first utterance in `language` finds one.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func prepare(language: String) async throws { try await sockets.prepare(try endpoint(language)) }

    /// Keeps sockets ready and looks after idle ones, until it is cancelled. For one caller.
    public func run() async { await sockets.run() }

    /// Sends the audio as it comes. At a pause the audio ends for Azure, which settles its words; if the caller goes on, another
    /// turn takes the rest. Cancelling closes the socket, which is how Azure is told to stop.
    public func recognize(
        _ utterance: AsyncStream<UtteranceInput>, language: String, emit: @Sendable (Transcript) async throws -> Void
    ) async throws {
        let endpoint = try endpoint(language)
        guard let first = await firstSamples(of: utterance) else {
            try Task.checkCancellation()
            return try await emit(Transcript(text: "", isFinal: true))
        }
        let text = try await sockets.exchange(endpoint) { connection in
            let uplink = AudioUplink(connection, language: language)
            async let sending: Void = uplink.send(first, utterance)
            let text = try await listen(on: connection, uplink, language, emit)
            await sending
            return text
        }
        try Task.checkCancellation()
        try await emit(Transcript(text: text, isFinal: true))
    }

    private func firstSamples(of utterance: AsyncStream<UtteranceInput>) async -> [Int16]? {
        for await case .audio(let samples) in utterance where !samples.isEmpty { return samples }
        return nil
    }

    /// Reads until the utterance is over; gives out interim transcripts and returns the final text.
    private func listen(
        on connection: WebSocketConnection, _ uplink: AudioUplink, _ language: String,
        _ emit: @Sendable (Transcript) async throws -> Void
    ) async throws -> String {
        var turn = RecognitionTurn(language: language, provider: name)
        for await frame in connection.messages {
            try Task.checkCancellation()
            guard let message = USPMessage(frame) else { throw ProviderError.malformed("no message", provider: name) }
            guard message.belongs(to: uplink.requestID) else { continue }
            switch try turn.take(message) {
            case .nothing: break
            case .interim(let text): try await emit(Transcript(text: text, isFinal: false))
            case .ended:
                switch uplink.turnEnded() {
                case .over: return turn.text
                case .goesOn: break
                case .pause(let number):
                    try await emit(Transcript(text: turn.text, isFinal: false, mark: .pause(number)))
                    guard await uplink.goesOn() else { return turn.text }
                }
            }
        }
        try Task.checkCancellation()
        throw ProviderError(connection.ending, provider: name)
    }

    private func endpoint(_ language: String) throws -> SocketEndpoint {
        // It becomes part of an address.
        guard (2...35).contains(language.utf8.count), language.utf8.allSatisfy({ Self.isTagByte($0) }) else {
            throw ProviderError(.unsupported, provider: name, message: "the language is not a BCP-47 tag")
        }
        return SocketEndpoint(
            url: endpoints.recognition + "/speech/recognition/conversation/cognitiveservices/v1?language=\(language)"
                + "&format=detailed")
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
            || byte == UInt8(ascii: "-")
    }
}
