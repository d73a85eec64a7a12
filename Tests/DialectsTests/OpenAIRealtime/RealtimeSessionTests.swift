import AudioCore
import JSONText
import ProviderKit
import Testing

@testable import Dialects
@testable import Session

/// `session.update`: each field is honoured or refused by name.
@Suite struct RealtimeSessionTests {
    private func update(_ session: String, _ era: RealtimeEra = .current) -> (SessionUpdate?, BadInput?, JSON?) {
        var rig = RealtimeRig(era: era)
        let (signals, events) = rig.send(#"{"type":"session.update","event_id":"mine","session":\#(session)}"#)
        var update: SessionUpdate?
        for case .update(let given) in signals { update = given }
        var problem: BadInput?
        for case .malformed(let given) in signals { problem = given }
        return (update, problem, events.first?["session"])
    }

    @Test(arguments: [
        (#"{"type":"transcription"}"#, "session.type"), (#"{"model":"other"}"#, "session.model"),
        (#"{"nonsense":1}"#, "session.nonsense"), (#"{"not a name":1}"#, "session.?"),
        (#"{"instructions":1}"#, "session.instructions"),
        (#"{"output_modalities":["text","video"]}"#, "session.output_modalities"),
        (#"{"output_modalities":"audio"}"#, "session.output_modalities"),
        (#"{"max_output_tokens":0}"#, "session.max_output_tokens"),
        (#"{"max_output_tokens":1.5}"#, "session.max_output_tokens"),
        (#"{"truncation":"disabled"}"#, "session.truncation"), (#"{"tracing":{}}"#, "session.tracing"),
        (#"{"include":["item.input_audio_transcription.logprobs"]}"#, "session.include"),
        (#"{"prompt":{"id":"p"}}"#, "session.prompt"), (#"{"reasoning":{"effort":"low"}}"#, "session.reasoning"),
        (#"{"parallel_tool_calls":false}"#, "session.parallel_tool_calls"),
        (#"{"tool_choice":"required"}"#, "session.tool_choice"),
        (#"{"tools":[{"type":"mcp"}]}"#, "session.tools[0].type"),
        (#"{"tools":[{"type":"function"}]}"#, "session.tools[0].name"),
        (#"{"tools":[{"name":"a"},{"name":"a"}]}"#, "session.tools[1].name"),
        (#"{"tools":[{"name":"a b"}]}"#, "session.tools[0].name"), (#"{"audio":[]}"#, "session.audio"),
        (#"{"audio":{"input":{"format":{"type":"audio/opus"}}}}"#, "session.audio.input.format.type"),
        (#"{"audio":{"input":{"format":{"type":"audio/pcm","rate":16000}}}}"#, "session.audio.input.format.rate"),
        (#"{"audio":{"input":{"noise_reduction":{"type":"near_field"}}}}"#, "session.audio.input.noise_reduction"),
        (#"{"audio":{"input":{"transcription":{"language":"de"}}}}"#, "session.audio.input.transcription.language"),
        (#"{"audio":{"input":{"transcription":{"prompt":"x"}}}}"#, "session.audio.input.transcription.prompt"),
        (
            #"{"audio":{"input":{"turn_detection":{"type":"server_vad","threshold":2}}}}"#,
            "session.audio.input.turn_detection.threshold"
        ),
        (
            #"{"audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5000}}}}"#,
            "session.audio.input.turn_detection.idle_timeout_ms"
        ),
        (
            #"{"audio":{"input":{"turn_detection":{"type":"semantic_vad","threshold":0.5}}}}"#,
            "session.audio.input.turn_detection.threshold"
        ),
        (
            #"{"audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"huge"}}}}"#,
            "session.audio.input.turn_detection.eagerness"
        ),
        (#"{"audio":{"output":{"voice":"nobody"}}}"#, "session.audio.output.voice"),
        (#"{"audio":{"output":{"speed":3}}}"#, "session.audio.output.speed"),
    ])
    func whatIsNotHadIsRefusedByName(session: String, field: String) {
        let (update, problem, told) = update(session)
        #expect(update == nil && told == nil)
        #expect(problem?.subject?.field == field)
        #expect(problem?.subject?.eventID == "mine")
    }

    @Test func nothingOfAnUpdateCountsThatHoldsAMistake() {
        var rig = RealtimeRig()
        _ = rig.send(#"{"type":"session.update","session":{"instructions":"Sing.","voice":"alloy"}}"#)
        let (_, events) = rig.send(#"{"type":"session.update","session":{}}"#)
        #expect(events.first?[path: "session.instructions"]?.string == "")
    }

    @Test func whatIsHonouredIsTold() throws {
        let (update, _, told) = update(
            #"""
            {"type":"realtime","model":"desk","instructions":"Sing.","output_modalities":["text"],"tracing":"auto",
             "max_output_tokens":200,"tool_choice":"none","tools":[{"type":"function","name":"rate","parameters":{}}],
             "audio":{"input":{"format":{"type":"audio/pcma"},"transcription":{"model":"whisper-1","language":"en"},
               "turn_detection":{"type":"server_vad","threshold":0.7,"prefix_padding_ms":100,"silence_duration_ms":250,
                 "create_response":false,"interrupt_response":false}},
              "output":{"format":{"type":"audio/pcmu"},"voice":"marin","speed":1.25}}}
            """#)
        let orders = try #require(update?.orders)
        #expect(orders.instructions == "Sing." && !orders.isSpoken && orders.maximumTokens == 200)
        #expect(!orders.callsTools && orders.tools.map(\.name) == ["rate"] && orders.speed == 1.25)
        var rules = TurnRules(.silence(.milliseconds(250)))
        (rules.speechProbability, rules.prefixPadding) = (0.7, .milliseconds(100))
        (rules.areAnswered, rules.interrupt) = (false, false)
        #expect(update?.turns == rules)
        #expect(told?[path: "audio.input.format.type"]?.string == "audio/pcma")
        #expect(told?[path: "audio.output.voice"]?.string == "marin")
        #expect(told?[path: "audio.input.turn_detection.silence_duration_ms"] == .int(250))
    }

    @Test(arguments: [
        ("null", TurnRules.Ending.client),
        (#"{"type":"semantic_vad","eagerness":"low"}"#, .silence(.milliseconds(1500))),
        (#"{"type":"semantic_vad"}"#, .silence(.milliseconds(800))),
        (#"{"type":"server_vad","silence_duration_ms":300}"#, .silence(.milliseconds(300))),
    ])
    func turnsEndAsTheClientSays(detection: String, ending: TurnRules.Ending) {
        let (update, _, _) = update(#"{"audio":{"input":{"turn_detection":\#(detection)}}}"#)
        #expect(update?.turns?.ending == ending)
    }

    @Test func theBetaIsFlat() throws {
        let (update, problem, told) = update(
            #"""
            {"modalities":["text","audio"],"voice":"alloy","input_audio_format":"g711_ulaw","turn_detection":null,
             "output_audio_format":"pcm16","input_audio_transcription":{"model":"whisper-1"},"temperature":0.8,
             "max_response_output_tokens":"inf"}
            """#, .beta)
        #expect(problem == nil && update?.turns?.ending == .client)
        #expect(update?.orders?.temperature == 0.8)
        #expect(told?["input_audio_format"]?.string == "g711_ulaw" && told?["audio"] == nil)
        #expect(self.update(#"{"audio":{}}"#, .beta).1?.subject?.field == "session.audio")
    }

    @Test func aProjectWithoutBargeInBeginsWithoutInterruptions() {
        var dialect = OpenAIRealtimeDialect(RealtimePlace(model: "desk"), era: .current)
        let created = RealtimeRig.events(dialect.write(.created(Samples.session(vad: nil)), now: .zero)).first
        #expect(created?[path: "session.audio.input.turn_detection.interrupt_response"] == .bool(false))
        let (inputs, _) = dialect.read(.text(#"{"type":"input_audio_buffer.clear"}"#), now: .zero)
        guard case .signal(.update(let update)) = inputs.first else {
            Issue.record("the conversation is not told how turns are taken")
            return
        }
        #expect(update.turns?.interrupt == false)
    }
}
