import AudioCore
import FliteProvider
import ProviderKit
import Synchronization

/// Real speech, for the network that hears it.
enum SpeechSample {
    /// A sentence at 16 kHz, after half a second of silence.
    static func sentence() async throws -> [Int16] {
        let samples = Mutex([Int16](repeating: 0, count: 8000))
        let voice = FliteSynthesizer(workers: BlockingWorkers(name: "speech sample", count: 1))
        let request = SynthesisRequest(
            text: "How can I protect my investments against currency risk?", voice: VoiceRequest(name: "slt"),
            sampleRate: 16000)
        try await voice.synthesize(request) { piece in
            if case .audio(let chunk) = piece { samples.withLock { $0 += chunk.samples } }
        }
        return samples.withLock { $0 }
    }
}
