import AudioCore
import FliteProvider
import ProjectModel
import ProviderKit
import Synchronization
import Testing

@testable import Session

/// Frames in, frames out: what a client of the bridge sees of whole conversations, on virtual time.
@Suite(.timeLimit(.minutes(2))) struct WholeConversationTests {
    /// A sentence of real speech at 16 kHz, for the network that hears it.
    static func sentence() async throws -> [Int16] {
        let samples = Mutex<[Int16]>([])
        let voice = FliteSynthesizer(workers: BlockingWorkers(name: "a caller", count: 1))
        let request = SynthesisRequest(
            text: "How can I protect my investments?", voice: VoiceRequest(name: "slt"), sampleRate: 16_000)
        try await voice.synthesize(request) { piece in
            if case .audio(let chunk) = piece { samples.withLock { $0 += chunk.samples } }
        }
        return samples.withLock { $0 }
    }

    private static let long = (1...9).map { "This is sentence number \($0) of a plan." }.joined(separator: " ")

    /// A call in which the caller asks, and speaks again while the answer is heard.
    private func interrupted(by words: String?) async throws -> Call {
        let speech = try await Self.sentence()
        var call = Call()
        call.words = ["how can i protect my investments", words]
        call.writers = [ScriptedWriter(clock: call.clock, answer: Self.long)]
        call.silence(1)
        call.say(speech)
        call.silence(6)
        call.say(speech)
        call.silence(30)
        return call
    }

    @Test func aSpokenTurnAndAnInterruption() async throws {
        var call = try await interrupted(by: "what about stocks")
        call.send(#"{"type": "playback.started"}"#, at: .seconds(5))
        let messages = try call.run(until: .seconds(16))
        let types = messages.map(\.type)
        #expect(types.first == "session.created")
        let order = [
            "speech.started", "speech.stopped", "response.audio_transcript.done", "response.created", "agent.started",
            "response.text.delta", "response.audio.delta", "response.interrupted", "response.done", "response.created",
            "response.audio.delta",
        ]
        var place = 0
        for type in order { place = try #require(messages.place(type, after: place), "\(type) is missing in \(types)") }
        let cut = try #require(messages.place("response.interrupted"))
        let next = try #require(messages.place("response.created", after: cut))
        #expect(!types[cut..<next].contains("response.audio.delta"), "no sound of an interrupted response")
        #expect(messages[cut]["heard"]?.hasPrefix("This is sentence number 1 of a plan.") == true)
        let done = try #require(messages.all("response.done").first)
        #expect(done["status"] == "interrupted" && done["response_id"] == messages[cut]["response_id"])
    }

    /// Who does not know pauses sees an interruption, and an answer that goes on as another response.
    @Test func aPauseThatResumes() async throws {
        let call = try await interrupted(by: "")
        let messages = try call.run(until: .seconds(40))
        let cut = try #require(messages.place("response.interrupted"))
        let done = try #require(messages.place("response.done", after: cut))
        let again = try #require(messages.place("response.created", after: done))
        let (first, second) = (messages[cut]["response_id"], messages[again]["response_id"])
        #expect(messages[done]["response_id"] == first && first != second)
        #expect(messages.all("response.done").map { $0["status"] } == ["interrupted", "completed"])
        #expect(messages.last { $0.type == "response.done" }?["response_id"] == second)
        // Each character is heard, in order; once it goes back, to the beginning of a word.
        let heard = messages.audio
        let steps = zip(heard, heard.dropFirst()).filter { $1 < $0 && $1 != 0 }
        #expect(steps.count <= 1 && heard.count > 60 * 16 * (Self.long.count - 20))
        let texts = messages.all("response.text.delta").compactMap { $0["text"] }
        #expect(texts.contains { $0.hasSuffix("number nine of a plan. ") || $0.hasSuffix("number 9 of a plan. ") })
    }

    @Test func whoKnowsPausesSeesOne() async throws {
        var call = try await interrupted(by: "")
        call.send(#"{"type": "session.update", "pauses": true}"#, at: .milliseconds(50))
        let messages = try call.run(until: .seconds(40))
        #expect(messages.all("session.updated").map { $0.fields["pauses"] as? Bool } == [true])
        let types = messages.map(\.type).filter { $0.hasPrefix("response.") && !$0.contains("delta") }
        #expect(
            types == [
                "response.audio_transcript.done", "response.created", "response.paused",
                "response.audio_transcript.done",
                "response.resumed", "response.text.done", "response.audio.done", "response.done",
            ])
        let ids = Set(messages.compactMap { $0["response_id"] })
        #expect(ids.count == 1, "it keeps its name")
    }

    @Test func aVoiceThatBreaksOffIsReplacedInMidSentence() throws {
        var call = Call()
        call.voices = [ScriptedVoice(name: "Test/Broken", failsAfter: 20), ScriptedVoice(name: "Test/Second")]
        call.writers = [ScriptedWriter(clock: call.clock, answer: "This is one sentence that is long enough to break.")]
        call.send(#"{"type": "input_text", "text": "a question"}"#, at: .seconds(1))
        let messages = try call.run(until: .seconds(20))
        #expect(messages.all("response.done").map { $0["status"] } == ["completed"])
        #expect(messages.all("warning").map { $0["code"] } == ["provider_failover"])
        let length = messages.audio.count
        #expect(length >= 960 * 40 && length <= 960 * 60, "nothing is missing, nothing comes twice: \(length)")
        let usage = try #require(messages.all("turn.usage").first?.fields["providers"] as? [[String: Any]])
        #expect(usage.contains { $0["provider"] as? String == "Test/Broken" && $0["failures"] as? Int == 1 })
    }

    @Test func aModelThatBreaksOffIsReplaced() throws {
        var call = Call()
        let answer = "This is the first sentence of it. And this is the second sentence."
        call.writers = [
            ScriptedWriter(name: "Test/Broken", clock: call.clock, answer: answer, failsAfter: 9),
            ScriptedWriter(name: "Test/Second", clock: call.clock, answer: answer),
        ]
        call.send(#"{"type": "input_text", "text": "a question"}"#, at: .seconds(1))
        let messages = try call.run(until: .seconds(20))
        #expect(messages.all("response.done").map { $0["status"] } == ["completed"])
        #expect(messages.all("response.text.done").compactMap { $0["text"] } == [answer + " "])
    }

    @Test func aModelThatHearsAndSpeaks() async throws {
        let dialogue = ScriptedDialogue()
        var call = Call()
        call.dialogue = dialogue
        call.project.agents[0].languageModel = ModelChain(speechToSpeech: SpeechToSpeechTests.model)
        call.words = ["how can i protect my investments"]
        let speech = try await Self.sentence()
        call.silence(1)
        call.say(speech)
        call.silence(6)
        let messages = try call.run(until: .seconds(12))
        #expect(messages.all("response.text.delta").compactMap { $0["text"] }.joined() == "I hear you.")
        #expect(messages.audio == [1, 2, 3].flatMap { Array(repeating: $0, count: 8000) })
        #expect(messages.all("response.done").map { $0["status"] } == ["completed"])
        let heard = dialogue.inputs.reduce(0) { if case .audio(let samples) = $1 { $0 + samples.count } else { $0 } }
        #expect(heard >= speech.count, "all of what the caller said")
        #expect(dialogue.inputs.contains(.endUtterance(1)))
        #expect(!dialogue.inputs.contains { if case .text = $0 { true } else { false } }, "what is heard is not told")
    }

    @Test func aRecognizerThatFailsEndsInAnApology() async throws {
        var call = Call()
        call.words = [nil]
        call.silence(1)
        call.say(try await Self.sentence())
        call.silence(8)
        let messages = try call.run(until: .seconds(12))
        #expect(messages.all("warning").map { $0["code"] } == ["recognition_failed"])
        let lines = messages.all("response.text.delta")
        #expect(lines.compactMap { $0["text"] } == [Apology.standard(in: "en-US")])
        #expect(lines.allSatisfy { $0.fields["filler"] as? Bool == true })
        #expect(messages.all("response.done").map { $0["status"] } == ["failed"])
        #expect(messages.audio.count == Apology.standard(in: "en-US").count * 960)
    }

    /// A model that thinks for 40 s: what the caller adds meanwhile is a turn at once, and both parts are answered.
    @Test func speechInTheSilenceOfASlowModel() async throws {
        var call = Call()
        call.words = ["how can i protect my investments", "and those of my wife"]
        call.writers = [ScriptedWriter(clock: call.clock, thinking: Turns([.seconds(40), .milliseconds(100)]))]
        let speech = try await Self.sentence()
        call.silence(1)
        call.say(speech)
        call.silence(10)
        let onset = call.position
        call.say(speech)
        call.silence(12)
        let messages = try call.run(until: .seconds(26))
        let starts = messages.all("speech.started").map(\.at)
        #expect(starts.count == 2)
        #expect(starts.last.map { $0 - onset < .milliseconds(500) } == true, "no threshold, no lockout")
        #expect(messages.all("response.done").map { $0["status"] } == ["interrupted", "completed"])
        let created = messages.all("response.created")
        #expect(created.count == 2 && !messages.audio.isEmpty)
        #expect(messages.all("response.audio.delta").allSatisfy { $0["response_id"] == created.last?["response_id"] })
    }

    /// Left alone, it answers in the end, and signs of life are sent meanwhile.
    @Test func aSlowModelIsWaitedFor() throws {
        var call = Call()
        call.writers = [ScriptedWriter(clock: call.clock, thinking: Turns([.seconds(40)]))]
        call.send(#"{"type": "input_text", "text": "a question"}"#, at: .seconds(1))
        let messages = try call.run(until: .seconds(60))
        #expect(
            messages.all("PING").map(\.at) == [15, 30, 45, 60].map { .seconds($0) } || messages.all("PING").count == 3)
        let first = try #require(messages.all("response.audio.delta").first)
        #expect(first.at >= .seconds(41) && first.at < .seconds(43))
        #expect(messages.all("response.done").map { $0["status"] } == ["completed"])
    }

    @Test func aClientThatSendsNonsenseIsTurnedAway() throws {
        var call = Call()
        for number in 0..<12 { call.send("nonsense", at: .milliseconds(100 * (number + 1))) }
        let messages = try call.run(until: .seconds(3))
        #expect(messages.all("warning").first?.fields["in_reply_to"] != nil)
        #expect(messages.all("error").first?["code"] == "too_many_errors")
    }
}
