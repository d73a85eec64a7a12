import Doubles
import Server
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
        let sockets = "ws" + url.dropFirst("http".count)
        return [
            "OPENAI_BASE_URL": "\(url)/v1", "OPENAI_API_KEY": "doubles",
            "AZURE_OPENAI_ENDPOINT": url, "AZURE_OPENAI_API_KEY": "doubles",
            "OLLAMA_HOST": url,
            "DEEPGRAM_BASE_URL": sockets, "DEEPGRAM_API_KEY": "doubles",
            "ELEVENLABS_BASE_URL": url, "ELEVENLABS_API_KEY": "doubles",
            "AZURE_SPEECH_ENDPOINT": url, "AZURE_SPEECH_KEY": "doubles",
            "DASHSCOPE_BASE_URL": "\(sockets)/api-ws/v1", "DASHSCOPE_API_KEY": "doubles",
        ]
    }
}
