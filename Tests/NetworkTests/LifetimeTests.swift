import Foundation
import Network
import Testing

/// Closing from both sides, slow peers, and the end of a server.
@Suite struct LifetimeTests {
    @Test(arguments: [(1000, ""), (1008, "too much"), (1012, "restart"), (4321, "ours")])
    func ourCloseFollowsWhatWasSent(code: Int, reason: String) async throws {
        try await withServer { server, handler in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                let query = "code=\(code)&reason=\(reason.replacingOccurrences(of: " ", with: "%20"))"
                try client.upgrade("/close?\(query)")
                #expect(try client.frame()?.string == "last words")
                let close = try #require(try client.frame())
                #expect(close == .close(UInt16(code), reason))
                client.send(close)
                #expect(try client.frame() == nil)
            }
            let socket = try #require(await handler.nextSocket())
            #expect(await socket.closed() == .local(code: UInt16(code), reason: reason))
            #expect(!socket.send("late"))
        }
    }

    @Test func theirCloseReachesTheReader() async throws {
        try await withServer { server, handler in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                try client.upgrade("/echo")
                client.send(.close(4000, "done"))
                #expect(try client.frame() == .close(4000, "done"))
            }
            let socket = try #require(await handler.nextSocket())
            #expect(await socket.closed() == .peer(code: 4000, reason: "done"))
            try await blocking {
                let client = try RawClient(port: port)
                try client.upgrade("/echo")
                client.send(.text("x"))
                _ = try client.frame()
            }
            let lost = try #require(await handler.nextSocket())
            #expect(await lost.closed() == .lost)
            #expect(lost.ending?.code == 1006)
        }
    }

    @Test func aSlowReaderIsClosedAndItsQueueFreed() async throws {
        var limits = NetworkLimits()
        limits.closeSeconds = 1
        try await withServer(limits: limits) { server, handler in
            let port = server.port
            // It reads nothing until all is over: the handler floods until it is told to stop.
            let client = try await blocking {
                let client = try RawClient(port: port, receiveBuffer: 8 << 10)
                try client.upgrade("/flood")
                return UncheckedBox(client)
            }
            let socket = try #require(await handler.nextSocket())
            #expect(await socket.closed() == .overflow)
            #expect(socket.queuedBytes == 0)
            #expect(server.statistics.overflows == 1)
            _ = client
        }
    }

    @Test func aSlowReaderThatWakesUpIsToldWhy() async throws {
        try await withServer { server, handler in
            let port = server.port
            let client = try await blocking {
                let client = try RawClient(port: port, receiveBuffer: 8 << 10)
                try client.upgrade("/flood")
                return UncheckedBox(client)
            }
            let socket = try #require(await handler.nextSocket())
            // The flood has ended when the first message is refused.
            for await _ in socket.messages {}
            let codes = try await blocking {
                var codes: [UInt16?] = []
                while let frame = try client.value.frame() {
                    if frame.opcode == 8 {
                        codes.append(frame.code)
                        client.value.send(frame)
                    }
                }
                return codes
            }
            #expect(codes == [1013])
            #expect(await socket.closed() == .overflow)
        }
    }

    @Test func anUnreadSocketStopsTheSenderAndLosesNothing() async throws {
        try await withServer { server, handler in
            let port = server.port
            let total = 4000
            let client = try await blocking {
                let client = try RawClient(port: port)
                try client.upgrade("/gated")
                return UncheckedBox(client)
            }
            async let answer = blocking {
                // Far more than the unread bounds and the kernel's buffers: this blocks until the gate is open.
                var wire = RawClient.Frame(opcode: 2, payload: [UInt8](repeating: 1, count: 4000)).wire(mask: [
                    0, 0, 0, 0,
                ])
                for index in 0..<total {
                    wire.replaceSubrange(8..<10, with: [UInt8(index >> 8), UInt8(index & 255)])
                    client.value.send(wire)
                }
                client.value.send(.text("how many?"))
                return try client.value.frame()?.string
            }
            _ = try #require(await handler.nextSocket())
            handler.openGate()
            #expect(try await answer == "\(total) in order")
        }
    }

    @Test func stopClosesWhatIsOpenAndEndsTheThreads() async throws {
        let handler = TestHandler()
        weak var weakServer: NetworkServer?
        weak var weakSocket: WebSocketConnection?
        do {
            let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: handler)
            weakServer = server
            let port = server.port
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                let clients = try await blocking {
                    try (0..<20).map { index in
                        let client = try RawClient(port: port)
                        try client.upgrade(index % 2 == 0 ? "/hold" : "/echo")
                        return UncheckedBox(client)
                    }
                }
                weakSocket = await handler.nextSocket()
                async let stopped: Void = server.stop(code: 1012, reason: "restart")
                try await blocking {
                    for client in clients {
                        let frame = try #require(try client.value.frame())
                        #expect(frame == .close(1012, "restart"))
                        client.value.send(frame)
                    }
                }
                await stopped
                try await group.waitForAll()
            }
            #expect(handler.count.returned == 20)
            #expect(server.statistics.openSockets == 0)
            await #expect(throws: RawClient.Failure.self) { try await blocking { _ = try RawClient(port: port) } }
        }
        #expect(weakServer == nil)
        for _ in 1..<20 { _ = await handler.nextSocket() }
        #expect(weakSocket == nil)
    }

    @Test func codesThatNoFrameMayHaveAreNotSent() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                for code in [0, 999, 1005, 1006, 1015, 2999, 5000] {
                    let client = try RawClient(port: port)
                    try client.upgrade("/close?code=\(code)")
                    _ = try client.frame()
                    #expect(try client.frame()?.code == 1000)
                }
            }
        }
    }

    @Test func stopAcceptingLeavesTheRest() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                try client.upgrade("/echo")
                server.stopAccepting()
                // Answered after the command before it: the listener is gone by then.
                client.send(.text("still here"))
                #expect(try client.frame() == .text("still here"))
                #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
            }
        }
    }

    @Test func aCancelledRunStops() async throws {
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: TestHandler())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            group.cancelAll()
        }
        await server.stop()
        #expect(server.statistics.openSockets == 0)
    }

    @Test func aServerThatNeverRanLetsThePortGo() async throws {
        let port = try NetworkServer(host: "127.0.0.1", port: 0, handler: TestHandler()).port
        let again = try NetworkServer(host: "127.0.0.1", port: port, handler: TestHandler())
        #expect(again.port == port)
    }
}

/// A client that one thread after the other uses. Sendable: the tests await each use before the next.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
