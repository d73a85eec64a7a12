import AudioCore
import ESpeakProvider
import FliteProvider
import Foundation
import PocketSphinxProvider
import ProviderKit
import Synchronization
import Testing

final class Kept<Element: Sendable>: Sendable {
    private let items = Mutex<[Element]>([])
    func add(_ item: Element) { items.withLock { $0.append(item) } }
    var all: [Element] { items.withLock { $0 } }
}

@Test func playground() async throws {
    let workers = BlockingWorkers(name: "speech", count: 2)
    let flite = FliteSynthesizer(workers: workers)
    let espeak = ESpeakSynthesizer(workers: workers)
    let sphinx = PocketSphinxRecognizer(workers: workers)
    let text = "How can I protect my investments against currency risk?"
    for (engine, voice) in [("f", "en-AU-WilliamNeural"), ("f", "en-CA-LiamNeural"), ("f", "en-US-JennyNeural"), ("e", "en-US-GuyNeural")] {
        let synth: any SpeechSynthesizer = engine == "f" ? flite : espeak
        let chunks = Kept<AudioChunk>()
        let start = ContinuousClock.now
        let first = Kept<Duration>()
        try await synth.synthesize(SynthesisRequest(text: text, voice: VoiceRequest(name: voice), sampleRate: 16000)) {
            if first.all.isEmpty { first.add(ContinuousClock.now - start) }
            chunks.add($0)
        }
        let whole = chunks.all.flatMap(\.samples)
        print(voice, "first", first.all[0].milliseconds, "all", (ContinuousClock.now - start).milliseconds, "audio s", Double(whole.count) / 16000, "chunks", chunks.all.count)
        let (stream, source) = AsyncStream.makeStream(of: [Int16].self)
        source.yield([Int16](repeating: 0, count: 4800))
        for i in stride(from: 0, to: whole.count, by: 320) { source.yield(Array(whole[i..<min(whole.count, i + 320)])) }
        source.yield([Int16](repeating: 0, count: 16000))
        source.finish()
        let t = ContinuousClock.now
        try await sphinx.recognize(stream, language: "en-US") { print("  ", $0.isFinal, $0.text) }
        print("   took", (ContinuousClock.now - t).milliseconds)
    }
}
