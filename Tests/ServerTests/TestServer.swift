import Foundation
import FoundationNetworking
import Network
import Projects
import Server
import Store
import Telemetry
import Testing
import Vendors

/// A server in this process, with the projects of a folder of its own.
final class TestServer {
    let server: ParleyServer
    let registry: ProjectRegistry
    let metrics = Metrics()
    let client: WebSocketClient
    private let folder: URL
    private var lines: AsyncStream<String>.Iterator

    fileprivate init(_ projects: [String: String], engines: ScriptedEngines, settings: ServerSettings) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "parley-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in projects { try Self.write(text, name, folder) }
        let vendors = Vendor.all.map(\.profile)
        let stored = StoredProjects(
            store: try SQLiteProjectStore.inProcess(), vendors: vendors, variables: settings.sentVariables)
        registry = ProjectRegistry(folder: folder.path(percentEncoded: false), vendors: vendors, stored: stored)
        registry.rescan()
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        lines = stream.makeAsyncIterator()
        let log = Log(level: .debug, format: .jsonLines) { continuation.yield($0) }
        var limits = NetworkLimits()
        limits.maxQueuedBytes = 8 << 20
        client = try WebSocketClient(limits: limits)
        server = try ParleyServer(
            settings: settings, registry: registry, catalog: engines, metrics: metrics, log: log)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func write(_ text: String, _ name: String, _ folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: "\(name).yaml"))
    }

    /// Writes a project file, as an editor does.
    func write(_ text: String, to name: String) throws { try Self.write(text, name, folder) }

    /// Waits for a line of the log with that message.
    func logged(_ message: String) async throws -> String {
        while let line = await lines.next(isolation: #isolation) {
            if line.contains("\"message\":\"\(message)\"") { return line }
        }
        throw Missing(what: message)
    }

    /// Opens a WebSocket.
    func connect(_ path: String = "/") async throws -> Caller {
        Caller(try await client.connect(url: "ws://127.0.0.1:\(server.port)\(path)"))
    }

    /// Opens a WebSocket and takes the greeting.
    func call(_ path: String = "/") async throws -> Caller {
        let caller = try await connect(path)
        #expect(try await caller.next()["type"] as? String == "session.created")
        return caller
    }

    /// What a client is told that gets no conversation: the `code` of its only message, and how the socket is closed.
    func farewell(_ path: String) async throws -> (code: String?, message: String?, ending: WebSocketEnding) {
        let caller = try await connect(path)
        let error = try await caller.next()
        #expect(error["type"] as? String == "error")
        return (error["code"] as? String, error["message"] as? String, await caller.ending())
    }

    /// The status and the code of the body with which a handshake is refused.
    func refusal(_ path: String, headers: [(name: String, value: String)] = []) async throws -> (
        status: Int, code: String?
    ) {
        do {
            _ = try await client.connect(url: "ws://127.0.0.1:\(server.port)\(path)", headers: headers)
        } catch {
            guard case .refused(let status, let body) = error.code else { throw error }
            let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
            return (status, (object?["error"] as? [String: Any])?["code"] as? String)
        }
        throw Missing(what: "a refusal")
    }

    /// One HTTP exchange.
    func fetch(
        _ path: String, method: String = "GET", headers: [String: String] = [:], body: String? = nil
    ) async throws -> (response: HTTPURLResponse, body: String) {
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)\(path)"))
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.allHTTPHeaderFields = headers
        request.httpBody = body.map { Data($0.utf8) }
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(for: request)
        return (try #require(response as? HTTPURLResponse), String(decoding: data, as: UTF8.self))
    }

    /// The value of one line of the metrics.
    func metric(_ series: String) -> Double? {
        metrics.render().split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }
}

/// Something that had to be there.
struct Missing: Error { var what: String }

/// Runs `body` beside a server, which goes down at once after it.
func withServer(
    _ projects: [String: String] = ["talker": ProjectText.single()], engines: ScriptedEngines? = nil,
    _ change: (inout ServerSettings) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
) async throws {
    var settings = ServerSettings()
    (settings.port, settings.drain) = (0, .zero)
    change(&settings)
    let test = try TestServer(projects, engines: try engines ?? ScriptedEngines(), settings: settings)
    let server = test.server
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await server.run() }
        do {
            try await body(test)
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
    }
}

/// A client of the bridge.
final class Caller {
    let socket: WebSocketConnection
    private var messages: WebSocketMessages.AsyncIterator

    init(_ socket: WebSocketConnection) {
        self.socket = socket
        messages = socket.messages.makeAsyncIterator()
    }

    func say(_ message: [String: Any]) throws {
        socket.send(utf8: Array(try JSONSerialization.data(withJSONObject: message)))
    }

    /// The next message that is no heartbeat.
    func next() async throws -> [String: Any] {
        while let message = await messages.next() {
            guard case .text(let text) = message else { throw Missing(what: "a text message") }
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            if object["type"] as? String != "PING" { return object }
        }
        throw Missing(what: "a message; the socket closed: \(String(describing: socket.ending))")
    }

    /// All messages up to and with the first of `type`.
    func until(_ type: String) async throws -> [[String: Any]] {
        var all: [[String: Any]] = []
        while true {
            all.append(try await next())
            if all.last?["type"] as? String == type { return all }
        }
    }

    /// How the server ends the connection, whatever it says until then.
    func ending() async -> WebSocketEnding {
        while await messages.next() != nil {}
        return await socket.closed()
    }
}

extension [[String: Any]] {
    /// Their types, in order.
    var types: [String] { map { $0["type"] as? String ?? "" } }
}
