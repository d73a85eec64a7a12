import Network
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

/// One table for how a socket's end maps to an error, whoever the vendor is.
struct SocketFailureTests {
    @Test(
        arguments: [
            // Ended in good order or lost, and "come back later" in all its forms. 1002 is what 1012 to 1014 arrive as.
            (1000, ProviderError.Code.unavailable), (1001, .unavailable), (1002, .unavailable), (1005, .unavailable),
            (1006, .unavailable), (1011, .unavailable), (1012, .unavailable), (1013, .unavailable),
            (1014, .unavailable),
            // Refused.
            (1003, .rejected), (1007, .rejected), (1008, .rejected), (1009, .rejected), (3000, .rejected),
            (3003, .rejected), (3008, .timedOut),
            // A vendor's own.
            (4000, .unavailable), (4999, .unavailable),
        ] as [(UInt16, ProviderError.Code)])
    func aCloseCodeHasOneMeaning(close: UInt16, code: ProviderError.Code) {
        let error = ProviderError(.peer(code: close, reason: "a caller's words"), provider: "p")
        #expect(error.code == code && error.message == "the socket was closed with \(close)")
        #expect(error.concernsRequestOnly == [1003, 1007, 1009].contains(close))
        #expect(ProviderError.code(ofClose: close) == code)
    }

    @Test(
        arguments: [
            (
                WebSocketEnding.peer(code: nil, reason: ""), ProviderError.Code.unavailable,
                "the socket was closed with 1005"
            ),
            (.lost, .unavailable, "the socket was lost"),
            (.local(code: 1000, reason: ""), .unavailable, "the socket was lost"),
            (nil, .unavailable, "the socket was lost"),
            (.overflow, .unavailable, "the server took what was sent too slowly"),
            (.protocolError(code: 1007), .protocolViolation, "the server broke the WebSocket protocol"),
        ] as [(WebSocketEnding?, ProviderError.Code, String)])
    func soHasEveryOtherEnd(ending: WebSocketEnding?, code: ProviderError.Code, message: String) {
        let error = ProviderError(ending, provider: "p")
        #expect(error.code == code && error.message == message)
    }

    @Test func aVendorsCodeIsShownAndAKeyIsNot() {
        let ending = WebSocketEnding.peer(code: 1011, reason: "")
        func message(_ code: String) -> String {
            ProviderError(ending, provider: "p", vendorCode: code, hiding: Secret("sk-canary")).message
        }
        #expect(message("NET-0001") == "the socket was closed with 1011 (NET-0001)")
        #expect(message("sk-canary") == "the socket was closed with 1011")
    }
}
