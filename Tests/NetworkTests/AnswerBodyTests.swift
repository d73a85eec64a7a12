import Foundation
import Network
import Synchronization
import Testing

/// Streamed answers as the client reads them.
@Suite struct AnswerBodyTests {
    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    @Test func piecesAreHereBeforeTheEnd() async throws {
        let step = Gate()
        let server = try RawServer { peer in
            _ = peer.request()
            peer.send(Self.head + Self.chunk("first"))
            step.block()
            peer.send(Self.chunk("second") + "0\r\nTrailer: x\r\n\r\n")
        }
        let client = try HTTPClient()
        let answer = try await client.send(HTTPCall(url: server.url))
        var pieces = answer.body.makeAsyncIterator()
        #expect(try await pieces.next() == Array("first".utf8))
        step.open()
        #expect(try await pieces.next() == Array("second".utf8))
        #expect(try await pieces.next() == nil)
        #expect(try await pieces.next() == nil)
        #expect(answer.headers["trailer"] == nil)
    }

    @Test func lines() async throws {
        let text = "data: one\r\n\r\ndata: grüße\n\ndata: \r\r\n: comment\nlast"
        for cut in [1, 2, 3, 7, 100] {
            let server = try RawServer { peer in
                _ = peer.request()
                peer.send(Self.head)
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    let piece = Array(rest.prefix(cut))
                    rest = rest.dropFirst(cut)
                    peer.send("\(String(piece.count, radix: 16))\r\n")
                    peer.send(piece)
                    peer.send("\r\n")
                }
                peer.send("0\r\n\r\n")
            }
            let client = try HTTPClient()
            var lines: [String] = []
            for try await line in try await client.send(HTTPCall(url: server.url)).lines { lines.append(line) }
            #expect(lines == ["data: one", "", "data: grüße", "", "data: \r", ": comment", "last"], "cut at \(cut)")
        }
    }

    @Test func aLineWithoutEndIsRefused() async throws {
        let server = try RawServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while peer.send([UInt8](repeating: 65, count: 64 << 10)) {}
        }
        let client = try HTTPClient()
        let error = await #expect(throws: NetworkError.self) {
            for try await _ in try await client.send(HTTPCall(url: server.url)).lines {}
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: [
        (head, "5\r\nhello\r\n"), (head, "5\r\nhel"), (head, "5\r\nhello\r\nzz\r\n"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "hello"),
    ])
    func aCutBodyIsAnError(head: String, body: String) async throws {
        let server = try RawServer { peer in
            _ = peer.request()
            peer.send(head + body)
        }
        let client = try HTTPClient()
        let answer = try await client.send(HTTPCall(url: server.url))
        var received: [UInt8] = []
        let error = await #expect(throws: NetworkError.self) {
            for try await piece in answer.body { received += piece }
        }
        #expect(error?.code == .connectionLost)
        #expect(Array("hello".utf8).starts(with: received))
        // The client lives.
        await #expect(throws: NetworkError.self) { _ = try await client.send(HTTPCall(url: "http://127.0.0.1:1/")) }
    }

    @Test func anUnreadBodyStopsTheSender() async throws {
        let total = 32 << 20
        let sent = Mutex(0)
        let stuck = Gate()
        let server = try RawServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            var patience = timeval(tv_sec: 0, tv_usec: 300_000)
            setsockopt(peer.descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            var left = total
            let piece = (0..<(64 << 10)).map { UInt8(truncatingIfNeeded: $0) }
            while left > 0 {
                let offset = (total - left) % piece.count
                let count = piece[offset...].withUnsafeBytes {
                    send(peer.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count > 0 {
                    left -= count
                    sent.withLock { $0 += count }
                } else {
                    guard errno == EAGAIN else { return }
                    stuck.open()
                }
            }
        }
        let client = try HTTPClient()
        let answer = try await client.send(HTTPCall(method: "GET", url: server.url))
        await stuck.wait()
        // The kernel's buffers take some MB, we some 256 KiB.
        #expect(sent.withLock { $0 } < total - (8 << 20))
        var place = 0
        var right = true
        for try await piece in answer.body {
            if !piece.enumerated().allSatisfy({ $1 == UInt8(truncatingIfNeeded: place + $0) }) { right = false }
            place += piece.count
        }
        #expect(place == total && right)
    }

    private func server(whenGone gone: Gate) throws -> RawServer {
        try RawServer { peer in
            _ = peer.request()
            peer.send(Self.head + Self.chunk("x"))
            if peer.waitForEnd() { gone.open() }
        }
    }

    @Test func aCancelledReaderClosesTheConnection() async throws {
        let gone = Gate()
        let server = try server(whenGone: gone)
        let client = try HTTPClient()
        let answer = try await client.send(HTTPCall(url: server.url))
        let reading = Gate()
        let code = await withTaskGroup(of: NetworkError.Code?.self) { group in
            group.addTask {
                do {
                    for try await _ in answer.body { reading.open() }
                    return nil
                } catch { return (error as? NetworkError)?.code }
            }
            await reading.wait()
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(code == .cancelled)
        await gone.wait()
        // It stays so.
        await #expect(throws: NetworkError.self) { _ = try await answer.bytes(limit: 100) }
    }

    @Test func aDroppedAnswerClosesTheConnection() async throws {
        let gone = Gate()
        let server = try server(whenGone: gone)
        let client = try HTTPClient()
        #expect(try await client.send(HTTPCall(url: server.url)).status == 200)
        await gone.wait()
    }

    @Test func theClientsEndClosesTheConnection() async throws {
        let gone = Gate()
        let server = try server(whenGone: gone)
        var client: HTTPClient? = try HTTPClient()
        let answer = try #require(try await client?.send(HTTPCall(url: server.url)))
        client = nil
        await gone.wait()
        let error = await #expect(throws: NetworkError.self) { _ = try await answer.bytes(limit: 100) }
        #expect(error?.code == .connectionLost || error?.code == .cancelled)
    }
}
