import Doubles
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

@testable import Vendors

@Suite(.serialized) struct DeepgramTests {
    @Test func keepsToTheProtocol() async throws {
        let utterance = try await Stand.utterance()
        let rule = Rule(wire: .deepgramListen, text: ["What is the weather going to be like tomorrow?"])
        try await Stand.with([rule]) { stand in
            try await RecognizerConformance.check(stand.recognizer, utterance: utterance)
        }
    }

    @Test func hearsWhatTheEngineHears() async throws {
        let utterance = try await Stand.utterance("how can i protect my investments against currency risk")
        try await Stand.with { stand in
            let heard = try await RecognizerConformance.recognize(stand.recognizer, utterance)
            #expect(heard.last?.text.contains("investments") == true)
        }
    }

    @Test func aScriptedTextComesWordByWordAndOnce() async throws {
        let utterance = try await Stand.utterance()
        let rule = Rule(wire: .deepgramListen, text: ["one two three four", "five six"])
        try await Stand.with([rule]) { stand in
            let recognizer = stand.recognizer
            let first = try await RecognizerConformance.recognize(recognizer, utterance)
            #expect(first.first == Transcript(text: "one", isFinal: false))
            #expect(first.last == Transcript(text: "one two three four", isFinal: true))
            #expect(first.count { $0.isFinal } == 1)
            #expect(try await RecognizerConformance.recognize(recognizer, utterance).last?.text == "five six")
        }
    }

    @Test func theSecondUtteranceOpensNoSocket() async throws {
        let utterance = try await Stand.utterance()
        let rule = Rule(wire: .deepgramListen, skip: 4, text: ["guten Tag"])
        try await Stand.with([rule]) { stand in
            // The engine behind the stand-in is slow when all comes at once.
            var settings = stand.settings
            settings.patience = .seconds(60)
            let recognizer = DeepgramRecognizer(settings: settings, client: stand.client)
            try await recognizer.prepare(language: "en-US")
            let first = try await RecognizerConformance.recognize(recognizer, utterance)
            for _ in 0..<3 {
                #expect(try await RecognizerConformance.recognize(recognizer, utterance).last == first.last)
            }
            #expect(recognizer.sockets.openedCount == 1)
            #expect(stand.stage.journal.all.count { $0.event == .opened } == 1)
            let german = try await RecognizerConformance.recognize(recognizer, utterance, language: "de-DE")
            #expect(german.last == Transcript(text: "guten Tag", isFinal: true))
            #expect(recognizer.sockets.openedCount == 2, "another language has a socket of its own")
        }
    }

    /// The words are settled already when the audio ends: Deepgram has nothing left to say to a `Finalize`.
    @Test(arguments: [4800, 5600, 6400, 9600]) func anUnansweredFinalizeIsNoEnd(silence: Int) async throws {
        let utterance = try await Stand.utterance(silence: silence)
        let rule = Rule(wire: .deepgramListen, text: ["all of it"])
        try await Stand.with([rule]) { stand in
            let recognizer = stand.recognizer
            for _ in 0..<2 {
                let heard = try await RecognizerConformance.recognize(recognizer, utterance)
                #expect(heard.last == Transcript(text: "all of it", isFinal: true))
            }
        }
    }

    /// Words are settled at a pause, what follows is another stretch, and the socket can be used again.
    @Test func wordsAreSettledAtPauses() async throws {
        let before = try await Stand.utterance("how can i protect my investments", silence: 0)
        let after = try await Stand.utterance("against currency risk", silence: 0)
        try await Stand.with { stand in
            var settings = stand.settings
            settings.patience = .seconds(60)
            let recognizer = DeepgramRecognizer(settings: settings, client: stand.client)
            for _ in 0..<2 {
                let heard = try await PauseConformance.check(recognizer, before: before, after: after)
                #expect(heard.first.contains("investments") && heard.whole == heard.second)
                #expect(heard.whole.hasPrefix(heard.first + " ") && heard.whole.contains("risk"))
                let whole = try await PauseConformance.goOnAtOnce(recognizer, before: before, after: after)
                #expect(whole == heard.whole)
            }
            #expect(recognizer.sockets.openedCount == 1)
        }
    }

    @Test func noAudioNeedsNoSocket() async throws {
        try await Stand.with { stand in
            let recognizer = stand.recognizer
            let heard = try await RecognizerConformance.recognize(recognizer, [])
            #expect(heard == [Transcript(text: "", isFinal: true)])
            #expect(recognizer.sockets.openedCount == 0)
        }
    }

    @Test func aCancelledUtterancesSocketIsClosed() async throws {
        let utterance = try await Stand.utterance()
        try await Stand.with { stand in
            let recognizer = stand.recognizer
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            let began = Gate()
            let listening = Task {
                try await recognizer.recognize(audio, language: "en-US") { _ in began.open() }
            }
            source.yield(utterance)
            await began.pass()
            let clock = ContinuousClock()
            let took = await clock.measure {
                listening.cancel()
                _ = await listening.result
            }
            #expect(took < .seconds(1))
            await #expect(throws: CancellationError.self) { try await listening.value }
            #expect(recognizer.sockets.idleCount == 0)
        }
    }

    @Test func languagesAreNamedAsDeepgramKnowsThem() throws {
        let names = ["en-US": "en-US", "de-DE": "de", "es-MX": "es", "pt-BR": "pt-BR", "ja-JP": "ja", "multi": "multi"]
        for (ours, theirs) in names { #expect(DeepgramSettings.code(of: ours) == theirs) }
        var settings = DeepgramSettings(key: Secret("k"))
        settings.baseURL = "https://eu.example/x/"
        settings.keyterms = ["S&P 500", "a+b"]
        settings.endpointing = nil
        let endpoint = try #require(settings.endpoint(model: "nova-3", language: "de-DE"))
        #expect(endpoint.url.hasPrefix("wss://eu.example/x/v1/listen?model=nova-3&language=de&encoding=linear16"))
        #expect(endpoint.url.hasSuffix("&endpointing=false&keyterm=S%26P%20500&keyterm=a%2Bb"))
        settings.baseURL = "ftp://x"
        #expect(settings.endpoint(model: "nova-3", language: "de-DE") == nil)
    }
}
