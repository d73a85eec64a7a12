import CWebSockets
import Foundation

/// A request, as parsed by libwebsockets. Use it on the service thread, while the library holds the headers.
struct RequestReader {
    let socket: OpaquePointer
    let limits: NetworkLimits

    /// In the order of libwebsockets' own list of methods.
    private static let methods = ["GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "HEAD"]

    /// The request without its body; nil when it isn't one that can be answered.
    func read() -> HTTPRequest? {
        var start: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        let index = Int(lws_http_get_uri_and_method(socket, &start, &length))
        guard Self.methods.indices.contains(index), let start, length > 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(length))
        guard let path = String(validating: bytes, as: UTF8.self), path.first == "/", let query = query() else {
            return nil
        }
        return HTTPRequest(
            method: Self.methods[index], path: path, query: query, headers: headers(), remoteAddress: remoteAddress())
    }

    private func query() -> [String: String]? {
        var query: [String: String] = [:]
        var index: Int32 = 0
        while true {
            let capacity = Int(lws_hdr_fragment_length(socket, WSI_TOKEN_HTTP_URI_ARGS, index)) + 1
            // A part may be empty, as in `?a=1&&b=2`; the end is told by a negative length.
            var exists = false
            let part = copy(capacity: max(capacity, 2)) {
                let length = lws_hdr_copy_fragment(socket, $0, $1, WSI_TOKEN_HTTP_URI_ARGS, index)
                exists = length >= 0
                return length
            }
            guard exists else { return query }
            index += 1
            guard let part else { continue }
            guard let text = String(validating: part, as: UTF8.self) else { return nil }
            let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0])
            if !name.isEmpty, query[name] == nil { query[name] = halves.count > 1 ? String(halves[1]) : "" }
        }
    }

    private func headers() -> [String: String] {
        var headers: [String: String] = [:]
        for index in 0..<WSI_TOKEN_COUNT.rawValue {
            let token = lws_token_indexes(rawValue: index)
            guard let name = lws_token_to_string(token) else { continue }
            let title = String(cString: name)
            // Not the request line, nor HTTP/2's pseudo headers.
            guard title.last == ":", title.first != ":" else { continue }
            if let value = value(of: token) { headers[String(title.dropLast())] = value }
        }
        for name in limits.extraHeaders where headers[name] == nil {
            let title = name + ":"
            let length = Int32(title.utf8.count)
            let value = copy(capacity: Int(lws_hdr_custom_length(socket, title, length)) + 1) {
                lws_hdr_custom_copy(socket, $0, $1, title, length)
            }
            if let value { headers[name] = String(decoding: value, as: UTF8.self) }
        }
        return headers
    }

    func value(of token: lws_token_indexes) -> String? {
        let value = copy(capacity: Int(lws_hdr_total_length(socket, token)) + 1) {
            lws_hdr_copy(socket, $0, $1, token)
        }
        return value.map { String(decoding: $0, as: UTF8.self) }
    }

    func remoteAddress() -> String {
        let bytes = copy(capacity: 64) { buffer, size in
            lws_get_peer_simple(socket, buffer, Int(size)) == nil ? -1 : Int32(strlen(buffer))
        }
        let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    }

    /// What `fill` copied, without the end mark; nil when there was nothing.
    private func copy(
        capacity: Int, _ fill: (UnsafeMutablePointer<CChar>, Int32) -> Int32
    ) -> [UInt8]? {
        guard capacity > 1 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            base.initialize(repeating: 0, count: capacity)
            let length = Int(fill(base, Int32(capacity)))
            guard length > 0 else { return nil }
            return Array(UnsafeRawBufferPointer(start: base, count: min(length, capacity - 1)))
        }
    }
}
