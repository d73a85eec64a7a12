import AudioCore
import ProviderConformance
import ProviderKit
import Testing

@testable import ESpeakProvider

@Suite struct ESpeakTests {
    let espeak = ESpeakSynthesizer(workers: BlockingWorkers(name: "espeak-test", count: 2))

    @Test func keepsToTheProtocol() async throws {
        try await SynthesizerConformance.check(espeak, voice: VoiceRequest(language: "de-DE"))
    }

    @Test(arguments: ["de-DE", "fr-FR", "es-MX", "zh-CN", "ja-JP", "pt-BR", "no-NO", "en-GB"])
    func speaksManyLanguages(language: String) async throws {
        let samples = try await SynthesizerConformance.speak(
            espeak, "Radio, 12.", voice: VoiceRequest(language: language))
        #expect(samples.count > 6000)
        #expect(Measures.level(samples) > 500)
    }

    @Test func genderAndNameAreHeard() async throws {
        let katja = try await SynthesizerConformance.speak(
            espeak, "Guten Morgen, wie geht es Ihnen heute?", voice: VoiceRequest(name: "de-DE-KatjaNeural"))
        let conrad = try await SynthesizerConformance.speak(
            espeak, "Guten Morgen, wie geht es Ihnen heute?", voice: VoiceRequest(name: "de-DE-ConradNeural"))
        #expect(katja != conrad)
        let pitches = try (
            #require(Measures.pitch(katja, rate: 16000)), #require(Measures.pitch(conrad, rate: 16000))
        )
        #expect(pitches.0 > pitches.1 + 20)
    }

    @Test func unknownLanguageIsRefused() async throws {
        await #expect(throws: ProviderError.self) {
            try await SynthesizerConformance.speak(espeak, "x", voice: VoiceRequest(language: "qq-QQ"))
        }
        #expect(try await espeak.speaks("fr-CA"))
        #expect(try await !espeak.speaks("--help"))
    }

    @Test func missingProgramIsNamed() async throws {
        let missing = ESpeakSynthesizer(program: "no-such-espeak", workers: BlockingWorkers(name: "none", count: 1))
        do {
            _ = try await SynthesizerConformance.speak(missing, "x", voice: VoiceRequest(language: "de"))
            Issue.record("spoke without a program")
        } catch let error as ProviderError {
            #expect(error.code == .unavailable)
            #expect(error.message.contains("espeak-ng"))
        }
    }

    @Test(arguments: ["cat", "false", "yes"]) func otherProgramsAreNoEngine(program: String) async throws {
        let wrong = ESpeakSynthesizer(program: program, workers: BlockingWorkers(name: "wrong", count: 1))
        await #expect(throws: ProviderError.self) {
            try await SynthesizerConformance.speak(wrong, "x", voice: VoiceRequest(language: "de"))
        }
    }

    @Test func textIsNeverACommand() async throws {
        let plain = try await SynthesizerConformance.speak(espeak, "eins zwei", voice: VoiceRequest(language: "de"))
        // An embedded command for speed, and phoneme mode.
        #expect(ESpeakSynthesizer.harmless("\u{1}400S eins [[zwei]]") == " 400S eins [ [zwei]]")
        let options = try await SynthesizerConformance.speak(espeak, "--version", voice: VoiceRequest(language: "de"))
        #expect(!plain.isEmpty && !options.isEmpty)
    }

    @Test func eightSpeakAtTheSameTimeAsOne() async throws {
        let text = "Mehrere sprechen zur gleichen Zeit."
        let voice = VoiceRequest(language: "de-DE")
        let alone = try await SynthesizerConformance.speak(espeak, text, voice: voice)
        try await withThrowingTaskGroup(of: [Int16].self) { group in
            for _ in 0..<8 { group.addTask { try await SynthesizerConformance.speak(espeak, text, voice: voice) } }
            for try await samples in group { #expect(samples == alone) }
        }
    }
}
