/// The rules of a WebSocket handshake that a server checks before it asks the application.
enum Handshake {
    /// libwebsockets copies the list of subprotocols into a buffer of this size, and each name into `nameLimit`.
    static let listLimit = 126
    static let nameLimit = 63

    /// The answer to a request that can't become a WebSocket; nil when it can.
    static func problem(of request: HTTPRequest) -> HTTPResponse? {
        func bad(_ message: String) -> HTTPResponse {
            .problem(400, code: "bad_handshake", message: message)
        }
        guard request.headers["upgrade"]?.lowercased() == "websocket" else {
            return bad("The only upgrade here is to websocket.")
        }
        guard request.method == "GET" else { return bad("A WebSocket begins with GET.") }
        let connection = (request.headers["connection"] ?? "").lowercased()
        guard connection.utf8.count < 100,
            connection.split(whereSeparator: { $0 == "," || $0 == " " }).contains("upgrade")
        else { return bad("The Connection header doesn't name the upgrade.") }
        guard request.headers["host"] != nil else { return bad("The Host header is missing.") }
        guard let key = request.headers["sec-websocket-key"], key.utf8.count == 24 else {
            return bad("Sec-WebSocket-Key is missing or not 16 bytes in base64.")
        }
        guard request.headers["sec-websocket-version"] == "13" else {
            var response = HTTPResponse.problem(
                426, code: "version", message: "Only version 13 of the WebSocket protocol is spoken here.")
            response.headers.append((name: "Sec-WebSocket-Version", value: "13"))
            return response
        }
        return subprotocolProblem(of: request)
    }

    private static func subprotocolProblem(of request: HTTPRequest) -> HTTPResponse? {
        guard let list = request.headers["sec-websocket-protocol"] else { return nil }
        let offered = request.offeredSubprotocols
        guard !offered.isEmpty, offered.allSatisfy(HTTPResponse.isToken) else {
            return .problem(400, code: "bad_handshake", message: "Sec-WebSocket-Protocol is not a list of names.")
        }
        guard list.utf8.count <= listLimit, offered.allSatisfy({ $0.utf8.count <= nameLimit }) else {
            return .problem(
                431, code: "subprotocols_too_long",
                message: "Sec-WebSocket-Protocol may have \(listLimit) bytes, and \(nameLimit) in each name.")
        }
        return nil
    }
}
