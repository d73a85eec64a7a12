import Network
import Telemetry
import Testing

/// What operators read of a conversation.
@Suite(.timeLimit(.minutes(1)))
struct MetricsTests {
    @Test func aConversationIsCountedAndItsWordsAreNot() async throws {
        var engines = try ScriptedEngines()
        engines.answer = ["Canary answer."]
        engines.sentence = .milliseconds(500)
        try await withServer(["talker": ProjectText.single()], engines: engines) { test in
            let caller = try await test.call("/bridge/talker?uuid=canaryuser")
            #expect(test.metric("parley_conversations_open") == 1)
            try caller.say(["type": "input_text", "text": "canary question"])
            _ = try await caller.until("response.done")
            try caller.say(["type": "canarytype", "canary": "canary"])
            _ = try await caller.until("warning")
            #expect(test.metric(#"parley_responses_total{status="completed"}"#) == 1)
            #expect(test.metric("parley_audio_sent_milliseconds_total") == 500)
            #expect(test.metric("parley_first_audio_seconds_count") == 1)
            let (writer, voice) = (
                #"provider="Test/Writer",kind="generation""#, #"provider="Test/Voice",kind="synthesis""#
            )
            #expect(test.metric("parley_provider_requests_total{\(writer),outcome=\"completed\"}") == 1)
            #expect(test.metric("parley_provider_requests_total{\(voice),outcome=\"completed\"}") == 1)
            #expect(test.metric("parley_provider_first_piece_seconds_count{\(voice)}") == 1)
            #expect(test.metric("parley_provider_characters_total{\(writer)}") == 14)
            #expect(test.metric("parley_provider_audio_milliseconds_total{\(voice)}") == 500)
            #expect(test.metric(#"parley_bad_input_total{code="unknown_type"}"#) == 1)
            // The parts of the time to the first audio sum to it.
            let parts = ["endpointing", "transcription", "first_token", "sentence", "synthesis", "sending"].map {
                test.metric("parley_first_audio_part_seconds_sum{part=\"\($0)\"}") ?? .nan
            }
            let total = try #require(test.metric("parley_first_audio_seconds_sum"))
            #expect(abs(parts.reduce(0, +) - total) < 1e-9)
            caller.socket.close()
            let ended = try await test.logged("conversation ends")
            #expect(test.metric("parley_conversations_open") == 0)
            #expect(!test.metrics.render().lowercased().contains("canary"))
            #expect(!ended.lowercased().contains("canary"))
        }
    }

    @Test func anAttemptThatFailedIsLoggedAndCountedWithoutWords() async throws {
        var engines = try ScriptedEngines()
        engines.answer = ["Canary answer, which nobody can say."]
        engines.voicesFail = true
        try await withServer(["talker": ProjectText.single()], engines: engines) { test in
            let caller = try await test.call("/bridge/talker")
            try caller.say(["type": "input_text", "text": "canary question"])
            // It comes when all have reported, be that before `response.done` or after it.
            let usage = try #require(try await caller.until("turn.usage").last)
            let line = try await test.logged("a provider failed")
            #expect(line.contains("Test/Voice") && line.contains("synthesis") && line.contains("unavailable"))
            #expect(!line.lowercased().contains("canary"))
            let series =
                #"parley_provider_requests_total{provider="Test/Voice",kind="synthesis",outcome="unavailable"}"#
            // The sentence, and the line that says that there is no answer.
            #expect(test.metric(series) == 2)
            let providers = try #require(usage["providers"] as? [[String: Any]])
            #expect(providers.compactMap { $0["provider"] as? String } == ["Test/Writer", "Test/Voice"])
            #expect(providers.last?["failures"] as? Int == 2)
        }
    }
}
