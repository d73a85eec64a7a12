import FliteProvider
import PocketSphinxProvider
import ProviderConformance
import ProviderKit
import Testing

/// What the caller's microphone brings: the pre-roll, the speech, and the silence that ends the turn.
private func utterance(_ text: String, voice: String, silence: Int = 16000) async throws -> [Int16] {
    let flite = FliteSynthesizer(workers: BlockingWorkers(name: "voice", count: 1))
    let speech = try await SynthesizerConformance.speak(flite, text, voice: VoiceRequest(name: voice))
    return [Int16](repeating: 0, count: 4800) + speech + [Int16](repeating: 0, count: silence)
}

@Suite(.serialized) struct PocketSphinxTests {
    static let recognizer = PocketSphinxRecognizer(
        maxDecoders: 2, workers: BlockingWorkers(name: "sphinx-test", count: 2))
    static let question = "how can i protect my investments against currency risk"

    @Test func keepsToTheProtocol() async throws {
        let speech = try await utterance("What is the weather going to be like tomorrow?", voice: "slt")
        try await RecognizerConformance.check(Self.recognizer, utterance: speech)
    }

    @Test(arguments: ["slt", "rms", "kal16", "en-CA-LiamNeural", "en-US-JennyNeural"])
    func understandsTheQuestion(voice: String) async throws {
        let heard = try await RecognizerConformance.recognize(
            Self.recognizer, try await utterance(Self.question, voice: voice))
        let words = heard.last?.text.lowercased() ?? ""
        #expect(words.contains("investment"))
        #expect(words.contains("currency"))
    }

    @Test func mostWordsAreRight() async throws {
        let sentences = [
            Self.question, "how much money should i save every month",
        ]
        var errors = 0
        for voice in ["slt", "rms", "awb", "kal16"] {
            for sentence in sentences {
                let heard = try await RecognizerConformance.recognize(
                    Self.recognizer, try await utterance(sentence, voice: voice))
                errors += Measures.wordErrors(said: sentence, heard: heard.last?.text.lowercased() ?? "")
            }
        }
        let words = sentences.map { $0.split(separator: " ").count }.reduce(0, +) * 4
        #expect(errors * 6 < words, "\(errors) of \(words) words are wrong")
    }

    @Test func longSilenceAddsNoWords() async throws {
        let short = try await utterance(Self.question, voice: "slt", silence: 8000)
        let long = try await utterance(Self.question, voice: "slt", silence: 56000)
        let few = try await RecognizerConformance.recognize(Self.recognizer, short).last?.text ?? ""
        let many = try await RecognizerConformance.recognize(Self.recognizer, long).last?.text ?? ""
        #expect(many.split(separator: " ").count <= few.split(separator: " ").count)
    }

    @Test func moreUtterancesThanDecodersWaitInOrder() async throws {
        let speech = try await utterance("please tell me about the stock market in japan", voice: "rms", silence: 8000)
        let alone = try await RecognizerConformance.recognize(Self.recognizer, speech).last
        try await withThrowingTaskGroup(of: Transcript?.self) { group in
            for _ in 0..<5 {
                group.addTask { try await RecognizerConformance.recognize(Self.recognizer, speech).last }
            }
            for try await transcript in group { #expect(transcript == alone) }
        }
    }

    @Test(arguments: ["de-DE", "fr", "", "enx"]) func otherLanguagesAreRefused(language: String) async throws {
        await #expect(throws: ProviderError.self) {
            try await RecognizerConformance.recognize(Self.recognizer, [], language: language)
        }
    }

    @Test func missingModelIsNamed() async throws {
        let missing = PocketSphinxRecognizer(
            model: .debian("/nowhere"), workers: BlockingWorkers(name: "missing", count: 1))
        for _ in 0..<3 {
            do {
                try await missing.prepare()
                Issue.record("loaded a model that is not there")
            } catch let error as ProviderError {
                #expect(error.code == .unavailable)
                #expect(error.message.contains("pocketsphinx-en-us"))
            }
        }
    }
}
