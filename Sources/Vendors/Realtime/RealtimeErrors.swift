import ProviderKit
import ProviderTransport
import Telemetry

/// What the errors of the realtime family mean for whoever asked.
package enum RealtimeErrors {
    /// The meaning of an `error` event, or of a response that failed.
    package static func error(_ failure: RealtimeEvent.Failure, provider: String, hiding key: Secret?) -> ProviderError
    {
        ProviderError(
            code(failure), provider: provider, vendorCode: failure.code ?? failure.type, hiding: key,
            message: "the server reported an error")
    }

    /// A message that is none of the protocol's.
    package static func malformed(provider: String) -> ProviderError {
        ProviderError(.protocolViolation, provider: provider, message: "a message could not be read")
    }

    private static func code(_ failure: RealtimeEvent.Failure) -> ProviderError.Code {
        let code = (failure.code ?? "").lowercased()
        let type = (failure.type ?? "").lowercased()
        if code.contains("quota") || code.contains("arrearage") {
            // DashScope's `Throttling.AllocationQuota` passes; a quota that is used up does not.
            return code.hasPrefix("throttling") ? .rateLimited : .rejected
        }
        if code.contains("rate_limit") || code.hasPrefix("throttling") { return .rateLimited }
        if code.contains("timeout") { return .timedOut }
        if type.contains("server") || code.contains("server") || code.contains("internal") { return .unavailable }
        if code == "session_expired" { return .unavailable }
        let refusals = ["invalid", "unsupported", "denied", "unauthorized", "authentication", "inspection", "filter"]
        if refusals.contains(where: { code.contains($0) || type.contains($0) }) { return .rejected }
        return .unavailable
    }
}
