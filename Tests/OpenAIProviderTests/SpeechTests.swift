import AudioCore
import Doubles
import DoublesRig
import ProviderConformance
import ProviderKit
import Telemetry
import Testing
import Vendors

struct SpeechTests {
    private static let canary = "sk-canary-90aa"
    private static let utterance = [Int16](repeating: 4000, count: 16000)

    private func voice(_ rig: Rig, key: String = canary) -> OpenAIVoice {
        OpenAIVoice(
            model: "gpt-4o-mini-tts", endpoint: OpenAIEndpoint(baseURL: "\(rig.url)/v1", key: Secret(key)),
            client: rig.client)
    }

    private func ears(_ rig: Rig, model: String = "gpt-4o-transcribe", key: String = canary) -> OpenAITranscriber {
        OpenAITranscriber(
            model: model, endpoint: OpenAIEndpoint(baseURL: "\(rig.url)/v1", key: Secret(key)), client: rig.client)
    }

    private static let faults: [(Fault, ProviderError.Code)] = [
        (.status(401), .rejected), (.status(429, retryAfter: 3), .rateLimited), (.status(503), .unavailable),
        (.cut(after: 0), .unavailable), (.cut(after: 1), .unavailable),
    ]

    // MARK: Voice

    @Test func keepsToWhatSynthesisersDo() async throws {
        try await Rig.run { rig in
            try await SynthesizerConformance.check(voice(rig), voice: VoiceRequest(name: "coral"))
        }
    }

    @Test func speedAndDefaultVoiceReachTheService() async throws {
        try await Rig.run { rig in
            let text = "One sentence to be spoken."
            let normal = try await SynthesizerConformance.speak(voice(rig), text, voice: VoiceRequest())
            let slow = try await SynthesizerConformance.speak(voice(rig), text, voice: VoiceRequest(speed: 0.5))
            #expect(slow.count > normal.count * 3 / 2)
        }
    }

    @Test(arguments: faults + [(.silent, .unavailable)])
    func everyFaultOfAVoiceIsAnErrorOfItsKind(fault: Fault, code: ProviderError.Code) async throws {
        try await Rig.run(Rule(fault: fault)) { rig in
            let error = await #expect(throws: ProviderError.self) {
                try await SynthesizerConformance.speak(voice(rig), "Say something, please.", voice: VoiceRequest())
            }
            #expect(error?.code == code)
            #expect(error?.description.contains("canary") == false)
        }
    }

    @Test func aVoiceThatIsNotThereIsRejected() async throws {
        try await Rig.run { rig in
            let error = await #expect(throws: ProviderError.self) {
                try await SynthesizerConformance.speak(voice(rig), "Hello.", voice: VoiceRequest(name: "nobody"))
            }
            #expect(error?.message == "HTTP 400 (invalid_value)")
        }
    }

    /// A stream that stalls ends with cancellation.
    @Test func aStalledVoiceCanBeCancelled() async throws {
        try await Rig.run(Rule(fault: .stall(after: 1))) { rig in
            let began = Gate()
            let synthesizer = voice(rig)
            let speaking = Task {
                try await synthesizer.synthesize(
                    SynthesisRequest(text: "Say something.", voice: VoiceRequest(), sampleRate: 16000)
                ) { _ in began.open() }
            }
            await began.pass()
            speaking.cancel()
            let result = await speaking.result
            #expect(throws: CancellationError.self) { try result.get() }
            while !rig.events(of: .openAISpeech).contains(.cancelled) { await Task.yield() }
        }
    }

    // MARK: Ears

    @Test(arguments: ["gpt-4o-transcribe", "whisper-1"])
    func transcribesWhatIsLoud(model: String) async throws {
        try await Rig.run { rig in
            for width in [1600, 16000] {
                let transcripts = try await RecognizerConformance.recognize(
                    ears(rig, model: model), Self.utterance, width: width)
                #expect(transcripts.last == Transcript(text: "hello there", isFinal: true))
                #expect(transcripts.dropLast().map(\.text) == (model == "whisper-1" ? [] : ["hello", "hello there"]))
            }
            let silence = [Int16](repeating: 0, count: 16000)
            #expect(
                try await RecognizerConformance.recognize(ears(rig, model: model), silence)
                    == [Transcript(text: "", isFinal: true)])
        }
    }

    /// The utterance so far is transcribed at a pause, and all of it when the caller goes on.
    @Test func wordsAreSettledAtPauses() async throws {
        try await Rig.run(Rule(text: ["one", "one two"])) { rig in
            let heard = try await PauseConformance.check(ears(rig), before: Self.utterance, after: Self.utterance)
            #expect(heard == ("one", "one two", "one two"))
            #expect(rig.events(of: .openAITranscriptions).filter { $0 == .request }.count == 2, "none at the end")
        }
        try await Rig.run { rig in
            let whole = try await PauseConformance.goOnAtOnce(ears(rig), before: Self.utterance, after: Self.utterance)
            #expect(whole == "hello there")
        }
    }

    /// Too short to hold a word: the service would refuse it.
    @Test func nothingIsAskedWhenNothingWasSaid() async throws {
        try await Rig.run { rig in
            for samples in [[], [Int16](repeating: 4000, count: 1599)] {
                let transcripts = try await RecognizerConformance.recognize(ears(rig), samples)
                #expect(transcripts == [Transcript(text: "", isFinal: true)])
            }
            #expect(rig.events(of: .openAITranscriptions).isEmpty)
        }
    }

    @Test(arguments: faults + [(.malformed(after: 0), .protocolViolation), (.malformed(after: 1), .protocolViolation)])
    func everyFaultOfEarsIsAnErrorOfItsKind(fault: Fault, code: ProviderError.Code) async throws {
        try await Rig.run(Rule(text: ["A few scripted words."], fault: fault)) { rig in
            let transcripts = Collected<Transcript>()
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            source.yield(Self.utterance)
            source.finish()
            let error = await #expect(throws: ProviderError.self) {
                try await ears(rig).recognize(audio, language: "en-US") { transcripts.add($0) }
            }
            #expect(error?.code == code, "\(error?.description ?? "-")")
            #expect(error?.description.contains("canary") == false)
            #expect(transcripts.all.allSatisfy { !$0.isFinal })
        }
    }

    @Test func lateAndSilentTranscriptsAreTranscripts() async throws {
        try await Rig.run(Rule(text: ["Late."], fault: .lateFinal(60))) { rig in
            let transcripts = try await RecognizerConformance.recognize(ears(rig), Self.utterance)
            #expect(transcripts.last == Transcript(text: "Late.", isFinal: true))
        }
        try await Rig.run(Rule(text: ["Nothing of this."], fault: .silent)) { rig in
            let transcripts = try await RecognizerConformance.recognize(ears(rig), Self.utterance)
            #expect(transcripts == [Transcript(text: "", isFinal: true)])
        }
    }

    @Test func cancelledWhileItListensItAsksNothing() async throws {
        try await Rig.run { rig in
            let (audio, source) = AsyncStream.makeStream(of: [Int16].self)
            let recognizer = ears(rig)
            let listening = Task { try await recognizer.recognize(audio, language: "en-US") { _ in } }
            source.yield(Self.utterance)
            listening.cancel()
            let result = await listening.result
            #expect(throws: CancellationError.self) { try result.get() }
            #expect(rig.events(of: .openAITranscriptions).isEmpty)
        }
    }
}
