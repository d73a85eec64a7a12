import Foundation
import Network
import ProviderKit
import Telemetry

extension ProviderError {
    /// The failure that an HTTP answer other than a success tells.
    /// - Parameters:
    ///   - status: the answer's status.
    ///   - headers: its headers, by lower-case name; `Retry-After` is read.
    ///   - vendorCode: the vendor's machine-readable code. Left out of the message unless it looks like one.
    ///   - key: what must not be seen, whatever the vendor echoes.
    ///   - now: the time, for a `Retry-After` that is a date.
    public init(
        status: Int, headers: [String: String] = [:], vendorCode: String? = nil, hiding key: Secret? = nil,
        provider: String, now: Date = Date()
    ) {
        let known = vendorCode.flatMap { presentable($0, hiding: key) }
        let code: Code =
            switch status {
            // Both come back only when somebody has paid.
            case 429 where known == "insufficient_quota" || known == "quota_exceeded": .rejected
            case 425, 429: .rateLimited
            case 408, 504: .timedOut
            // The vendors' own clients try a conflict again: it is a lock that somebody else holds.
            case 409: .unavailable
            case 501: .unsupported
            case 400..<500: .rejected
            case 500..<600: .unavailable
            default: .protocolViolation
            }
        self.init(
            code, provider: provider, message: "HTTP \(status)" + (known.map { " (\($0))" } ?? ""),
            retryAfter: code == .rejected ? nil : wait(askedFor: headers, now: now),
            // The key and the model are not what these are about.
            concernsRequestOnly: [400, 413, 422].contains(status))
    }

    /// The failure of the network.
    public init(_ error: NetworkError, provider: String) {
        switch error.code {
        case .refused(let status, _): self.init(status: status, provider: provider)
        case .invalidURL:
            self.init(.rejected, provider: provider, message: "the endpoint's address or the key cannot be sent")
        case .timedOut: self.init(.timedOut, provider: provider, message: "no answer in time")
        case .connectionLost: self.init(.unavailable, provider: provider, message: "the connection broke off")
        case .tooLarge: self.init(.protocolViolation, provider: provider, message: "the answer is too large")
        default: self.init(.unavailable, provider: provider, message: "cannot be reached")
        }
    }

    /// The failure that a vendor tells inside of its own protocol, by a code of its own; free text is never shown.
    public init(
        _ code: Code, provider: String, vendorCode: String?, hiding key: Secret? = nil, message: String,
        concernsRequestOnly: Bool = false
    ) {
        let known = vendorCode.flatMap { presentable($0, hiding: key) }
        self.init(
            code, provider: provider, message: message + (known.map { " (\($0))" } ?? ""),
            concernsRequestOnly: concernsRequestOnly)
    }
}

/// The code if it is one that may be shown: letters, digits, `_`, `.` and `-`, at most 64 of them, and not the key.
private func presentable(_ code: String, hiding key: Secret?) -> String? {
    let isCode =
        (1...64).contains(code.utf8.count)
        && code.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    let isKey = key?.withValue { !$0.isEmpty && (code.contains($0) || $0.contains(code)) } ?? false
    return isCode && !isKey ? code : nil
}

/// How long an answer asks to wait: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date; at most a day.
private func wait(askedFor headers: [String: String], now: Date) -> Duration? {
    let day = 86_400.0
    if let text = headers["retry-after-ms"], let value = Double(text), value.isFinite, value >= 0 {
        return .milliseconds(min(value, day * 1000))
    }
    guard let text = headers["retry-after"] else { return nil }
    if let seconds = Double(text) { return seconds.isFinite && seconds >= 0 ? .seconds(min(seconds, day)) : nil }
    return httpDate(text).map { .seconds(min(day, max(0, $0.timeIntervalSince(now)))) }
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
private func httpDate(_ text: String) -> Date? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: text)
}
