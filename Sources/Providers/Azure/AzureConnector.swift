import Foundation
import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Opens sockets to Azure's speech services and says on each, once, who speaks.
struct AzureConnector: Sendable {
    /// The provider's name, for errors.
    let name: String
    let access: AzureAccess
    let client: WebSocketClient

    /// How sockets are kept. Azure closes an idle one after five minutes and any after ten; it wants no keep-alive.
    static let keeping: WarmSocketsSettings = {
        var settings = WarmSocketsSettings()
        settings.idleLimit = .seconds(240)
        settings.ageLimit = .seconds(540)
        return settings
    }()

    /// Opens a socket; with tokens, once more with a new one when Azure does not take the one at hand.
    /// - Throws: `ProviderError` or `CancellationError`.
    func open(_ endpoint: SocketEndpoint) async throws -> WebSocketConnection {
        let connection = try await authorized { header in
            let headers = header.value.withValue {
                [(name: header.name, value: $0), (name: "X-ConnectionId", value: USPMessage.newID())]
            }
            return try await client.connect(url: endpoint.url, headers: headers, subprotocols: ["USP"])
        }
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

    /// Does `body` with the header that shows who we are, and once more with a new one when the old is not taken.
    /// - Throws: `ProviderError` or `CancellationError`.
    func authorized<Value>(
        _ body: ((name: String, value: Secret)) async throws -> Value
    ) async throws -> Value {
        do {
            let header = try await access.header()
            do { return try await body(header) } catch let error as NetworkError {
                guard error.isUnauthorized, access.renew(after: header) else { throw error }
            }
            return try await body(try await access.header())
        } catch let error as NetworkError {
            try Task.checkCancellation()
            throw ProviderError(error, provider: name)
        } catch var error as ProviderError {
            // A token is fetched for us all the same.
            error.provider = name
            throw error
        }
    }
}

extension NetworkError {
    fileprivate var isUnauthorized: Bool {
        if case .refused(status: 401, _) = code { true } else { false }
    }
}

extension ProviderError {
    /// What the end of a socket in the middle of a turn means.
    init(end: WebSocketEnding?, provider: String) {
        switch end {
        // The service closes so when it does not like what it was asked.
        case .peer(code: 1007, _), .peer(code: 1008, _):
            self.init(.rejected, provider: provider, message: "the service closed the socket with \(end?.code ?? 0)")
        case .protocolError:
            self.init(.protocolViolation, provider: provider, message: "the service broke the WebSocket protocol")
        default:
            self.init(
                .unavailable, provider: provider,
                message: "the socket closed in the middle (\(end?.code ?? 1006))")
        }
    }

    /// A message that is none of the protocol's, or lacks what it must have.
    static func malformed(_ what: String, provider: String) -> ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "the service sent \(what)")
    }
}
