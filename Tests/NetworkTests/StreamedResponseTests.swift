import Foundation
import Network
import Synchronization
import Testing

/// Answers that are written while they are sent.
@Suite struct StreamedResponseTests {
    /// Streams at every path as `produce` says.
    private struct Handler: ServerHandler {
        let produce: @Sendable (HTTPResponseWriter) async -> Void

        func respond(to request: HTTPRequest) async -> HTTPResponse {
            guard request.path != "/plain" else { return .text("plain") }
            return .stream(headers: [(name: "Content-Type", value: "text/event-stream")], produce)
        }

        func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }
    }

    private func withStream(
        _ produce: @escaping @Sendable (HTTPResponseWriter) async -> Void,
        _ body: (NetworkServer) async throws -> Void
    ) async throws {
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: Handler(produce: produce))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do { try await body(server) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    @Test func onTheWire() async throws {
        try await withStream { writer in
            await writer.write(Array("hello ".utf8))
            await writer.write([])
            await writer.write(Array("world".utf8))
        } _: { server in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                for _ in 0..<3 {
                    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    let text = try #require(try client.read(until: "0\r\n\r\n"))
                    #expect(text.contains("Transfer-Encoding: chunked\r\n"))
                    #expect(!text.contains("Content-Length"))
                    #expect(text.hasSuffix("\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n"))
                }
                client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer(toHead: true)?.headers["transfer-encoding"] == "chunked")
                #expect(try client.answer()?.text == "plain")
                let old = try RawClient(port: port)
                old.send("GET / HTTP/1.0\r\n\r\n")
                let all = String(decoding: try old.readAll(), as: UTF8.self)
                #expect(!all.contains("chunked"))
                #expect(all.hasSuffix("\r\n\r\nhello world"))
            }
        }
    }

    @Test func piecesArriveOneByOne() async throws {
        let steps = [Gate(), Gate()]
        try await withStream { writer in
            for (index, step) in steps.enumerated() {
                await writer.write(Array("piece \(index)".utf8))
                await step.wait()
            }
        } _: { server in
            let client = try HTTPClient()
            let answer = try await client.send(HTTPCall(url: "http://127.0.0.1:\(server.port)/"))
            #expect(answer.headers["content-type"] == "text/event-stream")
            var pieces = answer.body.makeAsyncIterator()
            for (index, step) in steps.enumerated() {
                #expect(try await pieces.next() == Array("piece \(index)".utf8))
                step.open()
            }
            #expect(try await pieces.next() == nil)
        }
    }

    @Test func muchIsWholeAndWaitsForTheReader() async throws {
        let written = Mutex(0)
        let size = 24 << 20
        try await withStream { writer in
            let piece = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            while written.withLock({ $0 }) < size {
                guard await writer.write(piece) else { return }
                written.withLock { $0 += piece.count }
            }
        } _: { server in
            let client = try HTTPClient()
            let answer = try await client.send(HTTPCall(url: "http://127.0.0.1:\(server.port)/"))
            var place = 0
            var isRight = true
            var furthest = 0
            for try await piece in answer.body {
                for byte in piece {
                    if byte != UInt8(truncatingIfNeeded: place % 100_000 &* 7) { isRight = false }
                    place += 1
                }
                furthest = max(furthest, written.withLock { $0 } - place)
            }
            #expect(isRight && place >= size)
            #expect(furthest < size / 2, "the writer ran \(furthest) bytes ahead")
        }
    }

    @Test func anAbortCutsAfterWhatWasWritten() async throws {
        try await withStream { writer in
            await writer.write(Array("so far".utf8))
            writer.abort()
            #expect(await writer.write([1]) == false)
            await writer.closed()
        } _: { server in
            let client = try HTTPClient()
            let answer = try await client.send(HTTPCall(url: "http://127.0.0.1:\(server.port)/"))
            var received: [UInt8] = []
            let error = await #expect(throws: NetworkError.self) {
                for try await piece in answer.body { received += piece }
            }
            #expect(error?.code == .connectionLost)
            #expect(received == Array("so far".utf8))
        }
    }

    /// Whether it writes or waits, the producer learns that the client has gone.
    @Test(arguments: [false, true], [0, 10, 200_000])
    func aClientThatGoesIsNoticed(writes: Bool, sent: Int) async throws {
        let gone = AsyncStream.makeStream(of: Void.self)
        try await withStream { writer in
            await writer.write([1])
            if writes {
                while await writer.write([UInt8](repeating: 2, count: 10_000)) {}
            }
            await writer.closed()
            gone.continuation.yield()
        } _: { server in
            let client = try HTTPClient()
            var goings = gone.stream.makeAsyncIterator()
            let call = HTTPCall(
                url: "http://127.0.0.1:\(server.port)/", body: [UInt8](repeating: 1, count: sent))
            // Often, since it may go while the server is about to write.
            for _ in 0..<20 {
                do {
                    var pieces = try await client.send(call).body.makeAsyncIterator()
                    #expect(try await pieces.next() != nil)
                }
                #expect(await goings.next() != nil)
            }
        }
    }

    @Test func aServerThatStopsEndsTheStreams() async throws {
        let returned = Gate()
        var limits = NetworkLimits()
        limits.closeSeconds = 1
        let handler = Handler { writer in
            await writer.write([1])
            await writer.closed()
            returned.open()
        }
        let server = try NetworkServer(host: "127.0.0.1", port: 0, limits: limits, handler: handler)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            let client = try HTTPClient()
            let answer = try await client.send(HTTPCall(url: "http://127.0.0.1:\(server.port)/"))
            await server.stop()
            await returned.wait()
            await #expect(throws: NetworkError.self) { _ = try await answer.bytes(limit: 10) }
        }
    }
}
