import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// How ElevenLabs tells that it does not, or no longer, do something.
struct ElevenLabsFailure {
    let provider: String
    let key: Secret

    /// The code in the body of a refusal: `{"detail": {"status": …}}`, of late also `code`.
    static func code(_ body: JSONValue) -> String? {
        let detail = body["detail"]
        return (detail?["status"] ?? detail?["code"])?.string
    }

    /// The refusal of a socket, or what else the network says.
    func of(_ error: NetworkError) -> ProviderError {
        guard case .refused(let status, let body) = error.code else { return ProviderError(error, provider: provider) }
        return ProviderError(
            status: status, vendorCode: JSONValue(body).flatMap(Self.code), hiding: key, provider: provider)
    }

    /// An error inside of the protocol, by its name and the code of the close that follows.
    func of(code: String?, close: Int?) -> ProviderError {
        let kind: ProviderError.Code =
            switch code {
            case "max_active_conversations", "too_many_concurrent_requests", "concurrent_limit_exceeded",
                "rate_limit_exceeded", "system_busy":
                .rateLimited
            case "input_timeout_exceeded": .timedOut
            default: close.flatMap(UInt16.init(exactly:)).map(ProviderError.code(ofClose:)) ?? .unavailable
            }
        return ProviderError(kind, provider: provider, vendorCode: code, hiding: key, message: "ElevenLabs failed")
    }

    /// Success without a sound, for a text that has something to say.
    var silence: ProviderError { ProviderError(.unavailable, provider: provider, message: "no audio came") }

    var address: ProviderError {
        ProviderError(.rejected, provider: provider, message: "the endpoint's address is not a URL")
    }

    var nonsense: ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "a message that is none of the protocol's")
    }
}
