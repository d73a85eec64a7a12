import FliteProvider
import ProviderConformance
import ProviderKit

/// Speech of a caller, PCM16 at 16 kHz.
func spoken(_ text: String) async throws -> [Int16] {
    let synthesizer = FliteSynthesizer(workers: BlockingWorkers(name: "caller", count: 1))
    let samples = try await SynthesizerConformance.speak(synthesizer, text, voice: VoiceRequest(name: "slt"))
    return [Int16](repeating: 0, count: 3200) + samples + [Int16](repeating: 0, count: 4800)
}
