import Doubles
import FliteProvider
import LocalPlanner
import Network
import PocketSphinxProvider
import ProviderKit

/// Stand-ins that run in the test's own process.
public struct RunningDoubles: Sendable {
    /// The port that they listen on.
    public let port: Int
    /// Their script and journal.
    public let stage: Stage
    /// A client to reach them with.
    public let client: WebSocketClient

    /// `ws://127.0.0.1:…` without a path.
    public var socketURL: String { "ws://127.0.0.1:\(port)" }

    /// Serves `standIns` with the local engines behind them while `body` runs.
    public static func run<Value: Sendable>(
        _ standIns: [any StandIn], script: DoublesScript = DoublesScript(),
        _ body: @Sendable (RunningDoubles) async throws -> Value
    ) async throws -> Value {
        let workers = BlockingWorkers(name: "stand-ins", count: 2)
        let stage = Stage(
            script: script,
            engines: Stage.Engines(
                synthesizer: FliteSynthesizer(workers: workers),
                recognizer: PocketSphinxRecognizer(maxDecoders: 2, workers: workers), languageModel: LocalPlanner()))
        let server = try DoublesServer(standIns: standIns, stage: stage)
        let client = try WebSocketClient()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await body(RunningDoubles(port: server.port, stage: stage, client: client)))
            } catch { result = .failure(error) }
            await client.shutDown()
            await server.stop()
            group.cancelAll()
            return try result.get()
        }
    }

    /// How often `event` of `wire` happened.
    public func count(_ event: Journal.Event, of wire: Wire) -> Int {
        stage.journal.all.count { $0.wire == wire && $0.event == event }
    }
}
