import Foundation
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Opens sockets to Azure's speech services and says on each, once, who speaks.
struct AzureConnector: Sendable {
    /// The provider's name, for errors.
    let name: String
    /// The key of the subscription.
    let key: Secret
    let client: WebSocketClient

    /// How sockets are kept. Azure closes an idle one after five minutes and any after ten; it wants no keep-alive.
    static let keeping: WarmSocketsSettings = {
        var settings = WarmSocketsSettings()
        settings.idleLimit = .seconds(240)
        settings.ageLimit = .seconds(540)
        return settings
    }()

    /// Opens a socket.
    /// - Throws: `ProviderError` or `CancellationError`.
    func open(_ endpoint: SocketEndpoint) async throws -> WebSocketConnection {
        let connection = try await connect(to: endpoint)
        let config: JSONValue = [
            "context": [
                "system": ["name": "Parley", "version": "1", "build": "Linux-x64"],
                "os": ["platform": "Linux", "name": "Linux", "version": "1"],
            ]
        ]
        USPMessage(path: "speech.config", contentType: "application/json", body: .text(config.text))
            .send(on: connection, at: .now)
        return connection
    }

    private func connect(to endpoint: SocketEndpoint) async throws -> WebSocketConnection {
        let headers = key.withValue {
            [(name: "Ocp-Apim-Subscription-Key", value: $0), (name: "X-ConnectionId", value: USPMessage.newID())]
        }
        do {
            return try await client.connect(url: endpoint.url, headers: headers, subprotocols: ["USP"])
        } catch {
            try Task.checkCancellation()
            throw ProviderError(error, provider: name)
        }
    }
}

extension ProviderError {
    /// A message that is none of the protocol's, or lacks what it must have.
    static func malformed(_ what: String, provider: String) -> ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "the service sent \(what)")
    }
}
