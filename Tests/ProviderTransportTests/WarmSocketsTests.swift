import Network
import ProviderTransport
import Synchronization
import Testing

/// An echo that shows its sockets to the test.
final class Echo: ServerHandler {
    let heard = AsyncStream.makeStream(of: String.self)
    let sockets = AsyncStream.makeStream(of: WebSocketConnection.self)

    func respond(to request: HTTPRequest) async -> HTTPResponse { .notFound }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        .accept { connection in
            self.sockets.continuation.yield(connection)
            for await message in connection.messages {
                if case .text(let text) = message {
                    self.heard.continuation.yield(text)
                    connection.send(text)
                }
            }
        }
    }

    /// An echo server and a client for the length of `body`.
    static func with(_ body: (Echo, SocketEndpoint, WebSocketClient) async throws -> Void) async throws {
        let echo = Echo()
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: echo)
        let client = try WebSocketClient()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do {
                try await body(echo, SocketEndpoint(url: "ws://127.0.0.1:\(server.port)/"), client)
            } catch {
                Issue.record(error)
            }
            await client.shutDown()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

@Suite struct WarmSocketsTests {
    /// One request: a word goes, the same comes.
    private func ask(_ sockets: WarmSockets, _ endpoint: SocketEndpoint, _ word: String = "word") async throws {
        try await sockets.exchange(endpoint) { connection in
            guard connection.send(word) else { throw DeadSocket(connection.ending) }
            for await message in connection.messages {
                #expect(message == .text(word))
                return
            }
            throw DeadSocket(connection.ending)
        }
    }

    @Test func theSecondRequestOpensNothing() async throws {
        try await Echo.with { _, endpoint, client in
            let sockets = WarmSockets(client: client)
            for _ in 0..<5 { try await ask(sockets, endpoint) }
            #expect(sockets.openedCount == 1)
            try await ask(sockets, SocketEndpoint(url: endpoint.url + "other"))
            #expect(sockets.openedCount == 2, "another place has sockets of its own")
        }
    }

    @Test func preparedIsThere() async throws {
        try await Echo.with { _, endpoint, client in
            let sockets = WarmSockets(client: client)
            try await sockets.prepare(endpoint)
            try await sockets.prepare(endpoint)
            #expect(sockets.idleCount == 1)
            try await ask(sockets, endpoint)
            #expect(sockets.openedCount == 1)
        }
    }

    @Test func twoAtOnceHaveOneEach() async throws {
        try await Echo.with { _, endpoint, client in
            let sockets = WarmSockets(client: client)
            let first = try await sockets.take(endpoint)
            let second = try await sockets.take(endpoint)
            #expect(first !== second)
            sockets.giveBack(first, to: endpoint)
            sockets.giveBack(second, to: endpoint)
            #expect(sockets.idleCount == 2)
        }
    }

    /// Dies unnoticed: the peer's end comes only after the request went out.
    @Test func aDeadSocketIsReplaced() async throws {
        try await Echo.with { echo, endpoint, client in
            let sockets = WarmSockets(client: client)
            try await ask(sockets, endpoint)
            var theirs = echo.sockets.stream.makeAsyncIterator()
            let first = try #require(await theirs.next())
            var tries = 0
            try await sockets.exchange(endpoint) { connection in
                tries += 1
                if tries == 1 {
                    first.close(code: 1011)
                    for await _ in connection.messages {}
                    throw DeadSocket(connection.ending)
                }
                #expect(connection.send("again"))
            }
            #expect(tries == 2 && sockets.openedCount == 2)
            // The new one was new: its death is the caller's to know.
            await #expect(throws: DeadSocket.self) {
                try await sockets.exchange(SocketEndpoint(url: endpoint.url + "new")) { _ in throw DeadSocket(nil) }
            }
        }
    }

    @Test func aSocketThatDiedIdleIsNotLent() async throws {
        try await Echo.with { echo, endpoint, client in
            let sockets = WarmSockets(client: client)
            let mine = try await sockets.take(endpoint)
            sockets.giveBack(mine, to: endpoint)
            var theirs = echo.sockets.stream.makeAsyncIterator()
            (try #require(await theirs.next())).close(code: 1001)
            _ = await mine.closed()
            try await ask(sockets, endpoint)
            #expect(sockets.openedCount == 2)
        }
    }

    @Test func afterAnErrorTheSocketIsClosedInGoodOrder() async throws {
        try await Echo.with { echo, endpoint, client in
            struct Trouble: Error {}
            var settings = WarmSocketsSettings()
            settings.farewell = "bye"
            let sockets = WarmSockets(settings, client: client)
            await #expect(throws: Trouble.self) { try await sockets.exchange(endpoint) { _ in throw Trouble() } }
            var heard = echo.heard.stream.makeAsyncIterator()
            #expect(await heard.next() == "bye")
            #expect(sockets.idleCount == 0)
        }
    }

    @Test func runKeepsASpareAliveAndClosesItInTheEnd() async throws {
        try await Echo.with { echo, endpoint, client in
            var settings = WarmSocketsSettings()
            settings.keepAlive = .init(message: "still here", interval: .milliseconds(20))
            settings.farewell = "bye"
            let sockets = WarmSockets(settings, client: client)
            // In use; a spare one is opened beside it and kept alive.
            let mine = try await sockets.take(endpoint)
            var theirs = echo.sockets.stream.makeAsyncIterator()
            _ = try #require(await theirs.next())
            let caring = Task { await sockets.run() }
            let spare = try #require(await theirs.next())
            var heard = echo.heard.stream.makeAsyncIterator()
            #expect(await heard.next() == "still here")
            #expect(await heard.next() == "still here")
            // The spare one dies and another takes its place.
            spare.close(code: 1011)
            _ = try #require(await theirs.next())
            sockets.giveBack(mine, to: endpoint)
            caring.cancel()
            await caring.value
            #expect(sockets.idleCount == 0)
            while let word = await heard.next(), word != "bye" {}
            let ending = await mine.closed(); #expect(ending == .local(code: 1000, reason: ""))
        }
    }

    @Test func theOpenersErrorComesThrough() async throws {
        let client = try WebSocketClient()
        let sockets = WarmSockets(client: client)
        await #expect(throws: NetworkError.self) { try await sockets.prepare(SocketEndpoint(url: "http://no")) }
        #expect(sockets.openedCount == 0)
        await client.shutDown()
    }
}
