import Foundation
import Network
import Testing

@Suite struct ClientTests {
    @Test func talksToOurServer() async throws {
        try await withServer { server, handler in
            let client = try WebSocketClient()
            let socket = try await client.connect(
                url: "ws://127.0.0.1:\(server.port)/protocol?choose=two", headers: [(name: "X-Request-Id", value: "7")],
                subprotocols: ["one", "two"])
            #expect(socket.subprotocol == "two")
            #expect(socket.remoteAddress == "127.0.0.1")
            var messages = socket.messages.makeAsyncIterator()
            for size in [0, 1, 125, 126, 5000, 65_536, 700_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 5) }
                #expect(socket.send(bytes))
                #expect(await messages.next() == .binary(bytes))
            }
            #expect(socket.send("grüße"))
            #expect(await messages.next() == .text("grüße"))
            socket.close(code: 4010, reason: "enough")
            #expect(await socket.closed() == .local(code: 4010, reason: "enough"))
            let theirs = try #require(await handler.nextSocket())
            #expect(await theirs.closed() == .peer(code: 4010, reason: "enough"))
            await client.shutDown()
        }
    }

    @Test func aRefusalCarriesStatusAndBody() async throws {
        try await withServer { server, _ in
            let client = try WebSocketClient()
            let error = await #expect(throws: NetworkError.self) {
                _ = try await client.connect(url: "ws://127.0.0.1:\(server.port)/refuse")
            }
            guard case .refused(409, let body) = error?.code else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(String(decoding: body, as: UTF8.self).contains("\"busy\""))
            let missing = await #expect(throws: NetworkError.self) {
                _ = try await client.connect(url: "ws://127.0.0.1:\(server.port)/none")
            }
            guard case .refused(404, _) = missing?.code else {
                Issue.record("\(String(describing: missing))")
                return
            }
        }
    }

    @Test func nobodyThere() async throws {
        let handler = TestHandler()
        // A port that was free a moment ago.
        let port = try NetworkServer(host: "127.0.0.1", port: 0, handler: handler).port
        let client = try WebSocketClient()
        let error = await #expect(throws: NetworkError.self) {
            _ = try await client.connect(url: "ws://127.0.0.1:\(port)/")
        }
        #expect(error?.code == .connectionFailed)
        for url in ["http://x/", "ws://", "", "ws://x:99999/"] {
            let error = await #expect(throws: NetworkError.self) { _ = try await client.connect(url: url) }
            #expect(error?.code == .invalidURL)
        }
        let split = await #expect(throws: NetworkError.self) {
            _ = try await client.connect(url: "ws://127.0.0.1:\(port)/", headers: [(name: "A", value: "b\r\nC: d")])
        }
        #expect(split?.code == .invalidURL)
    }

    @Test func theirCloseEndsTheMessages() async throws {
        try await withServer { server, _ in
            let client = try WebSocketClient()
            let socket = try await client.connect(url: "ws://127.0.0.1:\(server.port)/close?code=4005&reason=why")
            var received: [WebSocketConnection.Message] = []
            for await message in socket.messages { received.append(message) }
            #expect(received == [.text("last words")])
            #expect(await socket.closed() == .peer(code: 4005, reason: "why"))
        }
    }

    @Test func aConnectionKeepsItsClientAlive() async throws {
        try await withServer { server, _ in
            let socket = try await WebSocketClient().connect(url: "ws://127.0.0.1:\(server.port)/echo")
            var messages = socket.messages.makeAsyncIterator()
            socket.send("x")
            #expect(await messages.next() == .text("x"))
            socket.close()
            #expect(await socket.closed().code == 1000)
        }
    }

    @Test func aCancelledConnectGivesUp() async throws {
        try await withServer { server, _ in
            let client = try WebSocketClient()
            let result = await withTaskGroup(of: NetworkError.Code?.self) { group in
                group.cancelAll()
                group.addTask {
                    do {
                        _ = try await client.connect(url: "ws://127.0.0.1:\(server.port)/echo")
                        return nil
                    } catch { return (error as? NetworkError)?.code }
                }
                return await group.next() ?? nil
            }
            #expect(result == .cancelled)
            await client.shutDown()
            let late = await #expect(throws: NetworkError.self) {
                _ = try await client.connect(url: "ws://127.0.0.1:\(server.port)/echo")
            }
            #expect(late?.code == .cancelled)
        }
    }

    @Test func twoHundredSocketsAtOnce() async throws {
        try await withServer { server, handler in
            let client = try WebSocketClient()
            let echoed = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let socket = try await client.connect(url: "ws://127.0.0.1:\(server.port)/echo")
                        var right = 0
                        var messages = socket.messages.makeAsyncIterator()
                        for round in 0..<20 {
                            socket.send("\(index)/\(round)")
                            if await messages.next() == .text("\(index)/\(round)") { right += 1 }
                        }
                        socket.close()
                        _ = await socket.closed()
                        return right
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(echoed == 4000)
            #expect(handler.count.served == 200)
        }
    }
}
