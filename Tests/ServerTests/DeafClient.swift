import Foundation

/// A WebSocket client that sends, and reads nothing but the answer to its handshake.
final class DeafClient {
    private let descriptor: Int32
    /// The head of the answer to the handshake.
    private(set) var answer = ""

    init(port: Int, path: String, host: String = "127.0.0.1") throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Little room, so that the server notices soon.
        var room: Int32 = 4096
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            connect(
                descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard status == 0 else { throw Missing(what: "a connection: \(errno)") }
        write(
            Array(
                """
                GET \(path) HTTP/1.1\r
                Host: \(host)\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                \r

                """.utf8))
        while !answer.hasSuffix("\r\n\r\n") {
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, 0) == 1 else { throw Missing(what: "an answer to the handshake") }
            answer.unicodeScalars.append(Unicode.Scalar(byte))
        }
    }

    deinit { close(descriptor) }

    /// Sends one text message of at most 65,535 bytes.
    func send(text: String) {
        let payload = Array(text.utf8)
        let (high, low) = (UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255))
        // The mask of zeros leaves the payload as it is.
        write([0x81, 0x80 | (payload.count < 126 ? low : 126)] + (payload.count < 126 ? [] : [high, low]))
        write([0, 0, 0, 0] + payload)
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }
}
