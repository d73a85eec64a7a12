import AudioCore
import Foundation
import ModelFiles
import ONNXRuntime
import ProviderConformance
import ProviderKit
import Synchronization
import TestSupport
import Testing
import Vocoder

@testable import HibariProvider

@Suite struct HibariTests {
    static let folder = ModelFolder(LocalModels.folder)

    static func synthesizer(_ folder: ModelFolder = folder) -> HibariSynthesizer {
        HibariSynthesizer(
            folder: folder, runtime: ModelRuntime(library: LocalModels.library),
            workers: BlockingWorkers(name: "hibari-test", count: 2))
    }

    /// Loaded once for all tests, as in the server.
    static let shared = synthesizer()
    let hibari = shared

    private func pieces(_ text: String, _ voice: VoiceRequest = VoiceRequest()) async throws -> [SynthesisPiece] {
        let pieces = Mutex<[SynthesisPiece]>([])
        try await hibari.synthesize(SynthesisRequest(text: text, voice: voice, sampleRate: 24000)) { piece in
            pieces.withLock { $0.append(piece) }
        }
        return pieces.withLock { $0 }
    }

    @Test func keepsToTheProtocol() async throws {
        try await SynthesizerConformance.check(hibari, voice: VoiceRequest(name: "en-US-JennyNeural"))
    }

    @Test func voicesCanBeToldApart() async throws {
        var pitches: [String: Double] = [:]
        for name in ["en-AU-WilliamNeural", "en-US-JennyNeural", "en-CA-LiamNeural"] {
            let samples = try await SynthesizerConformance.speak(
                hibari, "We should look at the market in the morning.", voice: VoiceRequest(name: name))
            #expect((1.5...4.5).contains(Double(samples.count) / 16000))
            pitches[name] = Measures.pitch(samples, rate: 16000)
        }
        #expect(try #require(pitches["en-US-JennyNeural"]) > 140)
        for man in ["en-AU-WilliamNeural", "en-CA-LiamNeural"] { #expect(try #require(pitches[man]) < 140) }
    }

    @Test(arguments: [
        ("en-AU-WilliamNeural", true), ("en-US-GuyNeural", true), ("onyx", true), ("rms", true),
        ("en-US-JennyNeural", false),
        ("Rachel", false), ("unheard-of", false),
    ])
    func namesChooseTheVoice(name: String, isMan: Bool) throws {
        let settings = try #require(HibariSettings(VoiceRequest(name: name)))
        #expect((settings.shape.pitch < 0.7) == isMan)
        #expect((settings.shape.formant < 0.92) == isMan)
        #expect(HibariSettings(VoiceRequest(name: name)) == settings)
    }

    @Test func namesOfOneGenderDiffer() {
        let names = ["Jenny", "Aria", "Ava", "Emma", "Michelle", "Libby", "Clara"]
        let settings = names.compactMap { HibariSettings(VoiceRequest(name: "en-US-\($0)Neural")) }
        let distinct = settings.reduce(into: [HibariSettings]()) { if !$0.contains($1) { $0.append($1) } }
        #expect(distinct.count >= 6)
    }

    @Test func theNameSaysMoreThanTheLanguage() throws {
        #expect(HibariSettings(VoiceRequest(name: "de-DE-KatjaNeural", language: "en-US")) == nil)
        #expect(HibariSettings(VoiceRequest(language: "ende")) == nil)
        let own = try #require(HibariSettings(VoiceRequest(language: "en_GB")))
        #expect(own.shape.pitch == 1 && own.shape.formant == 1 && own.speed == 1)
    }

    @Test(arguments: [0.0, -3, .nan, .infinity, 0.25, 4, 99]) func paceStaysWithinItsRange(speed: Double) throws {
        let settings = try #require(HibariSettings(VoiceRequest(speed: speed)))
        #expect((0.25...4).contains(settings.speed))
    }

    @Test func otherLanguagesAreRefused() async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await SynthesizerConformance.speak(hibari, "Guten Tag", voice: VoiceRequest(language: "de-DE"))
        }
        #expect(error?.code == .unsupported)
    }

    @Test func speedChangesTheLength() async throws {
        var lengths: [Double] = []
        for speed in [0.5, 1.0, 2.0] {
            lengths.append(
                Double(
                    try await SynthesizerConformance.speak(
                        hibari, "This is how fast I speak.", voice: VoiceRequest(speed: speed)
                    ).count))
        }
        #expect(lengths[0] > 1.5 * lengths[1] && lengths[1] > 1.5 * lengths[2])
    }

    /// Words come once, in order, and within the audio; they are loud, and what is between sentences is not.
    @Test func wordsAreWhereTheyAreHeard() async throws {
        let text = "Good morning, Mr. Box. Platform nine; twenty-five minutes!"
        var (samples, words): ([Int16], [WordTiming]) = ([], [])
        for piece in try await pieces(text) {
            switch piece {
            case .audio(let chunk): samples += chunk.samples
            case .words(let more): words += more
            }
        }
        let characters = Array(text)
        #expect(
            words.map { String(characters[$0.range]) }
                == ["Good", "morning", "Mr.", "Box", "Platform", "nine", "twenty-five", "minutes"])
        func place(_ time: Duration) -> Int { Int(time / .seconds(1) * 24000) }
        for (word, next) in zip(words, words.dropFirst()) { #expect(word.end <= next.start && word.start < word.end) }
        let last = try #require(words.last)
        #expect(place(last.end) <= samples.count)
        for word in words {
            let level = Measures.level(Array(samples[place(word.start)..<min(place(word.end), samples.count)]))
            #expect(level > 600, "\(String(characters[word.range])) is at \(level)")
        }
        let pause = Array(samples[place(words[3].end) + 1200..<place(words[4].start) - 1200])
        #expect(Measures.level(pause) < 300)
    }

    /// The places of words count from the beginning of the request, however it is cut.
    @Test func wordsOfALongTextAreAllThere() async throws {
        let text = "  " + SynthesizerConformance.long
        let words = try await pieces(text, VoiceRequest(speed: 4)).flatMap { piece -> [WordTiming] in
            if case .words(let words) = piece { words } else { [] }
        }
        let characters = Array(text)
        let said = words.map { String(characters[$0.range]) }
        #expect(said == text.split { !$0.isLetter }.map(String.init))
        for (word, next) in zip(words, words.dropFirst()) { #expect(word.end <= next.start) }
    }

    @Test func theSameTextSoundsTheSame() async throws {
        let voice = VoiceRequest(name: "en-GB-RyanNeural")
        let text = "Several people speak at the same time, and nobody hears the other."
        let alone = try await SynthesizerConformance.speak(hibari, text, voice: voice)
        try await withThrowingTaskGroup(of: [Int16].self) { group in
            for _ in 0..<4 { group.addTask { try await SynthesizerConformance.speak(hibari, text, voice: voice) } }
            for try await samples in group { #expect(samples == alone) }
        }
    }

    @Test func strangeTextsDoNoHarm() async throws {
        let texts = [
            "\u{0}\u{1}\u{7F}", "naïve café — “quoted”", "今日は", String(repeating: "a", count: 3000), "<voice>&lt;",
            "%s %n %d", String(repeating: "9", count: 500), "$$$ 3/0 1e999 -- ''' \"\"\"",
            "X" + String(repeating: ".", count: 900),
            String(repeating: "A.", count: 400), "😀", "é\u{301}\u{301}", String(repeating: "-a", count: 500), "'s", "A",
            "ß",
        ]
        for text in texts {
            let samples = try await SynthesizerConformance.speak(hibari, text, voice: VoiceRequest(speed: 4))
            #expect(samples.count < 16000 * 400)
        }
    }

    @Test(arguments: 1...6) func anyTextIsFiniteSpeech(seed: UInt64) async throws {
        var generator = Seeded(seed)
        let alphabet = Array("aeioutshlmnr      AEFBI.,;:!?—-'’()0123456789%&\né😀日")
        let text = String(
            (0..<Int.random(in: 1...120, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            })
        let samples = try await SynthesizerConformance.speak(
            hibari, text, voice: VoiceRequest(name: "seed\(seed)", speed: 2))
        #expect(samples.isEmpty || Measures.level(samples) > 100)
    }

    // MARK: - Files

    @Test func missingFilesAreNamed() async throws {
        let missing = Self.synthesizer(ModelFolder("/nowhere/at/all"))
        let error = await #expect(throws: ProviderError.self) { try await missing.prepare() }
        #expect(error?.code == .rejected)
        #expect(error?.message.contains("/nowhere/at/all/hibari/hibari.onnx") == true)
        #expect(error?.message.contains("parley models fetch") == true)
    }

    @Test(arguments: ["hibari.onnx", "oov.json", "lexicon_us_gold.json.gz"])
    func damagedFilesAreNamed(file: String) async throws {
        let scratch = try ScratchFolder()
        let copy = scratch.path + "/hibari"
        try FileManager.default.copyItem(atPath: Self.folder.path + "/hibari", toPath: copy)
        let damaged = URL(filePath: "\(copy)/\(file)")
        var bytes = try Data(contentsOf: damaged)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: damaged)
        let error = await #expect(throws: ProviderError.self) {
            try await Self.synthesizer(ModelFolder(scratch.path)).prepare()
        }
        #expect(error?.code == .rejected)
        #expect(error?.message.contains("hibari/\(file)") == true)
    }

    /// What is put behind the model is a graph with one more output, and nothing else.
    @Test func anOutputIsAddedToAModel() {
        #expect(HibariModel.model([1, 2], with: "ab") == [1, 2, 0x3A, 6, 0x62, 4, 0x0A, 2, 0x61, 0x62])
    }
}
