import Foundation

/// A TCP client that sends exactly the bytes it is told to. Blocking; gives up on silence after 20 s.
final class RawClient {
    struct Failure: Error { let what: String }

    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            connect(
                descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard status == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    /// False when the peer is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Ends our direction only.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// More bytes; nil at the end, which a reset is too.
    func receive() throws -> [UInt8]? {
        if !pending.isEmpty {
            defer { pending = [] }
            return pending
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(what: "silence") }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    func readAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try receive() { all += bytes }
        return all
    }

    func read(exactly count: Int) throws -> [UInt8]? {
        var all: [UInt8] = []
        while all.count < count {
            guard let bytes = try receive() else { return nil }
            all += bytes
        }
        pending = Array(all[count...])
        return Array(all[..<count])
    }

    /// Up to and with `mark`.
    func read(until mark: String) throws -> String? {
        var all: [UInt8] = []
        let wanted = Array(mark.utf8)
        while true {
            guard let byte = try read(exactly: 1) else { return nil }
            all += byte
            if all.suffix(wanted.count) == wanted[...] { return String(decoding: all, as: UTF8.self) }
        }
    }

    // MARK: - HTTP

    struct Answer: Equatable {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// The next answer; nil when the connection ends first.
    func answer(toHead: Bool = false) throws -> Answer? {
        guard let head = try read(until: "\r\n\r\n") else { return nil }
        let lines = head.split(separator: "\r\n")
        var answer = Answer(status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: [:], body: [])
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        if !toHead, let length = answer.headers["content-length"].flatMap(Int.init), length > 0 {
            guard let body = try read(exactly: length) else { throw Failure(what: "cut body") }
            answer.body = body
        }
        return answer
    }

    // MARK: - WebSocket

    static func handshake(_ path: String, _ extra: String = "") -> String {
        """
        GET \(path) HTTP/1.1\r
        Host: 127.0.0.1\r
        Connection: keep-alive, Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \(extra)\r

        """
    }

    @discardableResult
    func upgrade(_ path: String, _ extra: String = "") throws -> Answer {
        send(Self.handshake(path, extra))
        guard let answer = try answer() else { throw Failure(what: "no answer to the handshake") }
        return answer
    }

    struct Frame: Equatable {
        var opcode: UInt8
        var isFinal = true
        var payload: [UInt8]

        static func text(_ text: String, isFinal: Bool = true) -> Frame {
            Frame(opcode: 1, isFinal: isFinal, payload: Array(text.utf8))
        }
        static func close(_ code: UInt16, _ reason: String = "") -> Frame {
            Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8))
        }
        var code: UInt16? { payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil }
        var string: String { String(decoding: payload, as: UTF8.self) }

        /// As a client sends it, masked.
        func wire(mask: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
            var bytes: [UInt8] = [opcode | (isFinal ? 0x80 : 0)]
            if payload.count < 126 {
                bytes.append(0x80 | UInt8(payload.count))
            } else if payload.count < 65_536 {
                bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
            } else {
                bytes.append(0x80 | 127)
                for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 255)) }
            }
            return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
        }
    }

    @discardableResult
    func send(_ frames: Frame...) -> Bool { send(frames.flatMap { $0.wire() }) }

    /// The next frame; nil when the connection ends.
    func frame() throws -> Frame? {
        guard let head = try read(exactly: 2) else { return nil }
        var length = Int(head[1] & 127)
        if length > 125 {
            guard let bytes = try read(exactly: length == 126 ? 2 : 8) else { return nil }
            length = bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = length == 0 ? [] : try read(exactly: length) else { return nil }
        return Frame(opcode: head[0] & 15, isFinal: head[0] & 128 != 0, payload: payload)
    }
}
