import Network
import ProjectModel
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// One server of a project: its connection, its tools, and when it is asked again after a failure.
final class ServerLink: Sendable {
    /// What all servers of a project share.
    struct Surroundings: Sendable {
        var environment: [String: String]
        var client: HTTPClient
        var limits: MCPLimits
        var clock: ChainClock
        var log: Log
        var mayConnect: @Sendable (_ address: [UInt8]) -> Bool
    }

    private struct State {
        var connection: Connection?
        /// nil: to be listed anew.
        var listing: (tools: [RemoteTool], at: Duration)?
        /// Of the last list, by tool: what is sent in headers, too.
        var mirrored: [String: [MirroredParameter]] = [:]
        /// How often the server said that its tools are others.
        var changes = 0
        var backoff = Backoff()
        var isClosed = false
    }

    private let server: MCPServer
    private let surroundings: Surroundings
    private let state = Mutex(State())
    /// One caller connects or lists; the others wait, and find what it found.
    private let turn = LeasePool<Void>(limit: 1) {}
    private let background = Background()

    init(_ server: MCPServer, _ surroundings: Surroundings) {
        (self.server, self.surroundings) = (server, surroundings)
    }

    // MARK: - What it is for

    /// The tools of the server; none while it cannot be reached.
    func tools() async -> [RemoteTool] {
        if let tools = knownTools() { return tools }
        let tools = try? await turn.withLease { _ in
            if let tools = knownTools() { return tools }
            do { return try await list() } catch let failure as MCPFailure {
                failed(failure)
                return []
            }
        }
        return tools ?? []
    }

    /// Calls a tool by the server's name for it. A call that the server did not begin, because it had ended the session, is
    /// made once more.
    func call(_ tool: String, _ arguments: JSONValue, key: String) async -> ToolOutcome {
        let params: [String: JSONValue] = [
            "name": .string(tool), "arguments": arguments, "_meta": ["idempotencyKey": .string(key)],
        ]
        let headers = state.withLock { $0.mirrored[tool] ?? [] }.compactMap { $0.header(for: arguments) }
        for isLast in [false, true] {
            let connection: Connection
            do { connection = try await connected() } catch { return outcome(of: error) }
            do {
                let result = try await connection.request(
                    "tools/call", params, headers: headers, limit: surroundings.limits.call)
                return hiding(CallResult.outcome(result))
            } catch {
                if error == .sessionOver || !connection.isOpen { forget(connection) }
                guard error == .sessionOver, !isLast else { return outcome(of: error) }
            }
        }
        return outcome(of: .sessionOver)
    }

    /// Takes leave of the server; it is not asked again.
    func close() async {
        let connection = state.withLock { state in
            state.isClosed = true
            state.listing = nil
            return state.connection.take()
        }
        await connection?.close()
        background.cancel()
    }

    // MARK: - Listing

    /// What needs no question: a list that is not old, or nothing while the server is left alone.
    private func knownTools() -> [RemoteTool]? {
        let now = surroundings.clock.now()
        return state.withLock { state in
            if state.isClosed || !state.backoff.isOver(at: now) { return [] }
            guard let listing = state.listing, now - listing.at < surroundings.limits.listingAge else { return nil }
            return listing.tools
        }
    }

    private func list() async throws(MCPFailure) -> [RemoteTool] {
        for isLast in [false, true] {
            let connection = try await connect()
            do {
                return try await list(on: connection)
            } catch {
                if error != .cancelled { forget(connection) }
                guard error == .sessionOver, !isLast else { throw error }
            }
        }
        throw .sessionOver
    }

    private func list(on connection: Connection) async throws(MCPFailure) -> [RemoteTool] {
        // A change while the list is read makes it old at once.
        let changes = state.withLock { $0.changes }
        let clock = surroundings.clock
        let end = clock.now() + surroundings.limits.listing
        var pages = ToolPages()
        var cursor: String?
        repeat {
            let params: [String: JSONValue] = cursor.map { ["cursor": .string($0)] } ?? [:]
            let page = try await connection.request("tools/list", params, limit: end - clock.now())
            cursor = try pages.add(page)
        } while cursor != nil
        if pages.leftOut > 0 {
            surroundings.log.warning(
                "tools of an MCP server are left out", ["server": .name(server.name), "tools": .int(pages.leftOut)])
        }
        state.withLock { state in
            state.backoff.succeeded()
            state.mirrored = Dictionary(pages.tools.map { ($0.name, $0.mirrored) }) { $1 }
            if state.changes == changes { state.listing = (pages.tools, clock.now()) }
        }
        return pages.tools
    }

    private func failed(_ failure: MCPFailure) {
        // Whoever went away says nothing about the server.
        if failure == .cancelled { return }
        let now = surroundings.clock.now()
        state.withLock { state in
            state.listing = nil
            state.backoff.failed(at: now)
        }
        surroundings.log.warning(
            "an MCP server cannot be used", ["server": .name(server.name), "reason": .name(hiding(failure.reason))])
    }

    // MARK: - Connecting

    /// The connection, made if there is none.
    private func connected() async throws(MCPFailure) -> Connection {
        if let open = openConnection() { return open }
        do {
            return try await turn.withLease { _ in
                if let open = openConnection() { return open }
                let now = surroundings.clock.now()
                guard state.withLock({ $0.backoff.isOver(at: now) }) else {
                    throw MCPFailure.unreachable("it could not be used a moment ago")
                }
                do throws(MCPFailure) { return try await connect() } catch {
                    failed(error)
                    throw error
                }
            }
        } catch let failure as MCPFailure {
            throw failure
        } catch {
            throw .cancelled
        }
    }

    private func openConnection() -> Connection? {
        state.withLock { state in state.connection.flatMap { $0.isOpen ? $0 : nil } }
    }

    /// For whoever has the turn.
    private func connect() async throws(MCPFailure) -> Connection {
        if let open = openConnection() { return open }
        guard !state.withLock({ $0.isClosed }) else { throw .unreachable("the project is over") }
        let connection = try await newConnection()
        let isKept = state.withLock { state in
            if state.isClosed { return false }
            state.connection = connection
            return true
        }
        if isKept { return connection }
        await connection.close()
        throw .unreachable("the project is over")
    }

    private func newConnection() async throws(MCPFailure) -> Connection {
        var headers: [(name: String, value: String)] = []
        for header in server.headers {
            headers.append((name: header.name, value: try header.value(in: surroundings.environment)))
        }
        switch server.transport {
        case .http(let url):
            let address = try address(url, headers)
            do { return try await open(StreamableHTTP(address, onChange: onChange)) } catch {
                // Servers of the older transport know no POST at this address.
                guard case .status(let status, _) = error, [400, 404, 405].contains(status) else { throw error }
                return try await openLegacy(address, or: error)
            }
        case .sse(let url): return try await openLegacy(try address(url, headers), or: nil)
        case .stdio(let command, let arguments):
            let environment = Stdio.environment(from: surroundings.environment, extra: headers)
            return try await open(
                Stdio(command: command, arguments: arguments, environment: environment, onChange: onChange))
        }
    }

    /// - Parameter first: what a first attempt failed with; it tells more than the failure of the second.
    private func openLegacy(_ address: Address, or first: MCPFailure?) async throws(MCPFailure) -> Connection {
        let (limit, onChange) = (surroundings.limits.connection, onChange)
        do {
            let transport = try await within(limit, surroundings.clock) { () async throws(MCPFailure) in
                try await LegacySSE.open(address, limit: limit, onChange: onChange)
            }
            return try await open(transport)
        } catch { throw first ?? error }
    }

    private func open(_ transport: any Transport) async throws(MCPFailure) -> Connection {
        do {
            return try await Connection.open(
                on: transport, limit: surroundings.limits.connection, clock: surroundings.clock, background: background)
        } catch {
            await transport.close()
            throw error
        }
    }

    private func address(
        _ url: String, _ headers: [(name: String, value: String)]
    ) throws(MCPFailure) -> Address {
        try Address(
            url: url, headers: headers, client: surroundings.client,
            mayConnect: server.allowsPrivate ? nil : surroundings.mayConnect)
    }

    private var onChange: @Sendable () -> Void {
        { [weak self] in
            self?.state.withLock { state in
                state.changes += 1
                state.listing = nil
            }
        }
    }

    private func forget(_ connection: Connection) {
        state.withLock { state in if state.connection === connection { state.connection = nil } }
    }

    // MARK: - What the model is told

    private func outcome(of failure: MCPFailure) -> ToolOutcome {
        switch failure {
        case .refused(let error), .status(_, let error?): hiding(CallResult.outcome(error))
        case .timedOut: .failed(.timedOut, "The tool did not answer in time.")
        case .cancelled: .failed(.cancelled, "The call was taken back.")
        case .forbidden: .failed(.forbidden, "The tool's server \(server.name): \(failure.reason).")
        default: .failed(.unavailable, hiding("The tool's server \(server.name): \(failure.reason)."))
        }
    }

    private func hiding(_ outcome: ToolOutcome) -> ToolOutcome {
        switch outcome {
        case .result(let text): .result(hiding(text))
        case .failed(let failure, let text): .failed(failure, hiding(text))
        }
    }

    /// Servers may repeat a key that they do not like.
    private func hiding(_ text: String) -> String {
        var text = text
        for header in server.headers where header.value.hasPrefix("ENV:") {
            guard let value = try? header.value(in: surroundings.environment) else { continue }
            for word in value.split(separator: " ") where word.utf8.count >= 8 {
                text = text.split(separator: word, omittingEmptySubsequences: false).joined(separator: "<redacted>")
            }
        }
        return text
    }
}
