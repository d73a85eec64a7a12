import Foundation
import Network
import Testing

/// Our pings, the peer's, and both at the same moment.
@Suite struct KeepAliveTests {
    private static var oneSecond: NetworkLimits {
        var limits = NetworkLimits()
        limits.pingSeconds = 1
        return limits
    }

    @Test func aPeerThatTalksLivesAndASilentOneIsCut() async throws {
        try await withServer(limits: Self.oneSecond) { server, handler in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                try client.upgrade("/echo")
                for number in 0..<4 {
                    let ping = try #require(try client.frame())
                    #expect(ping.opcode == 9)
                    if number == 0 {
                        client.send(RawClient.Frame(opcode: 10, payload: ping.payload))
                    } else {
                        // A message is a sign of life too.
                        client.send(.text("here"))
                        #expect(try client.frame() == .text("here"))
                    }
                }
                // From here on it answers nothing.
                while let frame = try client.frame() { #expect(frame.opcode == 9) }
            }
            let socket = try #require(await handler.nextSocket())
            #expect(await socket.closed() == .lost)
        }
    }

    /// Clients that have a ping under way all the time, also when the server's own is due.
    @Test func pongsCarryWhatTheirPingsDid() async throws {
        try await withServer(limits: Self.oneSecond) { server, _ in
            let port = server.port
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 { group.addTask { try await blocking { try Self.pingWithoutPause(port: port) } } }
                try await group.waitForAll()
            }
        }
    }

    private static func pingWithoutPause(port: Int) throws {
        let client = try RawClient(port: port)
        try client.upgrade("/hold")
        var theirs = 0
        var number = 0
        while theirs < 4 {
            number += 1
            let payload = withUnsafeBytes(of: number) { Array($0) }
            client.send(RawClient.Frame(opcode: 9, payload: payload))
            var pong: RawClient.Frame?
            while pong == nil {
                let frame = try #require(try client.frame())
                if frame.opcode == 9 {
                    theirs += 1
                    client.send(RawClient.Frame(opcode: 10, payload: frame.payload))
                } else {
                    pong = frame
                }
            }
            try #require(pong == RawClient.Frame(opcode: 10, payload: payload))
        }
    }

    /// The same with the roles changed: our clients, and a server that pings them all the time and gives up on a pong
    /// that doesn't come.
    @Test(.enabled(if: Python.path != nil, "needs Python with Tests/requirements.txt"))
    func aClientAnswersEachPing() async throws {
        let script = """
            import asyncio, itertools
            from websockets.asyncio.server import serve
            async def ping(ws):
                end = asyncio.get_running_loop().time() + 4
                while asyncio.get_running_loop().time() < end:
                    await asyncio.wait_for(await ws.ping(), 10)
            async def main():
                async with serve(ping, "127.0.0.1", 0, ping_interval=None) as server:
                    print(server.sockets[0].getsockname()[1], flush=True)
                    await asyncio.Future()
            asyncio.run(main())
            """
        try await Python.serve(script) { port in
            let client = try WebSocketClient(limits: Self.oneSecond)
            let endings = try await withThrowingTaskGroup(of: WebSocketEnding.self) { group in
                for _ in 0..<40 {
                    group.addTask { try await client.connect(url: "ws://127.0.0.1:\(port)/").closed() }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(endings == Array(repeating: .peer(code: 1000, reason: ""), count: 40))
        }
    }

    @Test(.enabled(if: Python.path != nil, "needs Python with Tests/requirements.txt"))
    func aClientLeavesASilentServer() async throws {
        let script = """
            import asyncio, base64, hashlib
            async def accept(reader, writer):
                head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode().split("\\r\\n")
                key = next(line[19:] for line in head if line.lower().startswith("sec-websocket-key: "))
                digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
                writer.write(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                    b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\\r\\n\\r\\n")
                while await reader.read(4096): pass
            async def main():
                server = await asyncio.start_server(accept, "127.0.0.1", 0)
                print(server.sockets[0].getsockname()[1], flush=True)
                await server.serve_forever()
            asyncio.run(main())
            """
        try await Python.serve(script) { port in
            let client = try WebSocketClient(limits: Self.oneSecond)
            let socket = try await client.connect(url: "ws://127.0.0.1:\(port)/")
            #expect(await socket.closed() == .lost)
        }
    }
}
