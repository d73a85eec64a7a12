import AudioCore
import Foundation
import ONNXRuntime
import ProviderConformance
import ProviderKit
import TestSupport
import Testing
import VoiceActivity

@testable import MoonshineProvider

@Suite(.serialized) struct MoonshineTests {
    static let folder = LocalModels.folder + "/moonshine-tiny-en"
    static let runtime = ModelRuntime(library: LocalModels.library)

    private static func recognizer(
        files: MoonshineFiles = MoonshineFiles(folder: folder), runtime: ModelRuntime = runtime, threads: Int = 2
    ) throws -> MoonshineRecognizer {
        MoonshineRecognizer(
            files: files, runtime: runtime, speech: try SileroModel(),
            workers: BlockingWorkers(name: "moonshine-test", count: threads))
    }

    private static let shared = Result { try recognizer() }

    private func heard(_ samples: [Int16], width: Int = 320) async throws -> String {
        try await RecognizerConformance.recognize(Self.shared.get(), samples, width: width).last?.text ?? "none"
    }

    @Test func keepsToTheProtocol() async throws {
        let speech = Sounds.silence(0.3) + (try Recordings.sentence("0890")) + Sounds.silence(1)
        try await RecognizerConformance.check(Self.shared.get(), utterance: speech)
    }

    @Test func peopleAreUnderstood() async throws {
        var (errors, count) = (0, 0)
        for (name, words) in Recordings.sentences {
            let text = try await heard(try Recordings.sentence(name) + Sounds.silence(0.7))
            errors += Measures.wordErrors(said: words, heard: text.plainWords)
            count += words.split(separator: " ").count
        }
        #expect(errors * 10 <= count, "\(errors) of \(count) words are wrong")
    }

    /// As they come from a button that is let go at once, with no silence at either end.
    @Test(arguments: [(1, "ten of clubs"), (3, "seven of clubs")]) func shortWordsAreHeard(card: Int, words: String)
        async throws
    {
        #expect(try await heard(Recordings.cards(card)).plainWords.replacing("10", with: "ten") == words)
    }

    @Test(arguments: [
        Sound(name: "silence", samples: Sounds.silence(3)),
        Sound(name: "faint hiss", samples: Sounds.hiss(3, peak: 300, seed: 1)),
        Sound(name: "loud hiss", samples: Sounds.hiss(2, peak: 9000, seed: 2)),
        Sound(name: "hum", samples: Sounds.hum(3)), Sound(name: "dial tone", samples: Sounds.tone(2)),
        Sound(name: "knocks", samples: Sounds.knocks(2, seed: 3)),
        Sound(name: "one knock", samples: Sounds.knocks(0.4, seed: 4)),
        Sound(name: "click", samples: Sounds.hiss(0.1, peak: 20000, seed: 5)),
    ])
    func whatIsNoSpeechHoldsNoWords(sound: Sound) async throws {
        #expect(try await heard(Sounds.silence(0.3) + sound.samples + Sounds.silence(1)) == "")
        // Not even where the detector of speech would have let it pass.
        let network = try MoonshineNetwork(
            MoonshineFiles(folder: Self.folder), runtime: Self.runtime, provider: MoonshineRecognizer.providerName)
        #expect(try network.decode(sound.samples, stop: StopFlag()).plausibleText == "")
    }

    @Test(arguments: [1, 511, 512, 513, 48000]) func cutsOfTheAudioChangeNothing(width: Int) async throws {
        let speech = try Recordings.sentence("0880") + Sounds.silence(0.5)
        #expect(try await heard(speech, width: width) == (try await heard(speech)))
    }

    /// More silence behind the words does not change them.
    @Test func theLengthOfThePauseChangesNothing() async throws {
        let speech = try Recordings.sentence("0880")
        let text = try await heard(speech + Sounds.silence(0.2))
        for seconds in [0.5, 2, 8] { #expect(try await heard(speech + Sounds.silence(seconds)) == text) }
    }

    /// At a pause the words are there before the audio ends, so that nothing is left to do then.
    @Test func theFinalIsPreparedAtAPause() async throws {
        let speech = try Recordings.sentence("0880")
        let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
        let transcripts = Collected<Transcript>()
        let paused = Gate()
        source.yield(speech + Sounds.silence(0.3))
        let recognizer = try Self.shared.get()
        let recognising = Task {
            try await recognizer.recognize(audio, language: "en") { transcript in
                transcripts.add(transcript)
                if transcript.text.contains("man") { paused.open() }
            }
        }
        await paused.pass()
        let prepared = transcripts.all.last
        #expect(prepared?.isFinal == false)
        source.yield(Sounds.silence(0.4))
        source.finish()
        try await recognising.value
        let final = transcripts.all.last
        #expect(final?.isFinal == true && final?.text == prepared?.text)
        #expect(final?.confidence.map { $0 > 0.5 && $0 <= 1 } == true, "it is sure of clear speech")
    }

    /// Each pause is answered with all words up to it; what is said afterwards is added.
    @Test func aPauseIsAnsweredWithTheWordsSoFar() async throws {
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        let transcripts = Collected<Transcript>()
        let answered = [1: Gate(), 2: Gate(), 3: Gate()]
        let recognizer = try Self.shared.get()
        let recognising = Task {
            try await recognizer.recognize(utterance, language: "en") { transcript in
                transcripts.add(transcript)
                if case .pause(let number) = transcript.mark { answered[number]?.open() }
            }
        }
        // Before any speech there are no words.
        source.yield(.pause(1))
        await answered[1]?.pass()
        source.yield(.resumed)
        source.yield(.audio(try Recordings.sentence("0880") + Sounds.silence(0.1)))
        source.yield(.pause(2))
        await answered[2]?.pass()
        source.yield(.resumed)
        source.yield(.audio(try Recordings.sentence("0930") + Sounds.silence(0.1)))
        source.yield(.pause(3))
        await answered[3]?.pass()
        source.finish()
        try await recognising.value
        let answers = transcripts.all.filter(\.answersPause).map(\.text)
        #expect(answers.count == 3 && answers[0] == "")
        #expect(Measures.wordErrors(said: Recordings.sentences[0].words, heard: answers[1].plainWords) <= 1)
        let said = Recordings.sentences[0].words + " " + Recordings.sentences[2].words
        #expect(Measures.wordErrors(said: said, heard: answers[2].plainWords) <= 3, "\(answers[2])")
        #expect(transcripts.all.last?.isFinal == true && transcripts.all.last?.text == answers[2])
    }

    @Test func speechThatGoesOnAfterAPauseIsOneTranscript() async throws {
        let parts = try ["0880", "0890", "0930"].map { try Recordings.sentence($0) }
        let pauses = [Sounds.silence(0.4), Sounds.silence(2.5), Sounds.silence(0.7)]
        let text = try await heard(zip(parts, pauses).flatMap { $0 + $1 })
        let said = Recordings.sentences.map(\.words).joined(separator: " ")
        #expect(Measures.wordErrors(said: said, heard: text.plainWords) <= 4, "\(text)")
    }

    /// A minute without a long pause is cut into pieces, and no word is lost between them.
    @Test func longSpeechIsCutAtPauses() async throws {
        let sentence = try Recordings.sentence("0890")
        let said = Array(repeating: Recordings.sentences[1].words, count: 10).joined(separator: " ")
        let text = try await heard((0..<10).flatMap { _ in sentence } + Sounds.silence(0.5))
        let errors = Measures.wordErrors(said: said, heard: text.plainWords)
        #expect(errors * 8 <= said.split(separator: " ").count, "\(errors) errors: \(text)")
    }

    @Test func fourCallersAtOnceGetTheWordsTheyGetAlone() async throws {
        let speeches = try ["0880", "0890", "0920", "0930"].map { try Recordings.sentence($0) + Sounds.silence(0.5) }
        var alone: [String] = []
        for speech in speeches { alone.append(try await heard(speech)) }
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for caller in 0..<8 { group.addTask { (caller % 4, try await heard(speeches[caller % 4])) } }
            for try await (caller, text) in group { #expect(text == alone[caller]) }
        }
    }

    /// Half a minute of speech is some hundred milliseconds of work for the encoder alone.
    @Test func decodingStopsInTheMiddle() async throws {
        let network = try MoonshineNetwork(
            MoonshineFiles(folder: Self.folder), runtime: Self.runtime, provider: MoonshineRecognizer.providerName)
        let speech = try (0..<5).flatMap { _ in try Recordings.sentence("0890") }
        let raised = StopFlag()
        raised.raise()
        #expect(throws: CancellationError.self) { try network.decode(speech, stop: raised) }
        // Raised while it computes: the work is not done, and the model serves the next.
        let (stop, workers) = (StopFlag(), BlockingWorkers(name: "stopped", count: 1))
        let decoding = Task { try await workers.run { _ in try network.decode(speech, stop: stop) } }
        stop.raise()
        let result = await decoding.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(try network.decode(Recordings.cards(1), stop: StopFlag()).text != "")
    }

    @Test(arguments: ["de-DE", "fr", "", "enx"]) func otherLanguagesAreRefused(language: String) async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await RecognizerConformance.recognize(Self.shared.get(), [], language: language)
        }
        #expect(error?.code == .unsupported)
    }

    @Test(arguments: ["encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"])
    func aFileThatIsMissingOrBrokenIsNamed(name: String) async throws {
        let folder = try ScratchFolder()
        for file in ["encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"] where file != name {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + file, withDestinationPath: Self.folder + "/" + file)
        }
        func failure() async throws -> ProviderError? {
            let recognizer = try Self.recognizer(files: MoonshineFiles(folder: folder.path))
            return await #expect(throws: ProviderError.self) { try await recognizer.prepare() }
        }
        var failures = [try await failure()]
        for count in [0, 3, 100_000] {
            _ = try folder.copy(Self.folder + "/" + name, first: count)
            failures.append(try await failure())
        }
        for failure in failures {
            #expect(failure?.message.contains(folder.path + "/" + name) == true)
            #expect(failure?.message.contains("parley models fetch") == true)
        }
    }

    @Test func anotherModelIsAnError() async throws {
        var files = MoonshineFiles(folder: Self.folder)
        (files.encoder, files.decoder) = (files.decoder, files.encoder)
        let recognizer = try Self.recognizer(files: files)
        let speech = try Recordings.cards(1)
        await #expect(throws: ProviderError.self) { try await RecognizerConformance.recognize(recognizer, speech) }
    }

    /// The chain goes on to the next recogniser of the list.
    @Test func withoutItsFilesTheNextRecogniserHears() async throws {
        struct Next: SpeechRecognizer {
            let name = "Local/Next"
            func recognize(
                _ utterance: AsyncStream<UtteranceInput>, language: String,
                emit: @Sendable (Transcript) async throws -> Void
            ) async throws {
                for await _ in utterance {}
                try await emit(Transcript(text: "next", isFinal: true))
            }
        }
        let engines: [any SpeechRecognizer] = [
            try Self.recognizer(files: MoonshineFiles(folder: "/nowhere")), Next(),
        ]
        let links = engines.map { ChainLink($0, breaker: CircuitBreaker(clock: .continuous)) }
        let chain = RecognitionChain(links, finalTranscript: nil, clock: .continuous)
        let (utterance, source) = AsyncStream.makeStream(of: UtteranceInput.self)
        source.finish()
        let transcripts = Collected<Transcript>()
        try await chain.recognize(utterance, language: "en-US", report: { _ in }) { transcripts.add($0) }
        #expect(transcripts.all == [Transcript(text: "next", isFinal: true)])
    }
}
