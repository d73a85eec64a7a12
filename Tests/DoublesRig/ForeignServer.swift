import Network
import Synchronization

/// A server that answers every request with what the test says, and keeps what was asked.
public final class ForeignServer: ServerHandler {
    private let answer: @Sendable (HTTPRequest) -> HTTPResponse
    private let seen = Mutex<[HTTPRequest]>([])

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { self.answer = answer }

    /// What was asked so far.
    public var requests: [HTTPRequest] { seen.withLock { $0 } }

    /// Answers as the test says.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        seen.withLock { $0.append(request) }
        return answer(request)
    }

    /// Opens no sockets.
    public func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }

    /// Runs `body` with the server's address and a client.
    public static func run(
        answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
        _ body: (ForeignServer, String, HTTPClient) async throws -> Void
    ) async throws {
        let handler = ForeignServer(answer)
        let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: handler)
        let client = try HTTPClient()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do { try await body(handler, "http://127.0.0.1:\(server.port)", client) } catch {
                await server.stop()
                throw error
            }
            await client.shutDown()
            await server.stop()
        }
    }

    /// `text` as an answer of this type, sent in pieces of `width` bytes.
    public static func stream(_ text: String, type: String = "text/event-stream", width: Int = .max) -> HTTPResponse {
        stream(Array(text.utf8), type: type, width: width)
    }

    /// `bytes` as an answer of this type, sent in pieces of `width` bytes.
    public static func stream(_ bytes: [UInt8], type: String, width: Int = .max) -> HTTPResponse {
        HTTPResponse.stream(status: 200, headers: [(name: "Content-Type", value: type)]) { writer in
            var rest = bytes[...]
            while !rest.isEmpty {
                guard await writer.write(Array(rest.prefix(width))) else { return }
                rest = rest.dropFirst(min(rest.count, width))
            }
        }
    }
}
