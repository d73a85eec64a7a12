import Telemetry

/// Where Azure's speech services are.
public struct AzureEndpoints: Sendable, Equatable {
    /// Speech-to-text over a WebSocket, without path: `wss://westeurope.stt.speech.microsoft.com`
    public var recognition: String
    /// Text-to-speech over a WebSocket, without path: `wss://westeurope.tts.speech.microsoft.com`
    public var synthesis: String
    /// Text-to-speech over HTTP, without path: `https://westeurope.tts.speech.microsoft.com`
    public var synthesisHTTP: String
    /// Tokens, without path: `https://westeurope.api.cognitive.microsoft.com`
    public var token: String

    /// The public endpoints of `region`, such as `westeurope`; nil for what cannot be a region's name.
    public init?(region: String) {
        let letters = region.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        guard letters, (1...40).contains(region.utf8.count) else { return nil }
        // China's clouds are of another house.
        let suffix = region.hasPrefix("china") ? "azure.cn" : "microsoft.com"
        recognition = "wss://\(region).stt.speech.\(suffix)"
        synthesis = "wss://\(region).tts.speech.\(suffix)"
        synthesisHTTP = "https://\(region).tts.speech.\(suffix)"
        token = "https://\(region).api.cognitive.\(suffix)"
    }

    /// One host that serves everything, `https://host:port` or `http://…`: a gateway, a container or a stand-in.
    public init(host: String) {
        let host = host.last == "/" ? String(host.dropLast()) : host
        let isPlain = host.hasPrefix("http://") || host.hasPrefix("ws://")
        let place = host.firstRange(of: "://").map { String(host[$0.upperBound...]) } ?? host
        recognition = (isPlain ? "ws://" : "wss://") + place
        synthesis = recognition
        synthesisHTTP = (isPlain ? "http://" : "https://") + place
        token = synthesisHTTP
    }
}

/// What shows Azure who we are.
public enum AzureAccess: Sendable {
    /// A subscription's key.
    case key(Secret)
    /// Tokens of ten minutes, fetched with a subscription's key.
    case tokens(AzureToken)
    /// A token that somebody else looks after (Microsoft Entra: `aad#…#…`).
    case bearer(Secret)

    /// The name and value of the header that says so.
    /// - Throws: `ProviderError` or `CancellationError` when a token is needed and cannot be had.
    func header() async throws -> (name: String, value: Secret) {
        switch self {
        case .key(let key): ("Ocp-Apim-Subscription-Key", key)
        case .bearer(let token): ("Authorization", Self.bearer(token))
        case .tokens(let tokens): ("Authorization", Self.bearer(try await tokens.current()))
        }
    }

    /// Azure refused `header`. True: another one can be had.
    func renew(after header: (name: String, value: Secret)) -> Bool {
        guard case .tokens(let tokens) = self else { return false }
        tokens.reject { Self.bearer($0) == header.value }
        return true
    }

    private static func bearer(_ token: Secret) -> Secret { token.withValue { Secret("Bearer " + $0) } }
}
