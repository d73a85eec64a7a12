import Foundation
import Network
import Testing

/// Connections that end without a word, and what each side sees of it.
@Suite struct AbortTests {
    @Test func theServerAborts() async throws {
        try await withServer { server, handler in
            let client = try WebSocketClient()
            let socket = try await client.connect(url: "ws://127.0.0.1:\(server.port)/echo")
            let theirs = try #require(await handler.nextSocket())
            let start = ContinuousClock.now
            theirs.abort()
            #expect(await socket.closed() == .lost)
            #expect(await theirs.closed() == .lost)
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(!theirs.send("late"))
            theirs.abort()
            let port = server.port
            let raw = try await blocking {
                let raw = try RawClient(port: port)
                try raw.upgrade("/hold")
                return UncheckedBox(raw)
            }
            try #require(await handler.nextSocket()).abort()
            // No close frame.
            let frame = try await blocking { try raw.value.frame() }
            #expect(frame == nil)
        }
    }

    @Test func theClientAborts() async throws {
        try await withServer { server, handler in
            let client = try WebSocketClient()
            let socket = try await client.connect(url: "ws://127.0.0.1:\(server.port)/echo")
            let theirs = try #require(await handler.nextSocket())
            let start = ContinuousClock.now
            socket.abort()
            #expect(await theirs.closed() == .lost)
            #expect(await socket.closed() == .lost)
            #expect(ContinuousClock.now - start < .seconds(1))
            for await message in socket.messages { Issue.record("\(message)") }
        }
    }

    @Test func aFullQueueIsNoHindrance() async throws {
        var limits = NetworkLimits()
        limits.maxQueuedBytes = 64 << 20
        try await withServer(limits: limits) { server, handler in
            let port = server.port
            let raw = try await blocking {
                let raw = try RawClient(port: port, receiveBuffer: 8 << 10)
                try raw.upgrade("/hold")
                return UncheckedBox(raw)
            }
            let socket = try #require(await handler.nextSocket())
            for _ in 0..<200 { socket.send([UInt8](repeating: 1, count: 64 << 10)) }
            let start = ContinuousClock.now
            socket.close()
            socket.abort()
            #expect(await socket.closed().code == 1006)
            #expect(ContinuousClock.now - start < .seconds(1))
            _ = raw
        }
    }

    /// A token of 1.5 KiB, a query of 2 KiB, a subprotocol.
    @Test func longHandshakes() async throws {
        try await withServer { server, _ in
            let client = try WebSocketClient()
            let token = "Bearer " + String(repeating: "t", count: 1500)
            let query = String(repeating: "q", count: 2048)
            let socket = try await client.connect(
                url: "ws://127.0.0.1:\(server.port)/protocol?choose=USP&say=headers&q=\(query)",
                headers: [(name: "Authorization", value: token)], subprotocols: ["USP"])
            #expect(socket.subprotocol == "USP")
            var messages = socket.messages.makeAsyncIterator()
            #expect(await messages.next() == .text("\(token) \(query)"))
            socket.close()
        }
    }
}
