import AudioCore
import Doubles
import DoublesRig
import ProviderConformance
import ProviderKit
import Synchronization
import Telemetry
import Testing

@testable import Vendors

/// The provider against the stand-in.
@Suite struct QwenSynthesizerTests {
    static func synthesizer(
        _ doubles: SocketRig, key: String = "key", firstAudio: @escaping @Sendable (Duration) -> Void = { _ in }
    ) -> QwenSynthesizer {
        let settings = QwenSettings(key: Secret(key), baseURL: doubles.url + "/api-ws/v1")
        return QwenSynthesizer(settings: settings, client: doubles.client, firstAudioDelay: firstAudio)
    }

    static let voice = VoiceRequest(name: "Cherry", language: "en-US")

    @Test func conforms() async throws {
        try await SocketRig.run() { doubles in
            try await SynthesizerConformance.check(Self.synthesizer(doubles), voice: Self.voice)
        }
    }

    /// Rates and speeds that the service does not have are made up for.
    @Test func impossibleWishes() async throws {
        try await SocketRig.run() { doubles in
            let synthesizer = Self.synthesizer(doubles)
            for rate in [11025, 32000] {
                let samples = try await SynthesizerConformance.speak(
                    synthesizer, "Hello there.", voice: Self.voice, rate: rate)
                #expect(!samples.isEmpty)
            }
            let hurried = VoiceRequest(name: "Cherry", language: "en-US", speed: 4)
            let samples = try await SynthesizerConformance.speak(synthesizer, "Hello there.", voice: hurried)
            #expect(!samples.isEmpty)
            #expect(doubles.count(.refused, of: .qwenSynthesis) == 0)
        }
    }

    /// Sentences in one voice share a session; another voice, or a long text, has one of its own.
    @Test func sessionsAreKept() async throws {
        try await SocketRig.run() { doubles in
            let synthesizer = Self.synthesizer(doubles)
            try await synthesizer.prepare(Self.voice, sampleRate: 16000)
            #expect(doubles.count(.opened, of: .qwenSynthesis) == 1)
            for text in ["One.", "Two.", "Three."] {
                _ = try await SynthesizerConformance.speak(synthesizer, text, voice: Self.voice)
            }
            #expect(doubles.count(.opened, of: .qwenSynthesis) == 1)
            #expect(doubles.stage.journal.all.count { $0.event == .request && $0.detail == "commit" } == 3)
            let other = VoiceRequest(name: "Ethan", language: "en-US")
            _ = try await SynthesizerConformance.speak(synthesizer, "One.", voice: other)
            #expect(doubles.count(.opened, of: .qwenSynthesis) == 2)
            _ = try await SynthesizerConformance.speak(synthesizer, SynthesizerConformance.long, voice: Self.voice)
            #expect(doubles.count(.opened, of: .qwenSynthesis) == 3)
            #expect(doubles.stage.journal.all.contains { $0.event == .request && $0.detail == "server_commit" })
        }
    }

    /// A session that the service has closed meanwhile costs a new one, not a sentence.
    @Test func deadSessions() async throws {
        let cut = Rule(wire: .qwenSynthesis, skip: 1, times: 1, fault: .cut(after: 0))
        try await SocketRig.run(cut) { doubles in
            let synthesizer = Self.synthesizer(doubles)
            for text in ["One.", "Two."] {
                let samples = try await SynthesizerConformance.speak(synthesizer, text, voice: Self.voice)
                #expect(!samples.isEmpty)
            }
            #expect(doubles.count(.opened, of: .qwenSynthesis) == 2)
        }
    }

    /// After an interruption the next sentence is itself, without a trace of the one before.
    @Test func noLateAudio() async throws {
        let slow = Rule(wire: .qwenSynthesis, skip: 1, times: 1, betweenMs: 5)
        try await SocketRig.run(slow) { doubles in
            let synthesizer = Self.synthesizer(doubles)
            let clean = try await SynthesizerConformance.speak(synthesizer, "Then this.", voice: Self.voice)
            let began = Gate()
            let work = Task {
                try await synthesizer.synthesize(
                    SynthesisRequest(
                        text: "This is a sentence that is going to be interrupted.", voice: Self.voice,
                        sampleRate: 16000)
                ) { _ in began.open() }
            }
            await began.pass()
            let cancelled = ContinuousClock.now
            work.cancel()
            let result = await work.result
            #expect(throws: CancellationError.self) { try result.get() }
            #expect(ContinuousClock.now - cancelled < .seconds(1))
            #expect(try await SynthesizerConformance.speak(synthesizer, "Then this.", voice: Self.voice) == clean)
        }
    }

    @Test func measuresFirstAudio() async throws {
        let slow = Rule(wire: .qwenSynthesis, firstMs: 120)
        try await SocketRig.run(slow) { doubles in
            let delays = Collected<Duration>()
            let synthesizer = Self.synthesizer(doubles) { delays.add($0) }
            _ = try await SynthesizerConformance.speak(synthesizer, "One two three four.", voice: Self.voice)
            #expect(delays.count == 1)
            #expect(delays.all.allSatisfy { $0 >= .milliseconds(115) })
        }
    }

    // MARK: - Faults

    private func failure(
        _ rule: Rule, key: String = "key", voice: VoiceRequest = Self.voice, text: String = "A sentence to be spoken."
    ) async throws -> ProviderError? {
        try await SocketRig.run(rule) { doubles in
            do {
                _ = try await SynthesizerConformance.speak(Self.synthesizer(doubles, key: key), text, voice: voice)
                return nil
            } catch { return try #require(error as? ProviderError) }
        }
    }

    @Test(arguments: ["A sentence to be spoken.", SynthesizerConformance.long])
    func faults(_ text: String) async throws {
        #expect(try await failure(Rule(fault: .cut(after: 0)), text: text)?.code == .unavailable)
        #expect(try await failure(Rule(fault: .cut(after: 3)), text: text)?.code == .unavailable)
        #expect(try await failure(Rule(fault: .malformed(after: 1)), text: text)?.code == .protocolViolation)
        #expect(try await failure(Rule(fault: .status(429, retryAfter: 3)), text: text)?.code == .rateLimited)
        #expect(try await failure(Rule(fault: .status(503)), text: text)?.code == .unavailable)
        #expect(try await failure(Rule(fault: .silent), text: text) == nil)
    }

    @Test func refusals() async throws {
        #expect(try await failure(Rule(), key: "wrong-key")?.code == .rejected)
        let nobody = VoiceRequest(name: "Nobody", language: "en-US")
        let error = try await failure(Rule(), voice: nobody)
        #expect(error?.code == .rejected)
        #expect(error?.message.contains("invalid_value") == true)
    }

    /// An error event on a session in use fails the one sentence.
    @Test func errorEvents() async throws {
        let rule = Rule(wire: .qwenSynthesis, skip: 1, times: 1, fault: .status(429))
        try await SocketRig.run(rule) { doubles in
            let synthesizer = Self.synthesizer(doubles)
            _ = try await SynthesizerConformance.speak(synthesizer, "One.", voice: Self.voice)
            let error = await #expect(throws: ProviderError.self) {
                try await SynthesizerConformance.speak(synthesizer, "Two.", voice: Self.voice)
            }
            #expect(error?.code == .rateLimited)
            let samples = try await SynthesizerConformance.speak(synthesizer, "Three.", voice: Self.voice)
            #expect(!samples.isEmpty)
        }
    }

    @Test func stallIsCancelled() async throws {
        let rule = Rule(fault: .stall(after: 1))
        try await SocketRig.run(rule) { doubles in
            let began = Gate()
            let work = Task {
                try await Self.synthesizer(doubles).synthesize(
                    SynthesisRequest(text: "A sentence to be spoken.", voice: Self.voice, sampleRate: 16000)
                ) { _ in began.open() }
            }
            await began.pass()
            work.cancel()
            let result = await work.result
            #expect(throws: CancellationError.self) { try result.get() }
        }
    }

    @Test func keyStaysSecret() async throws {
        let canary = "sk-canary-77aa"
        let faults: [Fault] = [.status(401), .status(429), .status(500), .cut(after: 0), .malformed(after: 0)]
        for fault in faults {
            let error = try await failure(Rule(fault: fault), key: canary)
            #expect(error != nil)
            #expect(!String(reflecting: error).contains(canary))
        }
        let nobody = VoiceRequest(name: "Nobody", language: "en-US")
        let error = try await failure(Rule(), key: canary, voice: nobody)
        #expect(!String(reflecting: error).contains(canary))
    }

    // MARK: - Decisions

    @Test func languages() {
        #expect(QwenVoice.language("zh-Hans-CN") == "Chinese")
        #expect(QwenVoice.language("PT_br") == "Portuguese")
        #expect(QwenVoice.language("en") == "English")
        #expect(QwenVoice.language("nl-NL") == "Auto")
        #expect(QwenVoice.language("") == "Auto")
    }

    @Test func longTextsAreReadAloud() {
        func mode(_ count: Int) -> QwenVoice.Mode {
            QwenVoice(
                SynthesisRequest(text: String(repeating: "a", count: count), voice: Self.voice, sampleRate: 16000)
            ).mode
        }
        #expect(mode(QwenVoice.longestCommit) == .commit)
        #expect(mode(QwenVoice.longestCommit + 1) == .serverCommit)
    }
}
