import Doubles
import FliteProvider
import LocalPlanner
import Network
import PocketSphinxProvider
import ProviderConformance
import ProviderKit
import Telemetry
import Testing
import Vendors

/// The stand-in on a port of its own, and what it takes to speak to it.
struct Stand {
    /// Must be seen nowhere.
    static let canary = "canary-4f1d-dont-show-me"
    static let workers = BlockingWorkers(name: "deepgram-test", count: 3)
    static let flite = FliteSynthesizer(workers: workers)
    static let engines = Stage.Engines(
        synthesizer: flite, recognizer: PocketSphinxRecognizer(maxDecoders: 2, workers: workers),
        languageModel: LocalPlanner())

    let stage: Stage
    let client: WebSocketClient
    let settings: DeepgramSettings

    var recognizer: DeepgramRecognizer { DeepgramRecognizer(settings: settings, client: client) }

    /// Runs `body` beside a stand-in that plays `rules`.
    static func with(
        _ rules: [Rule] = [], silenceLimit: Duration = .seconds(10), _ body: (Stand) async throws -> Void
    ) async throws {
        let stage = Stage(script: DoublesScript(rules: rules), engines: engines)
        let server = try DoublesServer(standIns: [DeepgramStandIn(silenceLimit: silenceLimit)], stage: stage)
        let client = try WebSocketClient()
        var settings = DeepgramSettings(key: Secret(canary))
        settings.baseURL = "http://127.0.0.1:\(server.port)"
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            do {
                try await body(Stand(stage: stage, client: client, settings: settings))
            } catch {
                Issue.record(error)
            }
            await client.shutDown()
            group.cancelAll()
        }
    }

    /// What the caller's microphone brings: the pre-roll, the speech, and the silence that ends the turn.
    static func utterance(
        _ text: String = "What is the weather going to be like tomorrow?", silence: Int = 16000
    ) async throws -> [Int16] {
        let speech = try await SynthesizerConformance.speak(flite, text, voice: VoiceRequest(name: "slt"))
        return [Int16](repeating: 0, count: 4800) + speech + [Int16](repeating: 0, count: silence)
    }
}
