import Foundation
import Network

/// GET requests that follow redirects.
struct WebClient: Sendable {
    /// More redirects are taken for a loop.
    private static let mostRedirects = 5
    /// An answer without a byte for so long is given up.
    private static let stall = Duration.seconds(20)

    let client: HTTPClient

    /// An answer, and where it came from in the end.
    struct Answer {
        let answer: HTTPAnswer
        let address: String
    }

    /// Asks for `address`.
    /// - Throws: `.unreachable`; `.wrongContent` for a redirect that leads nowhere or from TLS to plain text; `.cancelled`.
    func get(_ address: String, headers: [(name: String, value: String)] = []) async throws(FetchError) -> Answer {
        var address = address
        for _ in 0...Self.mostRedirects {
            let call = HTTPCall(
                method: "GET", url: address, headers: headers, connectTimeout: .seconds(10), stallTimeout: Self.stall)
            let answer: HTTPAnswer
            do {
                answer = try await client.send(call)
            } catch {
                throw FetchError(network: error)
            }
            guard [301, 302, 303, 307, 308].contains(answer.status) else {
                return Answer(answer: answer, address: address)
            }
            guard let location = answer.headers["location"], let base = URL(string: address),
                let next = URL(string: location, relativeTo: base)?.absoluteURL
            else { throw FetchError(.wrongContent, "\(host(of: address)) redirects to nowhere") }
            guard next.scheme == "https" || base.scheme == "http" else {
                throw FetchError(.wrongContent, "\(host(of: address)) redirects to an address without TLS")
            }
            address = next.absoluteString
        }
        throw FetchError(.wrongContent, "\(host(of: address)) redirects more than \(Self.mostRedirects) times")
    }
}

/// The server's name and port in an address: what an error may show of it.
func host(of address: String) -> String {
    guard let parts = URLComponents(string: address), let host = parts.host else { return "the server" }
    return host + (parts.port.map { ":\($0)" } ?? "")
}

extension FetchError {
    /// What a failure of the network means for a fetch.
    init(network error: NetworkError) {
        switch error.code {
        case .cancelled: self.init(.cancelled, error.message)
        case .invalidURL: self.init(.notThere, error.message)
        case .tooLarge: self.init(.wrongContent, error.message)
        default: self.init(.unreachable, error.message)
        }
    }
}
