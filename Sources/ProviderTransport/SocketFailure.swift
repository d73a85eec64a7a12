import Network
import ProviderKit
import Telemetry

extension ProviderError {
    /// The failure that the end of a provider's socket tells in the middle of its work.
    /// - Parameters:
    ///   - ending: how the socket ended; nil when that is not known.
    ///   - vendorCode: the vendor's machine-readable code. Left out of the message unless it looks like one.
    ///   - key: what must not be seen, whatever the vendor echoes.
    public init(_ ending: WebSocketEnding?, provider: String, vendorCode: String? = nil, hiding key: Secret? = nil) {
        switch ending {
        case .peer(let code, _)?:
            let code = code ?? 1005
            self.init(
                Self.code(ofClose: code), provider: provider, vendorCode: vendorCode, hiding: key,
                message: "the socket was closed with \(code)",
                // The data was not to its taste: that is no news of its health.
                concernsRequestOnly: [1003, 1007, 1009].contains(code))
        case .protocolError?:
            self.init(.protocolViolation, provider: provider, message: "the server broke the WebSocket protocol")
        case .overflow?:
            self.init(.unavailable, provider: provider, message: "the server took what was sent too slowly")
        case .local?, .lost?, nil:
            self.init(.unavailable, provider: provider, message: "the socket was lost")
        }
    }

    /// What a close frame with this code means, for all vendors.
    ///
    /// libwebsockets reports 1012 (restarting), 1013 (come back later) and 1014 (bad gateway) as 1002. Those come more
    /// often than a peer that finds our frames wrong, so 1002 counts as one of them.
    public static func code(ofClose code: UInt16) -> Code {
        switch code {
        // Data of the wrong kind, unreadable, against a policy, too large.
        case 1003, 1007, 1008, 1009: .rejected
        // As IANA has registered them: unauthorised and forbidden, and a timeout.
        case 3000, 3003: .rejected
        case 3008: .timedOut
        default: .unavailable
        }
    }
}
