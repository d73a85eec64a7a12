import AudioCore
import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import Synchronization
import Telemetry
import Testing
import Vendors

@Suite(.serialized) struct SynthesizerTests {
    private static let william = VoiceRequest(name: "en-AU-WilliamNeural", language: "en-AU")

    private func request(_ text: String, rate: Int = 16_000) -> SynthesisRequest {
        SynthesisRequest(text: text, voice: Self.william, sampleRate: rate)
    }

    private func speak(_ synthesizer: AzureSynthesizer, _ text: String) async throws -> [Int16] {
        try await SynthesizerConformance.speak(synthesizer, text, voice: Self.william)
    }

    private func expectSpeech(_ synthesizer: AzureSynthesizer, _ text: String) async throws {
        let samples = try await speak(synthesizer, text)
        #expect(!samples.isEmpty)
    }

    @Test func keepsToTheProtocol() async throws {
        try await AzureRig.run { azure in
            try await SynthesizerConformance.check(azure.synthesizer, voice: Self.william)
        }
    }

    /// The words, in the request's text, each once, in order, inside the audio.
    @Test(arguments: [
        "One sentence to be spoken.", "Ampersands & <angles>, \"quotes\" and it's done.", "a a a, a",
        "Tabs\tand\nlines part words;\u{7} bells do not.",
    ])
    func wordsHaveTheirTimes(text: String) async throws {
        try await AzureRig.run { azure in
            let samples = Mutex(0)
            let timings = Collected<WordTiming>()
            try await azure.synthesizer.synthesize(request(text)) { piece in
                switch piece {
                case .audio(let chunk): samples.withLock { $0 += chunk.samples.count }
                case .words(let words): for word in words { timings.add(word) }
                }
            }
            let characters = Array(text)
            var end = 0
            var time = Duration.zero
            for timing in timings.all {
                #expect(timing.range.lowerBound >= end && timing.start >= time && timing.end >= timing.start)
                #expect(characters[timing.range].allSatisfy { !$0.isWhitespace })
                end = timing.range.upperBound
                time = timing.start
            }
            let covered = timings.all.reduce(into: Set<Int>()) { $0.formUnion($1.range) }
            let letters = characters.indices.filter { characters[$0].isLetter || characters[$0].isNumber }
            #expect(Set(letters).isSubset(of: covered))
            #expect(time < .samples(samples.withLock { $0 }, at: 16_000))
        }
    }

    /// A rate that Azure has not is made of one that it has.
    @Test(arguments: [11_025, 22_050, 32_000, 44_100]) func otherRates(rate: Int) async throws {
        try await AzureRig.run { azure in
            let samples = try await SynthesizerConformance.speak(
                azure.synthesizer, "One sentence to be spoken.", voice: Self.william, rate: rate)
            let seconds = Double(samples.count) / Double(rate)
            #expect(seconds > 0.8 && seconds < 5)
        }
    }

    @Test func oneSocketSpeaksManyTexts() async throws {
        try await AzureRig.run { azure in
            let synthesizer = azure.synthesizer
            try await synthesizer.prepare()
            for text in ["First.", "Second.", "Third."] { try await expectSpeech(synthesizer, text) }
            let events = azure.rig.events(of: .azureSynthesis)
            #expect(events.filter { $0 == .opened }.count == 1)
            #expect(events.filter { $0 == .finished }.count == 3)
        }
    }

    /// The stand-in learns at once that its client wants no more.
    @Test func cancellingReachesTheService() async throws {
        try await AzureRig.run(Rule(betweenMs: 200)) { azure in
            let synthesizer = azure.synthesizer
            let began = Gate()
            let speaking = Task {
                try await synthesizer.synthesize(request(SynthesizerConformance.long)) { _ in began.open() }
            }
            await began.pass()
            let clock = ContinuousClock()
            let time = await clock.measure {
                speaking.cancel()
                _ = await speaking.result
            }
            #expect(time < .seconds(1))
            while !azure.rig.events(of: .azureSynthesis).contains(.cancelled) { await Task.yield() }
        }
    }

    @Test(arguments: [(400, ProviderError.Code.rejected), (429, .rateLimited), (503, .unavailable)])
    func refusals(refusal: (Int, ProviderError.Code)) async throws {
        try await AzureRig.run(Rule(fault: .status(refusal.0, retryAfter: 3))) { azure in
            let error = try await failure { _ = try await speak(azure.synthesizer, "Hello.") }
            #expect(error.code == refusal.1 && error.provider == "Azure/AI-Speech")
        }
    }

    @Test func aWrongKeyIsRejected() async throws {
        try await AzureRig.run { azure in
            let error = try await failure { _ = try await speak(azure.withWrongKey().synthesizer, "Hello.") }
            #expect(error.code == .rejected)
            #expect(!"\(error)".contains("wrong-key"))
        }
    }

    @Test(arguments: [0, 2]) func aCutIsUnavailable(after: Int) async throws {
        try await AzureRig.run(Rule(times: 1, fault: .cut(after: after))) { azure in
            let synthesizer = azure.synthesizer
            let error = try await failure { _ = try await speak(synthesizer, "One sentence to be spoken.") }
            #expect(error.code == .unavailable)
            try await expectSpeech(synthesizer, "And another.")
        }
    }

    /// The second text meets a cut on a socket that was used before: as its turn had begun, that is a failure, not a dead
    /// socket, and the third text gets a new one.
    @Test func aUsedSocketCanBeCutToo() async throws {
        try await AzureRig.run(Rule(skip: 1, times: 1, fault: .cut(after: 0))) { azure in
            let synthesizer = azure.synthesizer
            try await expectSpeech(synthesizer, "First.")
            let error = try await failure { _ = try await speak(synthesizer, "Second.") }
            #expect(error.code == .unavailable)
            try await expectSpeech(synthesizer, "Third.")
            #expect(azure.rig.events(of: .azureSynthesis).filter { $0 == .opened }.count == 2)
        }
    }

    @Test func brokenMessagesAreAViolation() async throws {
        try await AzureRig.run(Rule(fault: .malformed(after: 1))) { azure in
            let error = try await failure { _ = try await speak(azure.synthesizer, "One sentence to be spoken.") }
            #expect(error.code == .protocolViolation)
        }
    }

    @Test func silentSuccessIsNoAudio() async throws {
        try await AzureRig.run(Rule(fault: .silent)) { azure in
            let samples = try await speak(azure.synthesizer, "Hello.")
            #expect(samples.isEmpty)
        }
    }

    @Test func aStallEndsWithItsTask() async throws {
        try await AzureRig.run(Rule(fault: .stall(after: 1))) { azure in
            let synthesizer = azure.synthesizer
            let began = Gate()
            let speaking = Task {
                try await synthesizer.synthesize(request("One sentence to be spoken.")) { _ in began.open() }
            }
            await began.pass()
            speaking.cancel()
            await #expect(throws: CancellationError.self) { try await speaking.value }
        }
    }

    @Test func aLanguageWithoutVoiceIsUnsupported() async throws {
        try await AzureRig.run { azure in
            let error = try await failure {
                _ = try await SynthesizerConformance.speak(
                    azure.synthesizer, "Hello.", voice: VoiceRequest(language: "tlh"))
            }
            #expect(error.code == .unsupported)
        }
    }
}
