import Network
import Testing

/// Waiting for room in a connection's queue.
@Suite struct DrainTests {
    private static let piece = [UInt8](repeating: 7, count: 64 << 10)

    /// A socket whose queue is full, because its client does not read; and that client.
    private func full(
        _ server: NetworkServer, _ handler: TestHandler
    ) async throws -> (socket: WebSocketConnection, client: UncheckedBox<RawClient>, pieces: Int) {
        let port = server.port
        let client = try await blocking {
            let client = try RawClient(port: port, receiveBuffer: 8 << 10)
            try client.upgrade("/hold")
            return UncheckedBox(client)
        }
        let socket = try #require(await handler.nextSocket())
        var (pieces, calm) = (0, 0)
        // The kernel takes some of it, when the service thread comes to it.
        while calm < 2000 {
            if socket.queuedBytes <= 512 << 10 {
                #expect(socket.send(Self.piece))
                (pieces, calm) = (pieces + 1, 0)
            } else {
                calm += 1
                await Task.yield()
            }
        }
        return (socket, client, pieces)
    }

    @Test func roomComesWhenThePeerReads() async throws {
        try await withServer { server, handler in
            let (socket, client, pieces) = try await full(server, handler)
            async let room = socket.drained(below: 128 << 10)
            async let all = socket.drained(below: 0)
            try await blocking {
                for _ in 0..<pieces {
                    let frame = try client.value.frame()
                    #expect(frame?.payload.count == Self.piece.count)
                }
            }
            let isDone = await (room, all)
            #expect(isDone == (true, true))
            #expect(socket.queuedBytes == 0)
            let again = await socket.drained(below: 1)
            #expect(again)
        }
    }

    /// However much is sent, a sender that waits loses no client that reads.
    @Test func aSenderThatWaitsNeverOverflows() async throws {
        try await withServer { server, handler in
            let port = server.port
            let client = try await blocking {
                let client = try RawClient(port: port, receiveBuffer: 8 << 10)
                try client.upgrade("/hold")
                return UncheckedBox(client)
            }
            let socket = try #require(await handler.nextSocket())
            async let sent: Void = {
                for _ in 0..<128 where await socket.drained(below: 256 << 10) { socket.send(Self.piece) }
            }()
            try await blocking {
                for _ in 0..<128 {
                    let frame = try client.value.frame()
                    #expect(frame?.payload.count == Self.piece.count)
                }
            }
            await sent
            #expect(server.statistics.overflows == 0 && socket.isOpen)
        }
    }

    enum End: CaseIterable { case cancelled, closed, aborted, overflown }

    /// Nobody waits for room that will never come.
    @Test(arguments: End.allCases) func everyEndReleasesTheSender(end: End) async throws {
        try await withServer { server, handler in
            let (socket, client, _) = try await full(server, handler)
            let waiting = Task { await socket.drained(below: 1) }
            switch end {
            case .cancelled: waiting.cancel()
            case .closed: socket.close()
            case .aborted: socket.abort()
            case .overflown: while socket.send(Self.piece) {}
            }
            let hasRoom = await waiting.value
            #expect(!hasRoom)
            let afterwards = await socket.drained(below: 1 << 30)
            #expect(afterwards == (end == .cancelled))
            withExtendedLifetime(client) {}
        }
    }
}
