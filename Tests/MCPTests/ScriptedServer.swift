import MCP
import Network
import ProjectModel
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry
import TestSupport
import Testing

/// A server that answers as the test says, and keeps what it was sent.
final class ScriptedServer: ServerHandler {
    /// One request that came.
    struct Seen: Sendable {
        var http: HTTPRequest
        var message: JSONValue?
        /// Of the JSON-RPC message; empty when there is none.
        var method: String { message?["method"]?.string ?? "" }
    }

    private let answer: @Sendable (Seen) async -> HTTPResponse
    private let state = Mutex<[Seen]>([])
    /// Each JSON-RPC method, as it comes.
    let arrivals: AsyncStream<Seen>
    private let arrived: AsyncStream<Seen>.Continuation

    init(_ answer: @escaping @Sendable (Seen) async -> HTTPResponse) {
        self.answer = answer
        (arrivals, arrived) = AsyncStream.makeStream()
    }

    var seen: [Seen] { state.withLock { $0 } }

    func methods(_ method: String) -> [Seen] { seen.filter { $0.method == method } }

    /// Waits until a message of this method comes.
    func arrival(of method: String) async -> Seen? { await arrivals.first { $0.method == method } }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let seen = Seen(http: request, message: JSONValue(request.body))
        state.withLock { $0.append(seen) }
        arrived.yield(seen)
        return await answer(seen)
    }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }

    /// Runs `body` with the server's address and a client.
    static func run(
        _ answer: @escaping @Sendable (Seen) async -> HTTPResponse,
        _ body: (ScriptedServer, String, HTTPClient) async throws -> Void
    ) async throws {
        let handler = ScriptedServer(answer)
        var limits = NetworkLimits()
        limits.extraHeaders += ["mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-param-city"]
        let server = try NetworkServer(host: "127.0.0.1", port: 0, limits: limits, handler: handler)
        let client = try HTTPClient()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do { try await body(handler, "http://127.0.0.1:\(server.port)/mcp", client) } catch {
                await client.shutDown()
                await server.stop()
                throw error
            }
            await client.shutDown()
            await server.stop()
        }
    }

    // MARK: Answers

    /// A server with a session, whose tools are these; calls get what `call` says.
    static func desk(
        tools: [String] = ["add"], _ call: @escaping @Sendable (Seen) async -> HTTPResponse = { said("done", to: $0) }
    ) -> @Sendable (Seen) async -> HTTPResponse {
        { seen in
            switch seen.method {
            case "initialize":
                var answer = result(["protocolVersion": "2025-06-18", "capabilities": [:]], to: seen)
                answer.headers.append((name: "Mcp-Session-Id", value: "s-1"))
                return answer
            case "tools/list":
                return result(["tools": .array(tools.map { ["name": .string($0)] })], to: seen)
            case "tools/call": return await call(seen)
            case "": return HTTPResponse(status: seen.http.method == "GET" ? 405 : 202)
            default: return HTTPResponse(status: 202)
            }
        }
    }

    static func result(_ result: JSONValue, to seen: Seen) -> HTTPResponse {
        .json(JSONValue.object(["jsonrpc": "2.0", "id": seen.message?["id"] ?? nil, "result": result]).bytes)
    }

    static func said(_ text: String, to seen: Seen) -> HTTPResponse { result(content(text), to: seen) }

    static func content(_ text: String) -> JSONValue { ["content": [["type": "text", "text": .string(text)]]] }

    static func error(_ code: Int, _ message: String, to seen: Seen, status: Int = 200) -> HTTPResponse {
        let error: JSONValue = ["code": .int(code), "message": .string(message)]
        return .json(
            JSONValue.object(["jsonrpc": "2.0", "id": seen.message?["id"] ?? nil, "error": error]).bytes, status: status
        )
    }

    /// A stream of events, one for each message.
    static func events(_ messages: [JSONValue]) -> HTTPResponse {
        HTTPResponse.stream(headers: [(name: "Content-Type", value: "text/event-stream")]) { writer in
            for message in messages {
                guard await writer.write(Array("event: message\ndata: \(message.text)\n\n".utf8)) else { return }
            }
        }
    }

    /// Never answers; returns when the test is over.
    static func silence() async -> HTTPResponse {
        let (nothing, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in nothing {}
        withExtendedLifetime(continuation) {}
        return HTTPResponse(status: 503)
    }
}

extension MCPExecutor {
    /// An executor for an agent `A` that may use all these servers, on machines of any network.
    convenience init(
        _ servers: [MCPServer], client: HTTPClient, environment: [String: String] = [:], log: Log = .none,
        limits: MCPLimits = MCPLimits(), clock: ChainClock = .continuous
    ) {
        self.init(
            servers: servers, access: ["A": servers.map(\.name)], environment: environment, client: client, log: log,
            limits: limits, clock: clock, mayConnect: { _ in false })
    }

    func ask(_ tool: String, _ arguments: String = "{}", agent: String = "A") async -> ToolOutcome {
        await call(ToolInvocation(key: "c-1", agent: agent, tool: tool, arguments: arguments))
    }

    func names(_ agent: String = "A") async -> [String] { await definitions(for: agent).map(\.name) }
}

/// A server of the project's file.
func desk(_ url: String, name: String = "desk", headers: [HTTPTool.Header] = [], isPrivate: Bool = true) -> MCPServer {
    MCPServer(name: name, transport: .http(url: url), headers: headers, allowsPrivate: isPrivate)
}
