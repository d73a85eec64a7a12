import JSONText

/// One HTTP request, complete with its body; also what asks for a WebSocket.
public struct HTTPRequest: Sendable, Equatable {
    /// `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE` or `OPTIONS`.
    public var method: String
    /// The path, percent-decoded, without the query, with `.` and `..` resolved and repeated slashes joined.
    /// libwebsockets reads a bare `+` as a space here too; `%2B` is a plus.
    public var path: String
    /// The query's names and values, percent-decoded; of a repeated name the first value.
    public var query: [String: String]
    /// Headers by lower-case name; of a repeated header the values joined by a space.
    public var headers: [String: String]
    /// The body; empty when there is none.
    public var body: [UInt8]
    /// The peer's address, numeric.
    public var remoteAddress: String

    /// A request of these parts.
    public init(
        method: String = "GET", path: String = "/", query: [String: String] = [:], headers: [String: String] = [:],
        body: [UInt8] = [], remoteAddress: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The subprotocols that the client offers for a WebSocket, in its order.
    public var offeredSubprotocols: [String] {
        (headers["sec-websocket-protocol"] ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    }
}

/// The answer to a request.
public struct HTTPResponse: Sendable {
    /// The status code, 200…599.
    public var status: Int
    /// Headers in the order they are sent. `Content-Length` and `Connection` are the server's business.
    public var headers: [(name: String, value: String)]
    /// The body; not sent in answer to `HEAD`, but its length is.
    public var body: [UInt8]
    /// Writes the body instead.
    private(set) var producer: (@Sendable (HTTPResponseWriter) async -> Void)?

    /// An answer of these parts.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer whose body is written while it is sent, in chunks. It is whole when `produce` returns, unless that
    /// called `abort()`. `produce` isn't called for `HEAD`; it is cancelled when the server has stopped.
    public static func stream(
        status: Int = 200, headers: [(name: String, value: String)] = [],
        _ produce: @escaping @Sendable (HTTPResponseWriter) async -> Void
    ) -> HTTPResponse {
        var response = HTTPResponse(status: status, headers: headers)
        response.producer = produce
        return response
    }

    /// Plain text in UTF-8.
    public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [(name: "Content-Type", value: "text/plain; charset=utf-8")],
            body: Array(text.utf8))
    }

    /// JSON, already encoded.
    public static func json(_ bytes: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: [(name: "Content-Type", value: "application/json")], body: bytes)
    }

    /// JSON of the form `{"error": {"code": …, "message": …}}`.
    public static func problem(_ status: Int, code: String, message: String) -> HTTPResponse {
        .json(
            Array("{\"error\":{\"code\":\(JSON.quoted(code)),\"message\":\(JSON.quoted(message))}}\n".utf8),
            status: status)
    }

    /// 404 as JSON.
    public static var notFound: HTTPResponse {
        .problem(404, code: "not_found", message: "Nothing is served at this path.")
    }
}

/// What to do with a request for a WebSocket.
public enum UpgradeDecision: Sendable {
    /// Open it. The subprotocol is named to the client only if the client offered it.
    ///
    /// `serve` speaks on the socket once it is open; its return closes the socket with 1000. When the handshake fails
    /// after all, it is never called. Messages may have `maxMessageBytes`; nil: `NetworkLimits.maxMessageBytes`.
    case accept(
        subprotocol: String? = nil, maxMessageBytes: Int? = nil,
        serve: @Sendable (WebSocketConnection) async -> Void)
    /// Answer with this instead.
    case refuse(HTTPResponse)
}
