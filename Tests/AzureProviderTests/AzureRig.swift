import AudioCore
import Doubles
import DoublesRig
import FliteProvider
import Network
import ProviderConformance
import ProviderKit
import Telemetry
import Vendors

/// Azure's stand-ins and providers that talk to them, for the length of a test.
struct AzureRig {
    /// In none of the errors.
    static let canary = "canary-5f0c2e91b7d34a68"

    let rig: Rig
    let endpoints: AzureEndpoints
    let sockets: WebSocketClient
    var key = Secret(canary)

    var recognizer: AzureRecognizer { AzureRecognizer(endpoints: endpoints, key: key, client: sockets) }
    var synthesizer: AzureSynthesizer { AzureSynthesizer(endpoints: endpoints, key: key, client: sockets) }

    /// As this one, with a key that Azure does not know.
    func withWrongKey() -> AzureRig {
        var copy = self
        copy.key = Secret("wrong-key")
        return copy
    }

    static func run(_ rules: Rule..., body: (AzureRig) async throws -> Void) async throws {
        let script = DoublesScript(rules: rules)
        let standIns: [any StandIn] = [AzureRecognitionStandIn(), AzureSynthesisStandIn()]
        try await Rig.run(script, standIns: standIns) { rig in
            let sockets = try WebSocketClient()
            try await body(AzureRig(rig: rig, endpoints: AzureEndpoints(host: rig.url), sockets: sockets))
            await sockets.shutDown()
        }
    }

    /// What the caller's microphone brings: the pre-roll, the speech, and the silence that ends the turn.
    static func utterance(_ texts: String...) async throws -> [Int16] {
        let flite = FliteSynthesizer(workers: BlockingWorkers(name: "caller", count: 1))
        var samples = [Int16](repeating: 0, count: 4800)
        for text in texts {
            samples += try await SynthesizerConformance.speak(flite, text, voice: VoiceRequest(name: "slt"))
            samples += [Int16](repeating: 0, count: 16_000)
        }
        return samples
    }
}

/// Runs `body`, which is to fail, and gives its failure, in which there is no key.
func failure(of body: () async throws -> Void) async throws -> ProviderError {
    do {
        try await body()
    } catch let error as ProviderError {
        let texts = ["\(error)", String(reflecting: error), error.message]
        for text in texts where text.contains(AzureRig.canary) { throw Leak() }
        return error
    }
    throw NoFailure()
}

struct NoFailure: Error {}
struct Leak: Error {}
