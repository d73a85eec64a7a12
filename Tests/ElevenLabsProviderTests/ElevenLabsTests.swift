import AudioCore
import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

@testable import Vendors

/// Both ways to ElevenLabs, at one stand-in.
struct Stand {
    /// Must be seen nowhere.
    static let canary = "canary-77-dont-show-me"
    let rig: Rig
    let sockets: WebSocketClient

    static func with(_ rules: [Rule] = [], _ body: (Stand) async throws -> Void) async throws {
        try await Rig.run(DoublesScript(rules: rules)) { rig in
            let sockets = try WebSocketClient()
            do { try await body(Stand(rig: rig, sockets: sockets)) } catch { Issue.record(error) }
            await sockets.shutDown()
        }
    }

    func settings(key: String = canary) -> ElevenLabsSettings {
        var settings = ElevenLabsSettings(key: Secret(key))
        settings.baseURL = rig.url
        return settings
    }

    func overSockets(key: String = canary, model: String = "eleven_turbo_v2_5") -> ElevenLabsSynthesizer {
        ElevenLabsSynthesizer(model: model, settings: settings(key: key), client: sockets)
    }

    func overHTTP(key: String = canary) -> ElevenLabsHTTPSynthesizer {
        ElevenLabsHTTPSynthesizer(settings: settings(key: key), client: rig.client)
    }
}

@Suite(.serialized) struct ElevenLabsTests {
    @Test func socketsKeepToTheProtocol() async throws {
        try await Stand.with { stand in
            try await SynthesizerConformance.check(stand.overSockets(), voice: VoiceRequest())
        }
    }

    @Test func streamsKeepToTheProtocol() async throws {
        try await Stand.with { stand in
            try await SynthesizerConformance.check(stand.overHTTP(), voice: VoiceRequest(name: "George"))
        }
    }

    @Test(arguments: [16000, 11025]) func wordsCoverTheTextInOrder(rate: Int) async throws {
        let text = "Buy some government bonds, with a short term; then wait — for a year! Or two…"
        try await Stand.with { stand in
            for synthesizer in [stand.overSockets(), stand.overHTTP()] as [any SpeechSynthesizer] {
                let pieces = Collected<SynthesisPiece>()
                try await synthesizer.synthesize(
                    SynthesisRequest(text: text, voice: VoiceRequest(), sampleRate: rate)
                ) { pieces.add($0) }
                var words: [WordTiming] = []
                var samples = 0
                for piece in pieces.all {
                    switch piece {
                    case .words(let more): words += more
                    case .audio(let chunk): samples += chunk.samples.count
                    }
                }
                let characters = Array(text)
                let spoken = words.map { String(characters[$0.range]) }.joined(separator: " ")
                #expect(spoken == text)
                #expect(zip(words, words.dropFirst()).allSatisfy { $0.end <= $1.start && $0.start <= $0.end })
                let duration = Duration.samples(samples, at: rate)
                #expect(try #require(words.last).end <= duration + .milliseconds(50))
                #expect(try #require(words.last).end > duration * 3 / 4, "times add up over the chunks")
            }
        }
    }

    @Test func theSecondUtteranceOpensNoSocket() async throws {
        try await Stand.with { stand in
            let synthesizer = stand.overSockets()
            try await synthesizer.prepare(voice: VoiceRequest(), sampleRate: 16000)
            for _ in 0..<8 {
                let samples = try await SynthesizerConformance.speak(synthesizer, "Again.", voice: VoiceRequest())
                #expect(!samples.isEmpty)
            }
            #expect(synthesizer.sockets.openedCount == 1)
            #expect(stand.rig.events(of: .elevenLabsSocket).count { $0 == .opened } == 1)
        }
    }

    /// The context of a cancelled utterance is closed, its socket used again, and none of its audio comes in the next.
    @Test func cancellationClosesTheContext() async throws {
        let rule = Rule(wire: .elevenLabsSocket, times: 6, betweenMs: 40)
        try await Stand.with([rule]) { stand in
            let synthesizer = stand.overSockets()
            let plain = try await SynthesizerConformance.speak(stand.overSockets(), "Short.", voice: VoiceRequest())
            for _ in 0..<3 {
                let began = Gate()
                let speaking = Task {
                    let request = SynthesisRequest(
                        text: "This is a long sentence, of which only the beginning is heard.", voice: VoiceRequest(),
                        sampleRate: 16000)
                    try await synthesizer.synthesize(request) { if case .audio = $0 { began.open() } }
                }
                await began.pass()
                speaking.cancel()
                let result = await speaking.result
                #expect(throws: CancellationError.self) { try result.get() }
                let next = try await SynthesizerConformance.speak(synthesizer, "Short.", voice: VoiceRequest())
                #expect(next == plain)
            }
            #expect(synthesizer.sockets.openedCount == 1)
            #expect(stand.rig.events(of: .elevenLabsSocket).count { $0 == .cancelled } >= 1)
        }
    }

    @Test func speedIsClampedAndVoicesAreFound() async throws {
        let settings = ElevenLabsSettings(key: Secret("k"))
        #expect(settings.voiceSettings(VoiceRequest(speed: 3))?["speed"]?.double == 1.2)
        #expect(settings.voiceSettings(VoiceRequest(speed: 0.25))?["speed"]?.double == 0.7)
        #expect(settings.voiceSettings(VoiceRequest()) == nil)
        #expect(settings.voice(VoiceRequest()) == settings.defaultVoice)
        #expect(settings.voice(VoiceRequest(name: "George")) == "JBFqnCBsd6RMkjVDRZzb")
        #expect(settings.voice(VoiceRequest(name: "abcdefghij0123456789")) == "abcdefghij0123456789")
        let german = VoiceRequest(language: "de-DE")
        #expect(ElevenLabsSettings.language(german, model: "eleven_turbo_v2_5") == "de")
        #expect(ElevenLabsSettings.language(german, model: "eleven_multilingual_v2") == nil)
        #expect([8000, 11025, 16000, 24000, 96000].map(ElevenLabsSettings.rate) == [8000, 16000, 16000, 24000, 48000])
        try await Stand.with { stand in
            for synthesizer in [stand.overSockets(), stand.overHTTP()] as [any SpeechSynthesizer] {
                let text = "One sentence to be spoken."
                let slow = try await SynthesizerConformance.speak(synthesizer, text, voice: VoiceRequest(speed: 0.5))
                let fast = try await SynthesizerConformance.speak(synthesizer, text, voice: VoiceRequest(speed: 2))
                #expect(slow.count > fast.count * 5 / 4)
            }
        }
    }
}

@Suite(.serialized) struct ElevenLabsFaultTests {
    private static let faults: [(Fault, ProviderError.Code)] = [
        (.status(401), .rejected), (.status(402), .rejected), (.status(403), .rejected),
        (.status(429, retryAfter: 2), .rateLimited), (.status(503), .unavailable), (.cut(after: 0), .unavailable),
        (.cut(after: 1), .unavailable), (.malformed(after: 0), .protocolViolation),
        (.malformed(after: 1), .protocolViolation), (.silent, .unavailable),
    ]

    @Test(arguments: faults) func everyFaultIsAnErrorOfItsKind(fault: Fault, code: ProviderError.Code) async throws {
        for wire in [Wire.elevenLabsSocket, .elevenLabsHTTP] {
            try await Stand.with([Rule(wire: wire, times: 1, fault: fault)]) { stand in
                let synthesizer: any SpeechSynthesizer =
                    wire == .elevenLabsSocket ? stand.overSockets() : stand.overHTTP()
                let error = await #expect(throws: ProviderError.self) {
                    try await SynthesizerConformance.speak(synthesizer, "Say something, please.", voice: VoiceRequest())
                }
                #expect(error?.code == code, "\(wire)")
                #expect(!"\(String(describing: error))".contains(Stand.canary))
                let after = try await SynthesizerConformance.speak(synthesizer, "Well again.", voice: VoiceRequest())
                #expect(!after.isEmpty)
            }
        }
    }

    /// On a socket that is open already, ElevenLabs tells its refusals in frames.
    @Test(arguments: [
        (401, ProviderError.Code.rejected, "invalid_api_key"), (402, .rejected, "quota_exceeded"),
        (429, .rateLimited, "too_many_concurrent_requests"),
    ])
    func refusalsInFrames(status: Int, code: ProviderError.Code, name: String) async throws {
        try await Stand.with { stand in
            let synthesizer = stand.overSockets()
            try await synthesizer.prepare(voice: VoiceRequest(), sampleRate: 16000)
            stand.rig.stage.play(DoublesScript(rules: [Rule(times: 1, fault: .status(status))]))
            let error = await #expect(throws: ProviderError.self) {
                try await SynthesizerConformance.speak(synthesizer, "Refused.", voice: VoiceRequest())
            }
            #expect(error?.code == code && error?.message == "ElevenLabs failed (\(name))")
        }
    }

    @Test func wrongKeysAndUnknownVoicesAreRejected() async throws {
        try await Stand.with { stand in
            let wrong =
                [stand.overSockets(key: "wrong-key"), stand.overHTTP(key: "wrong-key")]
                as [any SpeechSynthesizer]
            for synthesizer in wrong {
                let error = await #expect(throws: ProviderError.self) {
                    try await SynthesizerConformance.speak(synthesizer, "Nothing.", voice: VoiceRequest())
                }
                #expect(error?.code == .rejected && error?.message == "HTTP 401 (invalid_api_key)")
            }
            for synthesizer in [stand.overSockets(), stand.overHTTP()] as [any SpeechSynthesizer] {
                let error = await #expect(throws: ProviderError.self) {
                    try await SynthesizerConformance.speak(synthesizer, "x", voice: VoiceRequest(name: "Nobody/../x"))
                }
                #expect(error?.code == .rejected)
            }
        }
    }

    @Test(arguments: [Wire.elevenLabsSocket, .elevenLabsHTTP]) func aStallCanBeCancelled(wire: Wire) async throws {
        try await Stand.with([Rule(wire: wire, times: 1, fault: .stall(after: 1))]) { stand in
            let synthesizer: any SpeechSynthesizer = wire == .elevenLabsSocket ? stand.overSockets() : stand.overHTTP()
            let began = Gate()
            let speaking = Task {
                try await synthesizer.synthesize(
                    SynthesisRequest(text: "Say something.", voice: VoiceRequest(), sampleRate: 16000)
                ) { _ in began.open() }
            }
            await began.pass()
            speaking.cancel()
            let result = await speaking.result
            #expect(throws: CancellationError.self) { try result.get() }
        }
    }

    /// ElevenLabs hangs up on a silent client; who speaks afterwards does not notice.
    @Test func aSocketThatDiedIdleGoesUnnoticed() async throws {
        let standIn = ElevenLabsStandIn(inactivityLimit: .milliseconds(300))
        try await Rig.run(standIns: [standIn]) { rig in
            let client = try WebSocketClient()
            let synthesizer = Stand(rig: rig, sockets: client).overSockets()
            try await synthesizer.prepare(voice: VoiceRequest(), sampleRate: 16000)
            while !rig.events(of: .elevenLabsSocket).contains(.closed) { await Task.yield() }
            let samples = try await SynthesizerConformance.speak(synthesizer, "Still here.", voice: VoiceRequest())
            #expect(!samples.isEmpty && synthesizer.sockets.openedCount == 2)
            await client.shutDown()
        }
    }
}
