import Network
import ProviderTransport

/// The stand-in for one or several of a vendor's protocols.
public protocol StandIn: Sendable {
    /// The answer, or nil when the path is none of its own.
    func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse?
    /// What to do with a request for a WebSocket, or nil when the path is none of its own. Quick, never blocking.
    func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision?
}

extension StandIn {
    /// No path of its own.
    public func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse? { nil }
    /// No socket of its own.
    public func upgrade(_ request: HTTPRequest, on stage: Stage) -> UpgradeDecision? { nil }
}

/// One server for all stand-ins: it asks them in turn.
///
/// It also serves `GET` and `DELETE /doubles/journal`, and `PUT /doubles/script`, which plays another script (JSON).
public final class DoublesServer: Sendable {
    private let network: NetworkServer
    private let stage: Stage

    /// Listens on `host` and `port` (0: any free one).
    /// - Throws: `NetworkError` when the port cannot be had.
    public init(
        host: String = "127.0.0.1", port: Int = 0, standIns: [any StandIn] = DoublesServer.standIns,
        stage: Stage
    ) throws(NetworkError) {
        self.stage = stage
        var limits = NetworkLimits()
        // A minute of speech as a WAV, and some.
        limits.maxBodyBytes = 32 << 20
        limits.extraHeaders += [
            "api-key", "xi-api-key", "ocp-apim-subscription-key", "x-microsoft-outputformat", "x-connectionid",
            "x-dashscope-workspace",
        ]
        network = try NetworkServer(
            host: host, port: port, limits: limits, handler: Handler(standIns: standIns, stage: stage))
    }

    /// The port that is listened on.
    public var port: Int { network.port }

    /// Serves until `stop()`, or until its task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [stage] in await stage.runWatches() }
            await network.run()
            group.cancelAll()
        }
    }

    /// Closes the port and all connections.
    public func stop() async { await network.stop() }

    private struct Handler: ServerHandler {
        let standIns: [any StandIn]
        let stage: Stage

        func respond(to request: HTTPRequest) async -> HTTPResponse {
            switch (request.method, request.path) {
            case ("GET", "/doubles/journal"): return .json(stage.journal.json.bytes)
            case ("DELETE", "/doubles/journal"):
                stage.journal.clear()
                return HTTPResponse(status: 204)
            case ("PUT", "/doubles/script"): return play(request.body)
            default: break
            }
            for standIn in standIns {
                if let response = await standIn.respond(to: request, on: stage) { return response }
            }
            return .notFound
        }

        private func play(_ body: [UInt8]) -> HTTPResponse {
            do {
                stage.play(try DoublesScript.read(json: body))
                return HTTPResponse(status: 204)
            } catch {
                return .problem(422, code: "invalid_script", message: error.description)
            }
        }

        func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
            for standIn in standIns {
                if let decision = standIn.upgrade(request, on: stage) { return decision }
            }
            return .refuse(.notFound)
        }
    }
}
