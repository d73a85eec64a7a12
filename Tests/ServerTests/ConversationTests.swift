import AudioCore
import Foundation
import Network
import ProviderKit
import Server
import Testing

/// Whole conversations over the socket.
@Suite(.timeLimit(.minutes(1)))
struct ConversationTests {
    // MARK: - Order

    /// What is told beside the turn itself: where speech is, and what the turn before has cost.
    private static let asides: Set = ["speech.started", "speech.stopped", "turn.usage"]

    private func expectOrder(_ all: [[String: Any]], speakers: [String]) throws {
        let events = all.filter { !Self.asides.contains($0["type"] as? String ?? "") }
        let types = events.types
        #expect(types.first == "response.audio_transcript.done")
        #expect(types.last == "response.done")
        for type in ["response.created", "response.audio.done", "response.done"] {
            #expect(types.count { $0 == type } == 1, "\(type)")
        }
        func indices(_ type: String, _ role: String? = nil) -> [Int] {
            events.indices.filter {
                types[$0] == type && (role == nil || events[$0]["role"] as? String == role)
            }
        }
        let created = try #require(types.firstIndex(of: "response.created"))
        let done = try #require(types.firstIndex(of: "response.audio.done"))
        let audio = indices("response.audio.delta")
        #expect(audio.allSatisfy { created < $0 && $0 < done })
        #expect(indices("response.text.delta").allSatisfy { created < $0 && $0 < done })
        for speaker in speakers {
            let (text, sound) = (indices("response.text.delta", speaker), indices("response.audio.delta", speaker))
            let (firstText, firstSound) = (try #require(text.first), try #require(sound.first))
            #expect(firstText < firstSound, "the words of \(speaker) are shown before they sound")
            #expect(indices("response.text.done", speaker).count == 1)
        }
        // Never two at once: the roles of the audio change only from one speaker to the next.
        let turns = audio.compactMap { events[$0]["role"] as? String }.reduce(into: [String]()) { turns, role in
            if turns.last != role { turns.append(role) }
        }
        #expect(turns == speakers)
    }

    @Test func aTypedTurnIsAnswered() async throws {
        try await withServer { test in
            let caller = try await test.connect()
            let greeting = try await caller.next()
            #expect(greeting["type"] as? String == "session.created")
            let session = try #require(greeting["session"] as? [String: Any])
            #expect(session["project"] as? String == "talker")
            #expect((session["id"] as? String)?.hasPrefix("conv_") == true)
            for _ in 0..<2 {
                try caller.say(["type": "input_text", "text": "What about bonds?"])
                let events = try await caller.until("response.done")
                try expectOrder(events, speakers: ["Ada"])
                let question = events.first { $0["type"] as? String == "response.audio_transcript.done" }
                #expect(question?["text"] as? String == "What about bonds?")
                #expect(events.last?["status"] as? String == "completed")
                let words = try #require(events.last { $0["type"] as? String == "response.text.done" })
                #expect(words["text"] as? String == ScriptedEngines.words)
            }
        }
    }

    @Test func agentsOfAFlowSpeakInTurn() async throws {
        try await withServer(["flow": ProjectText.flow]) { test in
            let caller = try await test.call()
            try caller.say(["type": "input_text", "text": "What about bonds?"])
            let events = try await caller.until("response.done")
            try expectOrder(events, speakers: ["Ada", "Bob"])
            let texts = events.filter { $0["type"] as? String == "response.text.done" }
            let written = Set(texts.compactMap { $0["role"] as? String })
            #expect(written == ["Ada", "Bob", "Cleo"])
        }
    }

    /// The last agent of a flow may be one whose answer is shown and whose summary is spoken.
    @Test func aSpokenSummaryIsWaitedFor() async throws {
        var engines = try ScriptedEngines()
        engines.answer = Array(repeating: "Buy some government bonds with a short term. ", count: 5)
        let project = ProjectText.single().replacing(
            "audio_config:", with: "    summarize_config: {enable_summarize: true}\naudio_config:")
        try await withServer(["talker": project], engines: engines) { test in
            let caller = try await test.call()
            try caller.say(["type": "input_text", "text": "x"])
            try expectOrder(try await caller.until("response.done"), speakers: ["Ada"])
        }
    }

    @Test func allAudioComesWithoutPlaybackSignals() async throws {
        var engines = try ScriptedEngines()
        engines.sentence = .milliseconds(700)
        try await withServer(engines: engines) { test in
            let caller = try await test.call()
            try caller.say(["type": "input_text", "text": "x"])
            let bytes = try await caller.until("response.done").compactMap { $0["delta"] as? String }
                .compactMap { Data(base64Encoded: $0)?.count }.reduce(0, +)
            // Two sentences; the text deltas are under another name.
            #expect(bytes == 2 * 2 * Duration.milliseconds(700).samples(at: 16000))
        }
    }

    @Test func cancellingNothingDoesNothing() async throws {
        try await withServer { test in
            let caller = try await test.call()
            try caller.say(["type": "response.cancel"])
            try caller.say(["type": "playback.stopped"])
            try caller.say(["type": "input_text", "text": "x"])
            try expectOrder(try await caller.until("response.done"), speakers: ["Ada"])
        }
    }

    @Test func typingOverAnAnswerInterruptsIt() async throws {
        var engines = try ScriptedEngines()
        engines.sentence = .seconds(30)
        try await withServer(["flow": ProjectText.flow], engines: engines) { test in
            let caller = try await test.call()
            try caller.say(["type": "input_text", "text": "one"])
            _ = try await caller.until("response.audio.delta")
            try caller.say(["type": "input_text", "text": "two"])
            _ = try await caller.until("response.interrupted")
            try caller.say(["type": "response.cancel"])
            let rest = try await caller.until("response.done")
            #expect(!rest.types.contains("response.audio.delta"))
            #expect(rest.last?["status"] as? String == "interrupted")
            let next = try await caller.until("response.created")
            #expect((next.last?["response_id"] as? String)?.wholeMatch(of: /resp_[0-9a-f]{12}_2/) != nil)
            #expect(test.metric("parley_interruptions_total") == 1)
        }
    }

    // MARK: - The tutorial's dialect

    /// `data.chunk`, no `start_recording`, and binary frames that hold JSON.
    @Test(arguments: [false, true])
    func aSpokenTurnIsAnswered(isBinary: Bool) async throws {
        let speech = try await SpeechSample.sentence()
        try await withServer { test in
            let caller = try await test.call()
            let samples = speech + [Int16](repeating: 0, count: 16000)
            for start in stride(from: 0, to: samples.count, by: 1600) {
                let chunk = Data(PCM16.bytes(littleEndian: Array(samples[start..<min(start + 1600, samples.count)])))
                let message: [String: Any] = [
                    "type": "input_audio_buffer.append", "data": ["chunk": chunk.base64EncodedString()],
                ]
                let bytes = Array(try JSONSerialization.data(withJSONObject: message))
                if isBinary { caller.socket.send(bytes) } else { caller.socket.send(utf8: bytes) }
            }
            let events = try await caller.until("response.done")
            let question = events.first { $0["type"] as? String == "response.audio_transcript.done" }
            #expect(question?["text"] as? String == "what about bonds")
            try expectOrder(events.filter { $0["type"] as? String != "turn.metrics" }, speakers: ["Ada"])
            #expect(events.types.contains("turn.metrics"))
            let received = try #require(test.metric("parley_audio_received_milliseconds_total"))
            #expect(abs(received - Duration.samples(samples.count, at: 16000).milliseconds) < 5)
        }
    }

    @Test func recordingCommandsAreConfirmed() async throws {
        try await withServer { test in
            let caller = try await test.call()
            try caller.say(["command": "start_recording"])
            #expect(try await caller.next()["type"] as? String == "recording_started")
            try caller.say(["command": "stop_recording"])
            // In push-to-talk a press is the beginning of speech.
            #expect(try await caller.until("recording_stopped").types.contains("speech.started"))
        }
    }

    // MARK: - Trouble of the engines

    @Test func aLostVoiceLeavesItsWords() async throws {
        var engines = try ScriptedEngines()
        engines.voicesFail = true
        try await withServer(engines: engines) { test in
            let caller = try await test.call()
            try caller.say(["type": "input_text", "text": "x"])
            let events = try await caller.until("response.done")
            #expect(events.contains { $0["code"] as? String == "synthesis_failed" })
            #expect(events.last?["status"] as? String == "completed")
            #expect(events.contains { $0["text"] as? String == ScriptedEngines.words })
            // The last is the line that says so.
            #expect(test.metric("parley_synthesis_failures_total") == 3)
        }
    }
}
