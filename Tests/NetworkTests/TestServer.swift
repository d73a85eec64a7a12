import Foundation
import Network
import Synchronization
import Testing

/// A handler with a route for each thing that the tests ask for.
final class TestHandler: ServerHandler {
    struct Counts {
        var served = 0
        var returned = 0
        var messages = 0
    }

    private let counts = Mutex(Counts())
    private let gate = Gate()
    private let endings = AsyncStream.makeStream(of: WebSocketEnding.self)
    private let opened = AsyncStream.makeStream(of: WebSocketConnection.self)

    var count: Counts { counts.withLock { $0 } }

    /// Lets sockets at `/gated` read, and requests for `/gated` be answered.
    func openGate() { gate.open() }

    /// The connection of the next socket that opened.
    func nextSocket() async -> WebSocketConnection? {
        var iterator = opened.stream.makeAsyncIterator()
        return await iterator.next()
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        switch request.path {
        case "/": return .text("a page")
        case "/echo":
            var response = HTTPResponse(status: 200, body: request.body)
            response.headers = [
                (name: "X-Method", value: request.method), (name: "X-Path", value: request.path),
                (name: "X-Query", value: request.query["q"] ?? "-"),
                (name: "X-Seen", value: request.headers["x-request-id"] ?? "-"),
            ]
            return response
        case "/big":
            let size = Int(request.query["size"] ?? "") ?? 0
            return HTTPResponse(status: 200, body: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        case "/gated":
            await gate.wait()
            return .text("through")
        case "/split":
            return HTTPResponse(
                status: 200, headers: [(name: "X-Bad", value: "a\r\nSet-Cookie: b"), (name: "X-Good", value: "c")])
        case "/ä ö": return .text("umlauts")
        default: return .notFound
        }
    }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        switch request.path {
        case "/refuse": .refuse(.problem(409, code: "busy", message: "Somebody is \"here\" already."))
        case "/protocol": .accept(subprotocol: request.query["choose"]) { await self.serve($0, request: request) }
        case "/", "/echo", "/gated", "/flood", "/close", "/hold": .accept { await self.serve($0, request: request) }
        default: .refuse(.notFound)
        }
    }

    private func serve(_ socket: WebSocketConnection, request: HTTPRequest) async {
        counts.withLock { $0.served += 1 }
        defer { counts.withLock { $0.returned += 1 } }
        opened.continuation.yield(socket)
        switch request.path {
        case "/close":
            socket.send("last words")
            socket.close(code: UInt16(request.query["code"] ?? "") ?? 1000, reason: request.query["reason"] ?? "")
        case "/flood":
            while socket.send([UInt8](repeating: 7, count: 64 << 10)) {}
        case "/hold":
            _ = await socket.closed()
        case "/gated":
            await gate.wait()
            await countInOrder(socket)
        default:
            if request.query["say"] == "headers" {
                socket.send("\(request.headers["authorization"] ?? "-") \(request.query["q"] ?? "-")")
            }
            await echo(socket)
        }
    }

    /// Each binary message begins with its number; the first text asks how many came in their place.
    private func countInOrder(_ socket: WebSocketConnection) async {
        var next = 0
        for await message in socket.messages {
            switch message {
            case .binary(let bytes): if Int(bytes[0]) << 8 | Int(bytes[1]) == next { next += 1 }
            default: socket.send("\(next) in order")
            }
        }
    }

    private func echo(_ socket: WebSocketConnection) async {
        for await message in socket.messages {
            counts.withLock { $0.messages += 1 }
            switch message {
            case .text(let text): socket.send(text)
            case .binary(let bytes): socket.send(bytes)
            case .oversized(let size): socket.send("oversized \(size)")
            }
        }
    }
}

/// Opens once, for all who wait.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [@Sendable () -> Void])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in onOpen { continuation.resume() } }
    }

    /// For a thread of its own, which may block.
    func block() {
        let done = DispatchSemaphore(value: 0)
        onOpen { done.signal() }
        done.wait()
    }

    private func onOpen(_ action: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiters.append(action) }
            return state.isOpen
        }
        if isOpen { action() }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter() }
    }
}

/// Runs `body` beside a server on a free port, which is stopped after it.
func withServer(
    limits: NetworkLimits = NetworkLimits(), threads: Int = 1, stopping: Bool = true,
    _ body: (NetworkServer, TestHandler) async throws -> Void
) async throws {
    let handler = TestHandler()
    let server = try NetworkServer(host: "127.0.0.1", port: 0, limits: limits, threads: threads, handler: handler)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await server.run() }
        do {
            try await body(server, handler)
        } catch {
            handler.openGate()
            await server.stop()
            throw error
        }
        handler.openGate()
        await server.stop()
    }
}

/// Runs blocking work on a thread of its own: the test's own threads are the server's handler's too.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(ThreadPerJob()) { try await onPreferredExecutor(work) }
}

@concurrent
private func onPreferredExecutor<Value>(_ work: @Sendable () throws -> Value) async throws -> Value { try work() }

/// Runs each job on a new thread. A task stays itself there, so that an expectation that fails finds its test.
private final class ThreadPerJob: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
