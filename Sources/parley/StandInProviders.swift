import Doubles
import Server
import Vendors
import VoiceActivity

/// The stand-ins for hosted providers, with this machine's engines behind them.
struct StandInProviders: Sendable {
    /// `http://127.0.0.1:8100`
    let url: String
    private let server: DoublesServer

    /// Makes the engines ready and opens the port.
    /// - Throws: `NetworkError` when the port cannot be had, `ProviderError` when the engines are not installed.
    init(
        host: String = "127.0.0.1", port: Int, script: DoublesScript = DoublesScript(), recognizers: Int = 2
    ) async throws {
        let engines = LocalEngines(recognizers: recognizers, voiceActivity: try SileroModel())
        _ = try await engines.prepare()
        let stage = Stage(
            script: script,
            engines: Stage.Engines(
                synthesizer: engines.distinctVoices, recognizer: engines.recognizer,
                languageModel: engines.languageModel))
        server = try DoublesServer(host: host, port: port, stage: stage)
        url = "http://\(host.contains(":") ? "[\(host)]" : host):\(server.port)"
    }

    /// Serves until the task is cancelled.
    func run() async { await server.run() }

    /// What points Parley at them.
    var environment: [String: String] { Self.environment(of: url) }

    /// What points Parley, and the vendors' own clients, at stand-ins at `url`.
    static func environment(of url: String) -> [String: String] {
        Vendor.all.reduce(into: [:]) { variables, vendor in
            variables.merge(vendor.profile.environment(ofStandInsAt: url)) { _, own in own }
        }
    }
}
