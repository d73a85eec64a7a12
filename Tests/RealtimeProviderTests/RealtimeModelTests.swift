import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

@testable import Vendors

/// The provider against the stand-ins, in both dialects.
@Suite struct RealtimeModelTests {
    static let dialects: [RealtimeDialect] = [.openAI, .qwen]

    static func wire(_ dialect: RealtimeDialect) -> Wire { dialect == .openAI ? .openAIRealtime : .qwenOmni }

    static func model(_ dialect: RealtimeDialect, _ doubles: SocketRig, key: String = "key") -> RealtimeModel {
        let path = dialect == .openAI ? "/v1" : "/api-ws/v1"
        return RealtimeModel(
            model: dialect == .openAI ? "gpt-realtime" : "qwen3-omni-flash-realtime",
            settings: RealtimeSettings(dialect, key: Secret(key), baseURL: doubles.url + path),
            client: doubles.client)
    }

    /// An answer of some seconds, in pieces that come at the pace of speech's synthesis rather than at once.
    static let answer = Rule(text: ["Your order left the warehouse this morning and arrives tomorrow."], betweenMs: 10)

    @Test(arguments: dialects) func conforms(_ dialect: RealtimeDialect) async throws {
        let utterance = try await spoken("Where is my order?")
        try await SocketRig.run(Self.answer) { doubles in
            try await SpeechToSpeechConformance.check(Self.model(dialect, doubles), utterance: utterance)
        }
    }

    /// Without a script the stand-in really hears, and answers what it heard; the model tells both.
    @Test(arguments: dialects) func hearsAndAnswers(_ dialect: RealtimeDialect) async throws {
        let utterance = try await spoken("hello there")
        try await SocketRig.run() { doubles in
            let call = SpeechToSpeechCall(Self.model(dialect, doubles))
            call.say(utterance, utterance: 3)
            call.inputs.yield(.respond(1))
            #expect(await call.end(of: 1))
            call.inputs.finish()
            try await call.result().get()
            #expect(call.transcript(of: 3) == "hello there")
            #expect(call.text(of: 1) == "You said: hello there")
            #expect(!call.audio(of: 1).isEmpty)
        }
    }

    @Test(arguments: dialects) func tellsWhatItCost(_ dialect: RealtimeDialect) async throws {
        try await SocketRig.run(Self.answer) { doubles in
            let call = SpeechToSpeechCall(Self.model(dialect, doubles))
            call.inputs.yield(.text("Where is my order?"))
            call.inputs.yield(.respond(1))
            await call.end(of: 1)
            call.inputs.finish()
            let usage = call.pieces.all.lazy.compactMap { if case .done(1, let usage) = $0 { usage } else { nil } }
                .first
            #expect((usage?.output ?? 0) > 0)
        }
    }

    /// What the caller heard of an answer that he interrupted is told where the protocol can; the vendor's own record of
    /// the rest goes away.
    @Test(arguments: dialects) func interruptionReachesTheServer(_ dialect: RealtimeDialect) async throws {
        let slow = Rule(text: [SynthesizerConformance.long], betweenMs: 30)
        try await SocketRig.run(slow) { doubles in
            let call = SpeechToSpeechCall(Self.model(dialect, doubles))
            call.inputs.yield(.text("Where is my order?"))
            call.inputs.yield(.respond(1))
            await call.wait { if case .audio = $0 { true } else { false } }
            call.inputs.yield(.cancel(1, heard: .milliseconds(120)))
            call.inputs.yield(.text("Stop."))
            call.inputs.yield(.respond(2))
            await call.wait { if case .audio(2, _) = $0 { true } else { false } }
            call.inputs.finish()
            try await call.result().get()
            let journal = doubles.stage.journal.all.map { "\($0.event) \($0.detail)" }
            #expect(journal.contains { $0.hasPrefix("cancelled resp") })
            #expect(journal.contains("request truncate 120") == (dialect == .openAI))
        }
    }

    /// More was heard than was sent so far: the server is not told a time behind its audio, which it would refuse.
    @Test func truncatesWithinTheAudio() async throws {
        let short = Rule(text: ["Yes."])
        try await SocketRig.run(short) { doubles in
            let call = SpeechToSpeechCall(Self.model(.openAI, doubles))
            call.inputs.yield(.text("Is it here?"))
            call.inputs.yield(.respond(1))
            await call.end(of: 1)
            call.inputs.yield(.cancel(1, heard: .seconds(60)))
            call.inputs.yield(.respond(2))
            #expect(await call.end(of: 2))
            call.inputs.finish()
            try await call.result().get()
            #expect(doubles.count(.refused, of: .openAIRealtime) == 0)
            #expect(doubles.stage.journal.all.contains { $0.detail.hasPrefix("truncate") })
        }
    }

    /// What a project may ask for is within what the server takes, and nothing that it does not know is sent.
    @Test(arguments: dialects, [SamplingRequest(temperature: 0, topP: 0.001, maxTokens: 1), .widest])
    func asksOnlyForWhatTheServerTakes(_ dialect: RealtimeDialect, _ sampling: SamplingRequest) async throws {
        try await SocketRig.run(Self.answer) { doubles in
            let call = SpeechToSpeechCall(Self.model(dialect, doubles), sampling: sampling)
            call.inputs.yield(.text("Where is my order?"))
            call.inputs.yield(.respond(1))
            #expect(await call.end(of: 1))
            call.inputs.finish()
            try await call.result().get()
            #expect(doubles.count(.refused, of: Self.wire(dialect)) == 0)
        }
    }

    @Test func theSessionSaysHowWordsAreChosen() throws {
        let sampling = SamplingRequest(temperature: 0.5, topP: 0.75, maxTokens: 300)
        let request = SpeechToSpeechRequest(
            instructions: "", voice: VoiceRequest(), sampleRate: 16000, sampling: sampling)
        func session(_ dialect: RealtimeDialect, _ request: SpeechToSpeechRequest) throws -> [JSONValue?] {
            let text = dialect.text(of: .session(request), number: 1)
            let session = try #require(JSONValue(text.utf8)?["session"])
            return ["temperature", "top_p", "max_tokens", "max_output_tokens"].map { session[$0] }
        }
        #expect(try session(.openAI, request) == [nil, nil, nil, 300])
        #expect(try session(.qwen, request) == [.double(0.5), .double(0.75), 300, nil])
        var plain = request
        plain.sampling = SamplingRequest()
        for dialect in Self.dialects { #expect(try session(dialect, plain) == [nil, nil, nil, nil]) }
    }

    @Test func theLongestAnswerIsAnOrdinaryOne() {
        let event = RealtimeEvent(
            #"{"type": "response.done", "response": {"id": "r", "status": "incomplete", "status_details": {"reason": "max_output_tokens"}}}"#
        )
        #expect(event == .responseDone("r", .completed, nil))
    }

    /// Foundation's parser ends the process on such a text.
    @Test func aMessageThatNestsTooDeeplyIsNone() {
        #expect(RealtimeEvent(#"{"type": "response.done", "response": "# + String(repeating: "[", count: 512)) == nil)
        #expect(RealtimeEvent(String(repeating: "[", count: 513)) == nil)
    }

    /// What was said on a connection that was lost is told to the next one.
    @Test(arguments: dialects) func tellsHistory(_ dialect: RealtimeDialect) async throws {
        try await SocketRig.run() { doubles in
            let history = [
                ChatMessage(role: .user, content: "Tell me about bonds."),
                ChatMessage(role: .assistant, content: "Bonds are loans."),
            ]
            let call = SpeechToSpeechCall(Self.model(dialect, doubles), history: history)
            call.inputs.yield(.respond(1))
            #expect(await call.end(of: 1))
            call.inputs.finish()
            try await call.result().get()
            #expect(call.text(of: 1).lowercased().contains("bonds"))
            #expect(doubles.count(.refused, of: Self.wire(dialect)) == 0)
        }
    }
}

extension SamplingRequest {
    fileprivate static let widest = SamplingRequest(temperature: 2, topP: 1, maxTokens: 1_000_000)
}
