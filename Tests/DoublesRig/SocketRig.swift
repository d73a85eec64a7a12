import Doubles
import Network

/// A rig for providers that talk over WebSockets.
public struct SocketRig: Sendable {
    /// What is played, and what came of it.
    public let stage: Stage
    /// For providers that are to talk to the stand-ins.
    public let client: WebSocketClient
    /// `ws://127.0.0.1:PORT`
    public let url: String

    /// Runs `body` beside stand-ins that play `script`; see `Rig.run`.
    public static func run<Value: Sendable>(
        _ script: DoublesScript = DoublesScript(), _ body: (SocketRig) async throws -> Value
    ) async throws -> Value {
        try await Rig.run(script) { rig in
            let client = try WebSocketClient()
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await body(SocketRig(stage: rig.stage, client: client, url: "ws" + rig.url.dropFirst(4))))
            } catch { result = .failure(error) }
            await client.shutDown()
            return try result.get()
        }
    }

    /// As `run`, with one rule.
    public static func run<Value: Sendable>(
        _ rule: Rule, _ body: (SocketRig) async throws -> Value
    ) async throws -> Value {
        try await run(DoublesScript(rules: [rule]), body)
    }

    /// How often `event` of `wire` happened.
    public func count(_ event: Journal.Event, of wire: Wire) -> Int {
        stage.journal.all.count { $0.wire == wire && $0.event == event }
    }
}
