import Foundation
import Network
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

struct ProviderFailureTests {
    @Test(arguments: [
        (400, ProviderError.Code.rejected), (401, .rejected), (402, .rejected), (403, .rejected), (404, .rejected),
        (408, .timedOut), (409, .unavailable), (413, .rejected), (422, .rejected), (425, .rateLimited),
        (429, .rateLimited), (500, .unavailable), (501, .unsupported), (502, .unavailable), (503, .unavailable),
        (504, .timedOut), (529, .unavailable), (204, .protocolViolation), (302, .protocolViolation),
    ])
    func statusesAreKindsOfFailure(status: Int, code: ProviderError.Code) {
        let error = ProviderError(status: status, provider: "Some/model")
        #expect(error.code == code)
        #expect(error.description == "Some/model: \(code): HTTP \(status)")
        #expect(error.concernsRequestOnly == [400, 413, 422, 501].contains(status))
    }

    @Test func aUsedUpQuotaIsNotTriedAgain() {
        let error = ProviderError(
            status: 429, headers: ["retry-after": "3"], vendorCode: "insufficient_quota", provider: "Some/model")
        #expect(!error.isRetryable && error.retryAfter == nil)
        #expect(error.message == "HTTP 429 (insufficient_quota)")
    }

    @Test(arguments: [
        (["retry-after": "2"], Duration.seconds(2)), (["retry-after": "1.5"], .milliseconds(1500)),
        (["retry-after-ms": "250", "retry-after": "9"], .milliseconds(250)),
        (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], .seconds(7)),
        (["retry-after": "Sun, 06 Nov 1994 08:49:00 GMT"], .zero), (["retry-after": "99999999"], .seconds(86_400)),
        (["retry-after": "-1"], nil), (["retry-after": "nan"], nil), (["retry-after": "soon"], nil), ([:], nil),
    ])
    func retryAfterIsRead(headers: [String: String], wait: Duration?) {
        let now = Date(timeIntervalSince1970: 784_111_770)
        for status in [429, 503] {
            let error = ProviderError(status: status, headers: headers, provider: "Some/model", now: now)
            #expect(error.retryAfter == wait)
        }
    }

    @Test(arguments: [
        "", "with space", "Incorrect API key provided: sk-canary", "ünïcode", "a\nb", "sk-canary-0123",
        "x-sk-canary-0123",
        "sk-canary", String(repeating: "a", count: 65),
    ])
    func onlyCodesAreShown(code: String) {
        let key = Secret("sk-canary-0123")
        let error = ProviderError(status: 401, vendorCode: code, hiding: key, provider: "Some/model")
        #expect(error.description == "Some/model: rejected: HTTP 401")
        let inside = ProviderError(.rejected, provider: "p", vendorCode: code, hiding: key, message: "failed")
        #expect(inside.message == "failed")
    }

    @Test func theNetworksErrorsAreTranslated() {
        #expect(ProviderError(NetworkError(.connectionFailed, "secret"), provider: "p").code == .unavailable)
        #expect(ProviderError(NetworkError(.refused(status: 429, body: []), ""), provider: "p").code == .rateLimited)
        #expect(ProviderError(NetworkError(.invalidURL, ""), provider: "p").code == .rejected)
    }
}
