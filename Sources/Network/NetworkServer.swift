import Synchronization

/// Handles requests and sockets.
public protocol ServerHandler: Sendable {
    /// Answers a request. Its connection waits as long as it takes.
    func respond(to request: HTTPRequest) async -> HTTPResponse
    /// Decides whether a request for a WebSocket gets one. On the service thread: quick, never blocking.
    func upgrade(_ request: HTTPRequest) -> UpgradeDecision
}

/// An HTTP/1.1 and WebSocket server on one port. The handler's calls are children of `run()`.
public final class NetworkServer: Sendable {
    /// Current numbers, for metrics.
    public struct Statistics: Sendable {
        /// WebSockets that are open now.
        public var openSockets: Int
        /// WebSockets that were closed with 1013 since the start, because the peer read too slowly.
        public var overflows: Int
    }

    /// The port that is listened on.
    public let port: Int
    private let loops: [ServiceLoop]
    private let jobs: AsyncStream<ServerJobs.Job>
    private let started = Atomic(false)

    /// Listens on `host` (an address or a name of this machine) and `port` (0: any free one). Connections wait until
    /// `run()`. `threads` service threads share the port.
    ///
    /// Throws when the port is taken, the host isn't this machine's, or the rights are missing.
    public init(
        host: String, port: Int, limits: NetworkLimits = NetworkLimits(), threads: Int = 1,
        handler: any ServerHandler
    ) throws(NetworkError) {
        let (stream, jobs) = AsyncStream.makeStream(of: ServerJobs.Job.self)
        self.jobs = stream
        let service = ServerJobs(handler: handler, jobs: jobs)
        var loops: [ServiceLoop] = []
        var bound = port
        if threads > 1 {
            // Shared listening hides that another program has the port: ask first for it alone.
            let probe = try Listener(host: host, port: port, shared: false)
            bound = probe.port
            probe.closeUnattached()
        }
        for _ in 0..<max(threads, 1) {
            let loop = try ServiceLoop(role: .server, limits: limits)
            var listener = try Listener(host: host, port: bound, shared: threads > 1)
            bound = listener.port
            guard listener.attach(to: loop) else {
                throw NetworkError(.noResources, "libwebsockets could not take the listening socket")
            }
            loop.listener = listener
            loop.jobs = service
            loops.append(loop)
        }
        self.port = bound
        self.loops = loops
    }

    deinit {
        for loop in loops { loop.perform { $0.finish(code: 1001, reason: "") } }
    }

    /// Serves until `stop()`, or until its task is cancelled. Returns when the handler's calls have returned too; those
    /// that still run after the connections are gone are cancelled. Once only: a second call returns at once.
    public func run() async {
        guard !started.exchange(true, ordering: .relaxed) else { return }
        for (index, loop) in loops.enumerated() { loop.start(name: "parley-net-\(index)") }
        await withDiscardingTaskGroup { group in
            group.addTask { [loops] in
                for loop in loops { await loop.ended() }
                loops.first?.jobs?.finish()
            }
            for await job in jobs { group.addTask { await job() } }
            finish(code: 1001, reason: "")
            group.cancelAll()
        }
    }

    /// Takes no new connections; those that are open go on.
    public func stopAccepting() {
        for loop in loops { loop.perform { $0.stopAccepting() } }
    }

    /// Takes no new connections, closes the open sockets with `code` (1001: going away, 1012: restarting), lets answers
    /// under way leave, and waits until the service threads have ended: at the latest `closeSeconds` + 1 later.
    public func stop(code: UInt16 = 1001, reason: String = "") async {
        finish(code: code, reason: reason)
        for loop in loops { await loop.ended() }
    }

    private func finish(code: UInt16, reason: String) {
        for loop in loops { loop.perform { $0.finish(code: code, reason: reason) } }
    }

    /// Counts of this moment.
    public var statistics: Statistics {
        Statistics(
            openSockets: loops.reduce(0) { $0 + $1.socketCount }, overflows: loops.reduce(0) { $0 + $1.overflowCount })
    }
}

/// The way from the service threads to the handler.
final class ServerJobs: Sendable {
    typealias Job = @Sendable () async -> Void
    let handler: any ServerHandler
    // Unbounded in itself, bounded by the connections: each has at most one job.
    private let jobs: AsyncStream<Job>.Continuation

    init(handler: any ServerHandler, jobs: AsyncStream<Job>.Continuation) {
        self.handler = handler
        self.jobs = jobs
    }

    /// `canChunk` is false for a client of HTTP/1.0.
    func respond(to request: HTTPRequest, loop: ServiceLoop, session: UInt, canChunk: Bool) {
        jobs.yield { [handler] in
            let response = await handler.respond(to: request)
            guard let produce = response.producer, response.mayHaveBody, request.method != "HEAD" else {
                loop.perform { ($0.sessions[session] as? ServerSession)?.answer(response) }
                return
            }
            let writer = HTTPResponseWriter(loop: loop, session: session, isChunked: canChunk)
            let sent = loop.perform {
                guard let session = $0.sessions[session] as? ServerSession else { return writer.over() }
                session.stream(response, writer)
            }
            if !sent { writer.over() }
            await produce(writer)
            writer.finish()
        }
    }

    func serve(_ connection: WebSocketConnection, with serve: @escaping @Sendable (WebSocketConnection) async -> Void) {
        jobs.yield {
            await serve(connection)
            connection.close(code: 1000)
        }
    }

    func finish() { jobs.finish() }
}
