import Network
import Synchronization
import Telemetry

/// Thrown by the body of `WarmSockets.exchange` when its socket turned out to be dead before anything of the answer
/// came: the exchange may then be begun again on a new socket.
public struct DeadSocket: Error, Sendable {
    /// How the socket ended, if that is known already.
    public let ending: WebSocketEnding?

    /// A socket that ended like this.
    public init(_ ending: WebSocketEnding?) { self.ending = ending }
}

/// Keeps a provider's WebSockets open between requests, so that a request pays neither for TCP nor for TLS.
///
/// A socket belongs to one request at a time. `run()` keeps some ready and alive; without it sockets are still used
/// again, but nothing is opened ahead of time and idle ones are only looked at when they are wanted.
public final class WarmSockets: Sendable {
    /// Opens a socket; throws what the network does.
    public typealias Opener = @Sendable (SocketEndpoint) async throws -> WebSocketConnection

    private struct State {
        var plan: WarmSocketsPlan
        /// All that the plan knows by number: unused ones and those in use.
        var connections: [WarmSocketsPlan.SocketID: WebSocketConnection] = [:]
        var opened = 0
    }

    private let settings: WarmSocketsSettings
    private let opener: Opener
    private let state: Mutex<State>
    /// Tells `run` that sockets were taken or given back.
    private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Sockets of `client`.
    public convenience init(_ settings: WarmSocketsSettings = WarmSocketsSettings(), client: WebSocketClient) {
        self.init(settings) { endpoint in
            let headers = endpoint.headers.map { header in header.value.withValue { (name: header.key, value: $0) } }
            return try await client.connect(
                url: endpoint.url, headers: headers, subprotocols: endpoint.subprotocols)
        }
    }

    /// Sockets that `opener` opens, for vendors who want something new in each handshake.
    public init(_ settings: WarmSocketsSettings = WarmSocketsSettings(), opener: @escaping Opener) {
        self.settings = settings
        self.opener = opener
        state = Mutex(State(plan: WarmSocketsPlan(settings)))
    }

    deinit {
        changes.continuation.finish()
        for connection in state.withLock({ $0.connections.values }) { connection.close() }
    }

    /// How many sockets were opened so far, for whatever reason.
    public var openedCount: Int { state.withLock { $0.opened } }
    /// How many sockets wait for use.
    public var idleCount: Int { state.withLock { $0.plan.idleCount } }

    // MARK: Use

    /// An open socket for `endpoint`, for one user: an unused one, else a new one. To be given back or closed.
    /// - Throws: what the opener does, `NetworkError` as a rule.
    public func take(_ endpoint: SocketEndpoint) async throws -> WebSocketConnection {
        if let warm = takeWarm(endpoint) { return warm }
        return try await openForUse(endpoint)
    }

    /// Ends the use of a socket that `take` gave out. A closed one is forgotten, an open one is lent again.
    public func giveBack(_ connection: WebSocketConnection, to endpoint: SocketEndpoint) {
        let kept = state.withLock { state -> Bool in
            guard let id = state.connections.first(where: { $0.value === connection })?.key else { return false }
            guard connection.isOpen else {
                state.plan.forget(id)
                state.connections[id] = nil
                return true
            }
            if state.plan.giveBack(id, to: endpoint, now: .now) { return true }
            state.connections[id] = nil
            return false
        }
        if !kept { sayFarewell(connection) }
        changes.continuation.yield()
    }

    /// Opens a socket for `endpoint` if none waits there, so that the first request finds one.
    /// - Throws: what the opener does, `NetworkError` as a rule.
    public func prepare(_ endpoint: SocketEndpoint) async throws {
        if let warm = takeWarm(endpoint) {
            giveBack(warm, to: endpoint)
        } else {
            keep(try await open(endpoint), for: endpoint, asked: false)
            changes.continuation.yield()
        }
    }

    /// Runs one request and its answer on a socket of its own.
    ///
    /// When `body` returns, the socket is lent again if it is still open; when it throws, the socket is closed. A body
    /// that throws `DeadSocket` on a socket that was not new is run once more, on a new one.
    /// - Throws: what the opener or `body` throws.
    public func exchange<Value>(
        _ endpoint: SocketEndpoint, _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        if let warm = takeWarm(endpoint) {
            do { return try await use(warm, endpoint, body) } catch is DeadSocket { try Task.checkCancellation() }
        }
        return try await use(try await openForUse(endpoint), endpoint, body)
    }

    private func use<Value>(
        _ connection: WebSocketConnection, _ endpoint: SocketEndpoint,
        _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body(connection)
            giveBack(connection, to: endpoint)
            return value
        } catch {
            sayFarewell(connection)
            giveBack(connection, to: endpoint)
            throw error
        }
    }

    private func takeWarm(_ endpoint: SocketEndpoint) -> WebSocketConnection? {
        let (warm, dropped) = state.withLock { state -> (WebSocketConnection?, [WebSocketConnection]) in
            let connections = state.connections
            let (lent, dropped) = state.plan.take(endpoint, now: .now) { connections[$0]?.isOpen ?? false }
            return (lent.flatMap { connections[$0] }, dropped.compactMap { state.connections.removeValue(forKey: $0) })
        }
        for connection in dropped { sayFarewell(connection) }
        changes.continuation.yield()
        return warm
    }

    private func openForUse(_ endpoint: SocketEndpoint) async throws -> WebSocketConnection {
        let connection = try await open(endpoint)
        state.withLock { state in
            let id = state.plan.openedForUse(now: .now)
            state.connections[id] = connection
        }
        return connection
    }

    private func open(_ endpoint: SocketEndpoint) async throws -> WebSocketConnection {
        let connection = try await opener(endpoint)
        state.withLock { $0.opened += 1 }
        return connection
    }

    private func keep(_ connection: WebSocketConnection, for endpoint: SocketEndpoint, asked: Bool) {
        let kept = state.withLock { state -> Bool in
            guard let id = state.plan.opened(endpoint, asked: asked, now: .now) else { return false }
            state.connections[id] = connection
            return true
        }
        if !kept { sayFarewell(connection) }
    }

    private func sayFarewell(_ connection: WebSocketConnection) {
        if let farewell = settings.farewell { connection.send(farewell) }
        connection.close()
    }

    // MARK: Care

    /// Keeps sockets ready and alive until the task is cancelled, then closes those that wait. For one caller, once.
    public func run() async {
        let changes = changes.continuation
        await withDiscardingTaskGroup { group in
            var alarm: ContinuousClock.Instant?
            changes.yield()
            // Ends when the task is cancelled.
            for await _ in self.changes.stream {
                for action in dueActions() {
                    switch action {
                    case .close(let connection): sayFarewell(connection)
                    case .keepAlive(let connection, let message): connection.send(message)
                    case .open(let endpoint): group.addTask { [self] in await openAhead(endpoint) }
                    }
                }
                let now = ContinuousClock.now
                if let set = alarm, set <= now { alarm = nil }
                // An alarm that rings too early does no harm: the next is set then.
                if let next = state.withLock({ $0.plan.next(after: now) }), alarm.map({ next < $0 }) ?? true {
                    alarm = next
                    group.addTask {
                        if (try? await Task.sleep(until: next, clock: .continuous)) != nil { changes.yield() }
                    }
                }
            }
            group.cancelAll()
        }
        let unused = state.withLock { state in
            state.plan.clear().compactMap { state.connections.removeValue(forKey: $0) }
        }
        for connection in unused { sayFarewell(connection) }
    }

    private enum Work {
        case close(WebSocketConnection)
        case keepAlive(WebSocketConnection, String)
        case open(SocketEndpoint)
    }

    private func dueActions() -> [Work] {
        state.withLock { state in
            let connections = state.connections
            return state.plan.due(now: .now) { connections[$0]?.isOpen ?? false }.compactMap { action -> Work? in
                switch action {
                case .open(let endpoint): .open(endpoint)
                case .close(let id): state.connections.removeValue(forKey: id).map { .close($0) }
                case .keepAlive(let id):
                    connections[id].flatMap { socket in
                        settings.keepAlive.map { .keepAlive(socket, $0.message) }
                    }
                }
            }
        }
    }

    /// Opens a socket before anybody wants it; that it cannot be had is told to whoever wants one.
    private func openAhead(_ endpoint: SocketEndpoint) async {
        do {
            keep(try await open(endpoint), for: endpoint, asked: true)
        } catch {
            state.withLock { $0.plan.failedToOpen(endpoint, now: .now) }
        }
        changes.continuation.yield()
    }
}
