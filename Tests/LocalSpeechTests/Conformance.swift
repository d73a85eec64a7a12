import AudioCore
import ProviderKit
import Synchronization
import Testing

/// What came out of a provider, kept in order.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
    var all: [Element] { elements.withLock { $0 } }
    var count: Int { elements.withLock { $0.count } }
}

/// A door that stays shut until it is opened; whoever comes before waits.
final class Gate: Sendable {
    private let doors = AsyncStream.makeStream(of: Void.self)

    func open() { doors.continuation.finish() }
    /// Returns when the gate is open, or when the task is cancelled.
    func pass() async { for await _ in doors.stream {} }
}

/// What every synthesiser keeps to, whoever makes it. Later providers run the same checks.
enum SynthesizerConformance {
    /// Speaks `text` and returns the samples.
    static func speak(
        _ synthesizer: any SpeechSynthesizer, _ text: String, voice: VoiceRequest, rate: Int = 16000
    ) async throws -> [Int16] {
        let chunks = Collected<AudioChunk>()
        try await synthesizer.synthesize(SynthesisRequest(text: text, voice: voice, sampleRate: rate)) {
            chunks.add($0)
        }
        #expect(chunks.all.allSatisfy { $0.sampleRate == rate && !$0.samples.isEmpty })
        return chunks.all.flatMap(\.samples)
    }

    /// Runs all the checks with a voice that the provider has.
    static func check(_ synthesizer: any SpeechSynthesizer, voice: VoiceRequest) async throws {
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
        #expect((seconds.max() ?? 1) - (seconds.min() ?? 0) < 0.02)
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
            ) { chunk in
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
            try await synthesizer.synthesize(SynthesisRequest(text: long, voice: voice, sampleRate: 16000)) { chunk in
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
        ) { chunk in
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
    static let long = String(repeating: "This is a sentence of a long text, which goes on for a while. ", count: 12)
}

/// What every recogniser keeps to, whoever makes it.
enum RecognizerConformance {
    /// Recognises `samples`, which arrive in pieces of `width`, and returns all transcripts.
    static func recognize(
        _ recognizer: any SpeechRecognizer, _ samples: [Int16], width: Int = 320, language: String = "en-US"
    ) async throws -> [Transcript] {
        let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
        for start in stride(from: 0, to: samples.count, by: width) {
            source.yield(Array(samples[start..<min(samples.count, start + width)]))
        }
        source.finish()
        let transcripts = Collected<Transcript>()
        try await recognizer.recognize(audio, language: language) { transcripts.add($0) }
        return transcripts.all
    }

    /// Runs all the checks with an utterance that the provider understands.
    static func check(_ recognizer: any SpeechRecognizer, utterance: [Int16]) async throws {
        let transcripts = try await recognize(recognizer, utterance)
        #expect(transcripts.last?.isFinal == true)
        #expect(transcripts.dropLast().allSatisfy { !$0.isFinal })
        #expect(transcripts.count > 3, "interim transcripts arrive while the caller speaks")
        #expect(zip(transcripts, transcripts.dropFirst()).allSatisfy { $0 != $1 })
        // Neither the cuts of the audio nor what was heard before change the words.
        for width in [1, 160, 4801, utterance.count] where width > 1 || utterance.count < 20000 {
            #expect(try await recognize(recognizer, utterance, width: width).last == transcripts.last)
        }
        // No audio and silence are utterances without words.
        #expect(try await recognize(recognizer, []) == [Transcript(text: "", isFinal: true)])
        let silence = try await recognize(recognizer, [Int16](repeating: 0, count: 32000))
        #expect(silence.last == Transcript(text: "", isFinal: true))
        try await checkCancellation(recognizer, utterance)
    }

    /// Cancelled while it waits for audio, it throws, emits no final transcript, and its engine is free again.
    private static func checkCancellation(_ recognizer: any SpeechRecognizer, _ utterance: [Int16]) async throws {
        for _ in 0..<6 {
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            let transcripts = Collected<Transcript>()
            let heard = Gate()
            let listening = Task {
                try await recognizer.recognize(audio, language: "en-US") { transcript in
                    transcripts.add(transcript)
                    heard.open()
                }
            }
            source.yield(utterance)
            await heard.pass()
            listening.cancel()
            let result = await listening.result
            #expect(throws: CancellationError.self) { try result.get() }
            let finals = transcripts.all.filter(\.isFinal)
            #expect(finals.isEmpty)
            source.finish()
        }
        #expect(try await recognize(recognizer, utterance).last?.isFinal == true)
    }
}
