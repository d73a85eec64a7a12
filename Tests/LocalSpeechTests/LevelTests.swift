import ESpeakProvider
import FliteProvider
import Foundation
import ProviderConformance
import ProviderKit
import Testing

/// All local voices speak equally loud.
@Suite struct LevelTests {
    private let workers = BlockingWorkers(name: "level-test", count: 2)

    /// The level of the speech itself, without pauses, in decibels of full scale; and the loudest sample.
    private func level(_ engine: any SpeechSynthesizer, _ voice: VoiceRequest) async throws -> (Double, peak: Int) {
        let isEnglish = voice.locale.hasPrefix("en")
        let text =
            isEnglish
            ? "Would you like me to send a confirmation? The restaurant on the fourth floor is closed on Mondays."
            : "Radio Berlin, Hotel Madrid, Museum, Restaurant, Telefon, Internet, Adresse, Kamera."
        let samples = try await SynthesizerConformance.speak(engine, text, voice: voice)
        let powers = stride(from: 0, to: samples.count - 320, by: 320).map { start in
            samples[start..<start + 320].reduce(0.0) { $0 + Double($1) * Double($1) } / 320
        }
        let floor = (powers.max() ?? 0) / 10_000
        let speech = powers.filter { $0 > floor }
        let mean = speech.reduce(0, +) / Double(max(1, speech.count))
        return (10 * log10(mean / (32768 * 32768)), samples.map { abs(Int($0)) }.max() ?? 0)
    }

    @Test func voicesAreEquallyLoud() async throws {
        let flite = FliteSynthesizer(workers: workers)
        let eSpeak = ESpeakSynthesizer(workers: workers)
        let hibari = HibariTests.shared
        var levels: [String: Double] = [:]
        func measure(_ engine: any SpeechSynthesizer, _ voice: VoiceRequest) async throws {
            let (level, peak) = try await level(engine, voice)
            let name = "\(engine.name) \(voice.name ?? voice.language)"
            levels[name] = level
            #expect(peak < 32767, "\(name) is clipped")
        }
        for name in ["slt", "rms", "awb", "kal16"] { try await measure(flite, VoiceRequest(name: name)) }
        for person in ["Guy", "Eric", "Andrew", "Jenny", "Aria", "Ava", "Emma"] {
            try await measure(hibari, VoiceRequest(name: "en-US-\(person)Neural"))
        }
        try await measure(hibari, VoiceRequest())
        for person in ["Katja", "Amala", "Conrad", "Killian", "Bernd", "Louisa"] {
            try await measure(eSpeak, VoiceRequest(name: "de-DE-\(person)Neural"))
        }
        try await measure(eSpeak, VoiceRequest(language: "de-DE"))
        for (name, level) in levels { #expect((-23.5...(-20.5)).contains(level), "\(name) speaks at \(level) dB") }
    }
}
