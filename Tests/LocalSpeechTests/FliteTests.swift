import AudioCore
import FliteProvider
import ProviderConformance
import ProviderKit
import Testing

@Suite struct FliteTests {
    let flite = FliteSynthesizer(workers: BlockingWorkers(name: "flite-test", count: 2))

    @Test func keepsToTheProtocol() async throws {
        try await SynthesizerConformance.check(flite, voice: VoiceRequest(name: "en-US-JennyNeural"))
    }

    @Test func voicesCanBeToldApart() async throws {
        var pitches: [String: Double] = [:]
        for name in ["en-AU-WilliamNeural", "en-CA-LiamNeural", "en-US-JennyNeural", "kal16"] {
            let samples = try await SynthesizerConformance.speak(
                flite, "We should look at the market in the morning.", voice: VoiceRequest(name: name))
            #expect((1.5...4.5).contains(Double(samples.count) / 16000))
            #expect((500...8000).contains(Measures.level(samples)))
            pitches[name] = Measures.pitch(samples, rate: 16000)
        }
        let jenny = try #require(pitches["en-US-JennyNeural"])
        let william = try #require(pitches["en-AU-WilliamNeural"])
        let liam = try #require(pitches["en-CA-LiamNeural"])
        #expect(jenny > 140)
        #expect(william < 140)
        #expect(liam < 120)
        #expect(abs(william - liam) > 8)
    }

    @Test(arguments: [
        ("en-AU-WilliamNeural", FliteVoice.awb), ("en-CA-LiamNeural", .rms), ("en-GB-LibbyNeural", .slt),
        ("en-US-JennyNeural", .slt), ("en-US-GuyNeural", .rms), ("en-GB-RyanNeural", .awb), ("onyx", .rms),
        ("shimmer", .slt), ("Rachel", .slt), ("Ethan", .rms), ("rms", .rms), ("KAL16", .kal16), ("unheard-of", .slt),
        ("en-US-AvaMultilingualNeural", .slt), ("en-US-Andrew:DragonHDLatestNeural", .rms),
    ])
    func namesChooseTheVoice(name: String, voice: FliteVoice) {
        #expect(FliteSettings(VoiceRequest(name: name))?.voice == voice)
    }

    @Test func namesThatShareAVoiceDiffer() throws {
        let names = ["Jenny", "Aria", "Ava", "Emma", "Michelle", "Libby", "Clara"]
        let settings = names.compactMap { FliteSettings(VoiceRequest(name: "en-US-\($0)Neural")) }
        let distinct = settings.reduce(into: [FliteSettings]()) { if !$0.contains($1) { $0.append($1) } }
        #expect(distinct.count >= 6)
        #expect(settings.allSatisfy { (0.85...1.15).contains($0.pitch) })
    }

    @Test func theNameSaysMoreThanTheLanguage() {
        #expect(FliteSettings(VoiceRequest(name: "de-DE-KatjaNeural", language: "en-US")) == nil)
        #expect(FliteSettings(VoiceRequest(name: nil, language: "en-GB"))?.voice == .slt)
    }

    @Test func speedChangesTheLength() async throws {
        var lengths: [Int] = []
        for speed in [0.5, 1.0, 2.0] {
            lengths.append(
                try await SynthesizerConformance.speak(
                    flite, "This is how fast I speak.", voice: VoiceRequest(speed: speed)
                ).count)
        }
        #expect(Double(lengths[0]) > 1.6 * Double(lengths[1]))
        #expect(Double(lengths[1]) > 1.6 * Double(lengths[2]))
    }

    @Test func speechBeginsAndEndsWithoutLongSilence() async throws {
        for name in ["slt", "rms", "awb", "kal16"] {
            let samples = try await SynthesizerConformance.speak(
                flite, "Tell me more about it.", voice: VoiceRequest(name: name))
            let loud = { (sample: Int16) in abs(Int(sample)) > 400 }
            let first = try #require(samples.firstIndex(where: loud))
            let last = try #require(samples.lastIndex(where: loud))
            #expect(first < 16000 * 12 / 100)
            #expect(samples.count - last < 16000 * 30 / 100)
        }
    }

    @Test func otherLanguagesAreRefused() async throws {
        await #expect(throws: ProviderError.self) {
            try await SynthesizerConformance.speak(flite, "Guten Tag", voice: VoiceRequest(language: "de-DE"))
        }
    }

    @Test func eightSpeakAtTheSameTimeAsOne() async throws {
        let voices = ["slt", "rms", "awb", "kal16", "slt", "rms", "awb", "kal16"].map { VoiceRequest(name: $0) }
        let text = "Several people speak at the same time, and nobody hears the other."
        var alone: [[Int16]] = []
        for voice in voices { alone.append(try await SynthesizerConformance.speak(flite, text, voice: voice)) }
        let together = try await withThrowingTaskGroup(of: (Int, [Int16]).self) { group in
            for (index, voice) in voices.enumerated() {
                group.addTask { (index, try await SynthesizerConformance.speak(flite, text, voice: voice)) }
            }
            return try await group.reduce(into: [Int: [Int16]]()) { $0[$1.0] = $1.1 }
        }
        // The noise of the breath is drawn anew each time; length, level and pitch are not.
        for index in voices.indices {
            let samples = try #require(together[index])
            #expect(abs(samples.count - alone[index].count) < samples.count / 50)
            #expect((0.9...1.1).contains(Measures.level(samples) / Measures.level(alone[index])))
            let pitches = [samples, alone[index]].compactMap { Measures.pitch($0, rate: 16000) }
            #expect(pitches.count == 2 && abs(pitches[0] - pitches[1]) < 6)
        }
    }

    @Test func strangeTextsDoNoHarm() async throws {
        let texts = [
            "\u{0}\u{1}\u{7F}", "naïve café — “quoted”", "今日は", String(repeating: "a", count: 3000), "<voice>&lt;",
            "%s %n %d",
            String(repeating: "9", count: 500), "$$$ 3/0 1e999 -- ''' \"\"\"", "X" + String(repeating: ".", count: 900),
        ]
        for text in texts {
            let samples = try await SynthesizerConformance.speak(
                flite, text, voice: VoiceRequest(name: "slt", speed: 4))
            #expect(samples.count < 16000 * 400)
        }
    }
}
