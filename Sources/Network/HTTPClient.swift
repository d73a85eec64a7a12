import CCurl
import Foundation
import Synchronization

/// Sends HTTP requests to other servers and streams their answers, all on one service thread. Connections are kept alive
/// and used again, host by host; one that the server closed while it was idle is replaced without the caller's notice.
/// Proxies are taken from the environment (`https_proxy`, `no_proxy`, …). Redirects are not followed.
public final class HTTPClient: Sendable {
    private let loop: TransferLoop

    /// Starts the service thread. Throws when the system gives no resources for it.
    public init(limits: NetworkLimits = NetworkLimits()) throws(NetworkError) {
        loop = try TransferLoop(limits: limits)
        loop.start()
    }

    deinit { loop.finish() }

    /// Sends a request and returns when the answer's status and headers are here, whatever the status; the body follows
    /// in `HTTPAnswer.body`.
    ///
    /// Nothing is left open, whatever it throws.
    /// - Throws: `.invalidURL` for what can't be sent; `.forbidden` for addresses that `mayConnect` refuses;
    ///   `.connectionFailed` without a connection, without trust in it, or without HTTP on it; `.timedOut`; `.cancelled` when
    ///   the task or the client ends.
    public func send(_ call: HTTPCall) async throws(NetworkError) -> HTTPAnswer {
        try call.check()
        let promise = Promise<HTTPAnswer>()
        let id = loop.nextTransfer()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                promise.await(continuation)
                if !loop.perform({ $0.open(call, id: id, promise: promise) }) {
                    promise.fail(.cancelled, "the client was shut down")
                }
            }
        } onCancel: {
            promise.fail(.cancelled, "the task was cancelled")
            loop.perform { $0.abort(id) }
        }
        return try outcome.get()
    }

    /// Leaves an open connection (TCP, TLS) to the URL's host behind, for the next `send` to find, by asking for the head
    /// of its `/` without credentials. An idle connection that is there already is used for it, and so kept from being
    /// closed as idle. Returns after 5 s at the latest; what goes wrong shows in the next `send`.
    public func warm(_ url: String) async {
        guard let place = HTTPPlace(url) else { return }
        let call = HTTPCall(method: "HEAD", url: place.root, answerTimeout: .seconds(5))
        guard let answer = try? await send(call) else { return }
        _ = try? await answer.bytes(limit: 0)
    }

    /// Aborts running transfers, closes all connections, and waits for the end of the thread.
    public func shutDown() async {
        loop.finish()
        await loop.ended()
    }
}

/// A request to another server.
public struct HTTPCall: Sendable {
    /// The method, a token such as `POST`.
    public var method: String
    /// `http://…` or `https://…`, percent-encoded.
    public var url: String
    /// Headers in the order they are sent. `Content-Length`, `Connection` and `Transfer-Encoding` are the client's
    /// business.
    public var headers: [(name: String, value: String)]
    /// The body; nothing is sent when it is empty.
    public var body: [UInt8]
    /// Time for name, TCP and TLS.
    public var connectTimeout: Duration
    /// Time until the answer's headers are here, from the call of `send` on.
    public var answerTimeout: Duration
    /// Time that an answer may stand still while somebody reads it, in whole seconds; nil: as long as it likes.
    public var stallTimeout: Duration?
    /// Which addresses may be connected to, of 4 or 16 bytes; nil: all. It is asked of every address that a name stands
    /// for before that is connected to, and again before a kept connection is used. Such a call goes through no proxy. It
    /// is called on the service thread and must not wait.
    public var mayConnect: (@Sendable ([UInt8]) -> Bool)?
    /// Whether the request goes out once at most. It then has a connection of its own: on a kept one that the server is
    /// just closing, libcurl sends a request that had no answer again.
    public var isSentOnce = false

    /// A request of these parts.
    public init(
        method: String = "POST", url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(5), answerTimeout: Duration = .seconds(30),
        stallTimeout: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.answerTimeout = answerTimeout
        self.stallTimeout = stallTimeout
    }

    /// Throws for what could not be sent, or would be read as something else.
    func check() throws(NetworkError) {
        guard HTTPPlace(url) != nil else {
            throw NetworkError(.invalidURL, "an HTTP URL begins with http:// or https:// and names a host")
        }
        guard HTTPResponse.isToken(method) else { throw NetworkError(.invalidURL, "the method is not a token") }
        for (name, value) in headers where !HTTPResponse.isToken(name) || !HTTPResponse.isFieldValue(value) {
            throw NetworkError(.invalidURL, "the header \(name.prefix(40)) has characters that a header can't have")
        }
    }
}

/// The server that a URL names.
struct HTTPPlace {
    let scheme: String
    let host: String
    let port: Int?

    /// nil for what isn't an HTTP URL.
    init?(_ url: String) {
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parts = URLComponents(string: url),
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https", let host = parts.host,
            !host.isEmpty, (1...65_535).contains(parts.port ?? 1)
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = parts.port
    }

    /// As it may stand in an error: without the path and the query, which may hold a key.
    var name: String { host + (port.map { ":\($0)" } ?? "") }

    var root: String { "\(scheme)://\(name)/" }
}
