import Foundation
import Synchronization

/// A TCP server that sends exactly the bytes it is told to: each connection is served by `script` on a thread of its own.
/// Blocking; gives up on silence after 20 s.
final class RawServer: Sendable {
    /// One accepted connection, on its thread.
    struct Peer {
        let descriptor: Int32
        /// Which of the accepted ones, from 0.
        let number: Int

        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        /// False when the client is gone.
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

        /// Up to and with the empty line; nil at the end.
        func requestHead() -> String? {
            var all: [UInt8] = []
            var byte: UInt8 = 0
            while all.suffix(4) != [13, 10, 13, 10] {
                guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
                all.append(byte)
            }
            return String(decoding: all, as: UTF8.self)
        }

        /// A request with its body.
        func request() -> (head: String, body: [UInt8])? {
            guard let head = requestHead() else { return nil }
            let line = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            var left = line.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            var body: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while left > 0 {
                let count = recv(descriptor, &buffer, min(left, buffer.count), 0)
                guard count > 0 else { return nil }
                body += buffer[..<count]
                left -= count
            }
            return (head, body)
        }

        /// Waits for the client's end, throwing away what it says. False when it stays silent.
        func waitForEnd() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count == 0 { return true }
                if count < 0 { return errno != EAGAIN }
            }
        }
    }

    let port: Int
    private let listener: Int32
    private let count = Mutex(0)

    /// Connections so far.
    var accepted: Int { count.withLock { $0 } }

    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            let raw = UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self)
            return bind(listener, raw, length) == 0 && listen(listener, 128) == 0
                && getsockname(listener, raw, &length) == 0
        }
        guard isBound else { throw RawClient.Failure(what: "listen: \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0 else { return }
                let number = self?.count.withLock { count in
                    defer { count += 1 }
                    return count
                }
                var patience = timeval(tv_sec: 20, tv_usec: 0)
                setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
                Thread.detachNewThread {
                    script(Peer(descriptor: accepted, number: number ?? 0))
                    close(accepted)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var url: String { "http://127.0.0.1:\(port)" }
}
