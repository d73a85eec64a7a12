import Doubles
import DoublesRig
import ProviderConformance
import ProviderKit
import Telemetry
import Testing
import Vendors

@Suite(.serialized) struct RecognizerTests {
    private static let question = "What is the weather going to be like tomorrow?"

    private func hear(_ azure: AzureRig, _ samples: [Int16]) async throws -> [Transcript] {
        try await RecognizerConformance.recognize(azure.recognizer, samples)
    }

    @Test func keepsToTheProtocol() async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(text: [Self.question])) { azure in
            try await RecognizerConformance.check(azure.recognizer, utterance: speech)
        }
    }

    @Test func theEngineIsHeardThrough() async throws {
        let speech = try await AzureRig.utterance("Anything.")
        try await AzureRig.run { azure in
            let heard = try await hear(azure, speech)
            #expect(heard.last == Transcript(text: "Hello there.", isFinal: true))
            #expect(heard.first == Transcript(text: "hello", isFinal: false))
        }
    }

    /// Two sentences with a pause between are two phrases for Azure, and one utterance for us.
    @Test func phrasesBecomeOneText() async throws {
        let speech = try await AzureRig.utterance("How are you today?", "I would like to know the time.")
        try await AzureRig.run(Rule(text: ["How are you today? I would like to know the time."])) { azure in
            let heard = try await hear(azure, speech)
            #expect(heard.last == Transcript(text: "How are you today? I would like to know the time.", isFinal: true))
            #expect(heard.contains(Transcript(text: "How are you today?", isFinal: false)))
            #expect(heard.contains { !$0.isFinal && $0.text.hasPrefix("How are you today? i would") })
        }
    }

    /// The audio of a turn ends where the caller pauses; what follows goes into another one.
    @Test func wordsAreSettledAtPauses() async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(text: ["One.", "Two."])) { azure in
            let recognizer = azure.recognizer
            let heard = try await PauseConformance.check(recognizer, before: speech, after: speech)
            #expect(heard == ("One.", "One. Two.", "One. Two."))
            #expect(azure.rig.events(of: .azureRecognition).filter { $0 == .request }.count == 2)
            let whole = try await PauseConformance.goOnAtOnce(recognizer, before: speech, after: speech)
            #expect(whole == "One. Two.")
            #expect(azure.rig.events(of: .azureRecognition).filter { $0 == .opened }.count == 1)
        }
    }

    @Test func oneSocketServesManyTurns() async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(text: ["One.", "Two.", "Three."])) { azure in
            let recognizer = azure.recognizer
            try await recognizer.prepare(language: "en-US")
            for text in ["One.", "Two.", "Three."] {
                let heard = try await RecognizerConformance.recognize(recognizer, speech)
                #expect(heard.last == Transcript(text: text, isFinal: true))
            }
            let events = azure.rig.events(of: .azureRecognition)
            #expect(events.filter { $0 == .opened }.count == 1)
            #expect(events.filter { $0 == .request }.count == 3)
            // Another language is another address.
            _ = try await RecognizerConformance.recognize(recognizer, speech, language: "de-DE")
            #expect(azure.rig.events(of: .azureRecognition).filter { $0 == .opened }.count == 2)
        }
    }

    @Test(arguments: [
        (401, ProviderError.Code.rejected), (403, .rejected), (400, .rejected), (429, .rateLimited),
        (500, .unavailable), (503, .unavailable),
    ])
    func refusals(status: Int, code: ProviderError.Code) async throws {
        let speech = try await AzureRig.utterance("Yes.")
        try await AzureRig.run(Rule(fault: .status(status))) { azure in
            let error = try await failure { _ = try await hear(azure, speech) }
            #expect(error.code == code && error.provider == "Azure/AI-Transcription")
        }
        // The same in the second turn of a socket, where Azure has nothing but a phrase to say it.
        try await AzureRig.run(Rule(times: 1), Rule(fault: .status(status))) { azure in
            let recognizer = azure.recognizer
            _ = try await RecognizerConformance.recognize(recognizer, speech)
            let error = try await failure { _ = try await RecognizerConformance.recognize(recognizer, speech) }
            #expect(error.code == code)
        }
    }

    @Test func aWrongKeyIsRejected() async throws {
        let speech = try await AzureRig.utterance("Yes.")
        try await AzureRig.run { azure in
            let error = try await failure { _ = try await hear(azure.withWrongKey(), speech) }
            #expect(error.code == .rejected)
            #expect(!"\(error)".contains("wrong-key"))
        }
    }

    @Test(arguments: [0, 1, 3]) func aCutIsUnavailable(after pieces: Int) async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(times: 1, text: [Self.question], fault: .cut(after: pieces))) { azure in
            let recognizer = azure.recognizer
            let error = try await failure { _ = try await RecognizerConformance.recognize(recognizer, speech) }
            #expect(error.code == .unavailable)
            // The dead socket is not used again.
            #expect(try await RecognizerConformance.recognize(recognizer, speech).last?.isFinal == true)
        }
    }

    @Test(arguments: [0, 2]) func brokenMessagesAreAViolation(after pieces: Int) async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(text: [Self.question], fault: .malformed(after: pieces))) { azure in
            let error = try await failure { _ = try await hear(azure, speech) }
            #expect(error.code == .protocolViolation)
        }
    }

    @Test func aStallEndsWithItsTask() async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(text: [Self.question], fault: .stall(after: 1))) { azure in
            let began = Gate()
            let recognizer = azure.recognizer
            let listening = Task {
                let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
                source.yield(speech)
                source.finish()
                try await recognizer.recognize(audio, language: "en-US") { _ in began.open() }
            }
            await began.pass()
            let clock = ContinuousClock()
            let time = await clock.measure {
                listening.cancel()
                _ = await listening.result
            }
            #expect(time < .seconds(1))
            await #expect(throws: CancellationError.self) { try await listening.value }
        }
    }

    @Test func silentSuccessAndALateFinalAreFinal() async throws {
        let speech = try await AzureRig.utterance(Self.question)
        try await AzureRig.run(Rule(times: 1, fault: .silent), Rule(text: ["Late."], fault: .lateFinal(50))) { azure in
            let recognizer = azure.recognizer
            #expect(
                try await RecognizerConformance.recognize(recognizer, speech) == [Transcript(text: "", isFinal: true)])
            let late = try await RecognizerConformance.recognize(recognizer, speech)
            #expect(late.last == Transcript(text: "Late.", isFinal: true))
        }
    }

    @Test func aLanguageThatIsNoneIsUnsupported() async throws {
        try await AzureRig.run { azure in
            let error = try await failure {
                _ = try await RecognizerConformance.recognize(azure.recognizer, [1], language: "en-US&x=")
            }
            #expect(error.code == .unsupported)
        }
    }
}
