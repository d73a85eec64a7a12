/// How an answer looks on the wire.
extension HTTPResponse {
    /// Status line and headers, ended by the empty line. Headers that could break the line structure are left out:
    /// a handler's mistake must not become a second response.
    func head(closing: Bool, isChunked: Bool = true) -> String {
        var text = "HTTP/1.1 \(status) \(HTTPResponse.reason(status))\r\n"
        for (name, value) in headers where HTTPResponse.isToken(name) && HTTPResponse.isFieldValue(value) {
            switch name.lowercased() {
            case "content-length", "connection", "transfer-encoding": continue
            default: text += "\(name): \(value)\r\n"
            }
        }
        if mayHaveBody {
            if producer == nil {
                text += "Content-Length: \(body.count)\r\n"
            } else if isChunked {
                text += "Transfer-Encoding: chunked\r\n"
            }
        }
        text += closing ? "Connection: close\r\n\r\n" : "\r\n"
        return text
    }

    /// All of it as bytes, after the room that the library may need before them.
    func wire(isHead: Bool, closing: Bool) -> [UInt8] {
        var bytes = Self.padded(head(closing: closing))
        if !isHead, mayHaveBody { bytes += body }
        return bytes
    }

    var mayHaveBody: Bool { status != 204 && status != 304 }

    /// After the room that the library may need before it.
    static func padded(_ text: String) -> [UInt8] {
        [UInt8](repeating: 0, count: WebSocketConnection.framePadding) + Array(text.utf8)
    }

    /// What a client that asked whether to send its body is told.
    static let goOn = padded("HTTP/1.1 100 Continue\r\n\r\n")

    /// What ends a body in chunks.
    static let lastChunk = padded("0\r\n\r\n")

    static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
