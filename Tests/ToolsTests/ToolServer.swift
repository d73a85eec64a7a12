import Foundation
import Network
import ProjectModel
import ProviderKit
import Synchronization
import Tools

/// A server that tools are asked at: it notes each request and answers as the test says.
final class ToolServer: ServerHandler {
    private let answer: @Sendable (HTTPRequest) async -> HTTPResponse
    private let seen = Mutex<[HTTPRequest]>([])
    private let arrivals = AsyncStream.makeStream(of: HTTPRequest.self)
    private let gate = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    init(_ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) { self.answer = answer }

    /// All requests so far.
    var requests: [HTTPRequest] { seen.withLock { $0 } }

    /// Waits for the next request.
    func next() async -> HTTPRequest? {
        var iterator = arrivals.stream.makeAsyncIterator()
        return await iterator.next()
    }

    /// Lets requests for `/gated` be answered.
    func openGate() {
        let waiting = gate.withLock { gate in
            gate.isOpen = true
            defer { gate.waiting = [] }
            return gate.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func passGate() async {
        await withCheckedContinuation { continuation in
            let isOpen = gate.withLock { gate in
                if !gate.isOpen { gate.waiting.append(continuation) }
                return gate.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        seen.withLock { $0.append(request) }
        arrivals.continuation.yield(request)
        if request.path == "/gated" { await passGate() }
        return await answer(request)
    }

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }
}

/// Runs `body` with such a server; `base` is its address without a path.
func withToolServer(
    answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = { _ in .text("done") },
    _ body: (_ base: String, _ server: ToolServer) async throws -> Void
) async throws {
    let handler = ToolServer(answer)
    var limits = NetworkLimits()
    limits.extraHeaders += ["x-parley-signature", "x-parley-timestamp", "x-key"]
    let server = try NetworkServer(host: "127.0.0.1", port: 0, limits: limits, handler: handler)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await server.run() }
        do {
            try await body("http://127.0.0.1:\(server.port)", handler)
        } catch {
            handler.openGate()
            await server.stop()
            throw error
        }
        handler.openGate()
        await server.stop()
    }
}

extension Tool {
    /// A tool that may ask this machine.
    static func http(
        _ name: String = "book", _ method: String = "POST", _ url: String, parameters: String = "{}",
        headers: [HTTPTool.Header] = [], signingKey: String? = nil, allowsPrivate: Bool = true,
        timeout: Duration = .seconds(20)
    ) -> Tool {
        let http = HTTPTool(
            method: method, url: url, headers: headers, allowsPrivate: allowsPrivate, signingKey: signingKey)
        return Tool(
            name: name, description: "Does \(name).", parameters: parameters, source: .http(http), timeout: timeout)
    }
}

extension ToolBox {
    /// The tools of a project in which Ada may call all `tools` and Bob none.
    static func of(
        _ tools: [Tool], environment: [String: String] = [:], servers: [Server] = [],
        lookups: LookupMeans = LookupMeans(),
        rememberedCalls: Int = 16
    ) throws -> ToolBox {
        var ada = Agent(name: "Ada")
        ada.tools = ToolUse(tools: tools.map(\.name), servers: servers.flatMap(\.names))
        var project = Project(
            name: "x", orchestrator: Orchestrator(agentNames: ["Ada"]), agents: [ada, Agent(name: "Bob")])
        project.tools = tools
        return ToolBox(
            project: project, client: try HTTPClient(), environment: environment, servers: servers, lookups: lookups,
            rememberedCalls: rememberedCalls, seconds: { 1_700_000_000 })
    }

    func call(_ tool: String = "book", _ arguments: String = "{}", key: String = "k1", agent: String = "Ada") async
        -> ToolOutcome
    {
        await call(ToolInvocation(key: key, agent: agent, tool: tool, arguments: arguments))
    }
}

extension ToolOutcome {
    /// Why it failed; nil for a result.
    var failure: Failure? { if case .failed(let failure, _) = self { failure } else { nil } }
    /// The result, or the message.
    var text: String {
        switch self {
        case .result(let text), .failed(_, let text): text
        }
    }
}
