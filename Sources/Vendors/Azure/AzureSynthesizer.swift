import AudioCore
import Foundation
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Azure's text-to-speech over its WebSocket, which tells when each word is spoken.
public final class AzureSynthesizer: SpeechSynthesizer {
    /// `Azure/AI-Speech`
    public let name: String
    private let endpoints: AzureEndpoints
    private let sockets: WarmSockets

    /// A synthesiser at `endpoints`; `model` is the name behind `Azure/` that projects use.
    public init(
        model: String = "AI-Speech", endpoints: AzureEndpoints, key: Secret, client: WebSocketClient,
        provider: String = "Azure"
    ) {
        name = "\(provider)/\(model)"
        self.endpoints = endpoints
        let connector = AzureConnector(name: name, key: key, client: client)
        sockets = WarmSockets(AzureConnector.keeping) { try await connector.open($0) }
    }

    /// Opens a connection, so that the first text finds one.
    /// - Throws: `ProviderError` or `CancellationError`.
    public func prepare() async throws {
        try await sockets.prepare(endpoint)
    }

    /// Keeps sockets ready and looks after idle ones, until it is cancelled. For one caller.
    public func run() async { await sockets.run() }

    /// Speaks in one turn. Cancelling closes the socket: Microsoft's own SDK stops a synthesis so, too. The protocol's
    /// `synthesis.control` would leave the socket open, but with all the audio on it that is under way.
    public func synthesize(
        _ request: SynthesisRequest, emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        guard request.text.contains(where: { $0.isLetter || $0.isNumber }) else { return }
        let order = try AzureOrder(request, provider: name)
        do {
            try await sockets.exchange(endpoint) { try await speak(order, on: $0, emit) }
        } catch let dead as DeadSocket {
            throw ProviderError(dead.ending, provider: name)
        }
    }

    private var endpoint: SocketEndpoint {
        SocketEndpoint(url: endpoints.synthesis + "/cognitiveservices/websocket/v1")
    }

    private func speak(
        _ order: AzureOrder, on connection: WebSocketConnection,
        _ emit: @Sendable (SynthesisPiece) async throws -> Void
    ) async throws {
        let id = USPMessage.newID()
        USPMessage(
            path: "synthesis.context", requestID: id, contentType: "application/json", body: .text(order.context.text)
        ).send(on: connection, at: .now)
        USPMessage(path: "ssml", requestID: id, contentType: "application/ssml+xml", body: .text(order.ssml))
            .send(on: connection, at: .now)
        var output = try order.output()
        var turn = SynthesisTurn(text: order.text, provider: name)
        var hasBegun = false
        for await frame in connection.messages {
            try Task.checkCancellation()
            guard let message = USPMessage(frame) else { throw ProviderError.malformed("no message", provider: name) }
            guard message.belongs(to: id) else { continue }
            hasBegun = true
            switch try turn.take(message) {
            case .nothing: break
            case .audio(let bytes): if let chunk = output.add(bytes) { try await emit(.audio(chunk)) }
            case .words(let timings): try await emit(.words(timings))
            case .ended:
                if let chunk = try output.finish() { try await emit(.audio(chunk)) }
                return
            }
        }
        try Task.checkCancellation()
        let failure = ProviderError(connection.ending, provider: name)
        if !hasBegun, failure.isRetryable { throw DeadSocket(connection.ending) }
        throw failure
    }
}
