import AudioCore
import ProviderKit
import Testing

/// What every synthesiser keeps to, whoever makes it. Later providers run the same checks.
public enum SynthesizerConformance {
    /// Speaks `text` and returns the samples.
    public static func speak(
        _ synthesizer: any SpeechSynthesizer, _ text: String, voice: VoiceRequest, rate: Int = 16000
    ) async throws -> [Int16] {
        let chunks = Collected<AudioChunk>()
        try await synthesizer.synthesize(SynthesisRequest(text: text, voice: voice, sampleRate: rate)) {
            if case .audio(let chunk) = $0 { chunks.add(chunk) }
        }
        #expect(chunks.all.allSatisfy { $0.sampleRate == rate && !$0.samples.isEmpty })
        return chunks.all.flatMap(\.samples)
    }

    /// Runs all the checks with a voice that the provider has.
    public static func check(_ synthesizer: any SpeechSynthesizer, voice: VoiceRequest) async throws {
        try await checkFormat(synthesizer, voice)
        try await checkNothingToSay(synthesizer, voice)
        try await checkErrorOfConsumer(synthesizer, voice)
        try await checkCancellation(synthesizer, voice)
        try await checkBackPressure(synthesizer, voice)
        try await checkImpossibleRate(synthesizer, voice)
    }

    /// The audio has the wanted rate, and lasts as long at every rate.
    private static func checkFormat(_ synthesizer: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
        var seconds: [Double] = []
        for rate in [8000, 16000, 24000, 48000] {
            let samples = try await speak(synthesizer, "One sentence to be spoken.", voice: voice, rate: rate)
            seconds.append(Double(samples.count) / Double(rate))
        }
        #expect(seconds.allSatisfy { $0 > 0.8 && $0 < 5 })
        // flite's speech ends in noise of its own, which decides where silence begins: 58 ms of difference were seen.
        #expect((seconds.max() ?? 1) - (seconds.min() ?? 0) < 0.08)
    }

    private static func checkNothingToSay(_ synthesizer: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
        for text in ["", "   \n", "… — !"] {
            #expect(try await speak(synthesizer, text, voice: voice).isEmpty)
        }
    }

    /// What the consumer throws comes out again, and nothing is emitted after it.
    private static func checkErrorOfConsumer(_ synthesizer: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
        struct Enough: Error {}
        let chunks = Collected<AudioChunk>()
        await #expect(throws: Enough.self) {
            try await synthesizer.synthesize(
                SynthesisRequest(text: long, voice: voice, sampleRate: 16000)
            ) { piece in
                guard case .audio(let chunk) = piece else { return }
                chunks.add(chunk)
                throw Enough()
            }
        }
        #expect(chunks.count == 1)
    }

    /// Cancelled in the middle, it throws and emits nothing more, and the engine speaks again at once.
    private static func checkCancellation(_ synthesizer: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
        let chunks = Collected<AudioChunk>()
        let began = Gate()
        let never = Gate()
        let speaking = Task {
            try await synthesizer.synthesize(SynthesisRequest(text: long, voice: voice, sampleRate: 16000)) { piece in
                guard case .audio(let chunk) = piece else { return }
                chunks.add(chunk)
                began.open()
                await never.pass()
            }
        }
        await began.pass()
        speaking.cancel()
        let result = await speaking.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(chunks.count == 1)
        #expect(try await !speak(synthesizer, "Still here.", voice: voice).isEmpty)
    }

    /// While a consumer takes nothing, others are served, and it misses nothing afterwards.
    private static func checkBackPressure(_ synthesizer: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
        let whole = try await speak(synthesizer, long, voice: voice)
        let chunks = Collected<AudioChunk>()
        let began = Gate()
        let released = Gate()
        async let slow: Void = synthesizer.synthesize(
            SynthesisRequest(text: long, voice: voice, sampleRate: 16000)
        ) { piece in
            guard case .audio(let chunk) = piece else { return }
            chunks.add(chunk)
            began.open()
            await released.pass()
        }
        await began.pass()
        for _ in 0..<4 { #expect(try await !speak(synthesizer, "Others are served.", voice: voice).isEmpty) }
        #expect(chunks.count == 1)
        released.open()
        try await slow
        // Not the same samples: engines shape noise, and its last traces decide where silence begins.
        let missed = whole.count - chunks.all.flatMap(\.samples).count
        #expect(abs(missed) < whole.count / 50)
    }

    private static func checkImpossibleRate(_ synthesizer: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
        await #expect(throws: ProviderError.self) {
            try await speak(synthesizer, "No such rate.", voice: voice, rate: 3)
        }
    }

    /// Longer than one piece of any engine.
    public static let long = String(
        repeating: "This is a sentence of a long text, which goes on for a while. ", count: 12)
}
