import CWebSockets
import Foundation

/// Opens WebSockets to other servers, all on one service thread. The thread lives as long as the client or one of its
/// connections does.
public final class WebSocketClient: Sendable {
    private let loop: ServiceLoop

    /// Starts the service thread.
    public init(limits: NetworkLimits = NetworkLimits()) throws(NetworkError) {
        loop = try ServiceLoop(role: .client, limits: limits)
        loop.start(name: "parley-client")
    }

    deinit {
        loop.perform { $0.finish(code: 1001, reason: "") }
    }

    /// Closes open connections with 1001, and waits for the end of the thread. Running handshakes fail as cancelled.
    public func shutDown() async {
        loop.perform { $0.finish(code: 1001, reason: "") }
        await loop.ended()
    }

    /// Opens `url`, `ws://host:port/path?query` or `wss://…` (the certificate is checked against the system's).
    /// `headers` are added to the handshake. Redirects are not followed.
    ///
    /// Throws `.invalidURL`, `.connectionFailed`, `.refused` with what the server answered, or `.cancelled`.
    public func connect(
        url: String, headers: [(name: String, value: String)] = [], subprotocols: [String] = []
    ) async throws(NetworkError) -> WebSocketConnection {
        let target = try ClientTarget(url: url, headers: headers, subprotocols: subprotocols)
        let promise = Promise<WebSocketConnection>()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                promise.await(continuation)
                let sent = loop.perform { [self] loop in
                    ClientSession.open(target, promise: promise, owner: self, on: loop)
                }
                if !sent { promise.fail(.cancelled, "the client was shut down") }
            }
        } onCancel: {
            promise.fail(.cancelled, "the task was cancelled")
        }
        return try result.get()
    }
}

/// Where a client connects to, and how.
struct ClientTarget: Sendable {
    let host: String
    let port: Int
    let isSecure: Bool
    let path: String
    let headers: [(name: String, value: String)]
    let subprotocols: [String]

    /// Longer than what libwebsockets can put on a request line.
    var hasLongPath: Bool { path.utf8.count > 2000 }

    init(url: String, headers: [(name: String, value: String)], subprotocols: [String]) throws(NetworkError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "ws" || scheme == "wss", let host = parts.host, !host.isEmpty
        else { throw NetworkError(.invalidURL, "a WebSocket URL begins with ws:// or wss:// and names a host") }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        isSecure = scheme == "wss"
        port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65_535).contains(port) else { throw NetworkError(.invalidURL, "\(port) is not a port") }
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        self.path = path + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        for (name, value) in headers where !HTTPResponse.isToken(name) || !HTTPResponse.isFieldValue(value) {
            throw NetworkError(.invalidURL, "the header \(name.prefix(40)) has characters that a header can't have")
        }
        guard subprotocols.allSatisfy(HTTPResponse.isToken) else {
            throw NetworkError(.invalidURL, "a subprotocol's name has characters that it can't have")
        }
        self.headers = headers
        self.subprotocols = subprotocols
    }
}
