import AudioCore
import JSONText
import ProviderKit
import TestSupport
import Testing

@testable import Dialects
@testable import Session

/// Whatever a client sends, and whatever happens meanwhile: it gets events with a type and a name of their own, and each
/// message that cannot be used is complained of with its number.
@Suite struct RealtimeWallTests {
    private static let forms = [
        #"{"type":"session.update","event_id":"e","session":{"type":"realtime","instructions":"Sing.","tools":[{"name":"a","parameters":{"type":"object"}}],"audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":null},"output":{"speed":1.5,"voice":"marin"}}}}"#,
        #"{"type":"session.update","session":{"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":1,"silence_duration_ms":200}}}}}"#,
        #"{"type":"input_audio_buffer.append","event_id":"e","audio":"AQIDBAUG"}"#,
        #"{"type":"input_audio_buffer.append","audio":"\/+8="}"#, #"{"type":"input_audio_buffer.commit"}"#,
        #"{"type":"input_audio_buffer.clear"}"#,
        #"{"type":"conversation.item.create","previous_item_id":"root","item":{"type":"message","role":"user","id":"i","content":[{"type":"input_text","text":"Hi."}]}}"#,
        #"{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Ho."}]}}"#,
        #"{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"call_1","output":"1"}}"#,
        #"{"type":"conversation.item.retrieve","item_id":"i"}"#, #"{"type":"conversation.item.delete","item_id":"i"}"#,
        #"{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":10}"#,
        #"{"type":"response.create","response":{"conversation":"none","metadata":{"a":"b"},"input":[{"type":"item_reference","id":"i"}],"output_modalities":["text"]}}"#,
        #"{"type":"response.create"}"#, #"{"type":"response.cancel"}"#, #"{"type":"output_audio_buffer.clear"}"#,
    ]

    private static func mutant(_ random: inout Seeded) -> [UInt8] {
        var bytes = Array((forms.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert("{}[]\",:\\0n-e=/".utf8.randomElement(using: &random) ?? 0, at: place)
            case 3: bytes.removeSubrange(place...)
            case 4: bytes.insert(contentsOf: (forms.randomElement(using: &random) ?? "").utf8, at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            }
        }
        return bytes
    }

    private static func event(_ random: inout Seeded) -> ConversationEvent {
        let response = ResponseID(Int.random(in: 1...3, using: &random))
        let source = Attribution(response: response, item: ItemID(Int.random(in: 1...4, using: &random)), agent: "Desk")
        let utterance = UtteranceID(Int.random(in: 1...3, using: &random))
        let call = CallID(Int.random(in: 1...3, using: &random))
        let chunk = AudioChunk(
            samples: [1, 2, 3, 4, 5, 6, 7, 8], sampleRate: [8000, 16000, 24000].randomElement(using: &random) ?? 16000)
        return [
            .responseStarted(response), .agentText(source, "Well."), .agentAudio(source, SegmentID(1), chunk),
            .agentTextDone(source, "Well."), .paused(response, agent: "Desk", heard: "We"),
            .resumed(response, source, rest: "ll."), .interrupted(response, agent: nil, heard: ""),
            .responseDone(response, .completed), .responseDone(response, .cancelled), .awaitsClient(response),
            .toolCalled(source, call, tool: "a", arguments: "{}"), .speechStarted(utterance, at: .start),
            .speechStopped(utterance, at: AudioPosition(samples: 512)), .warning(.notTranscribed(.timedOut)),
            .callerTranscript(Transcribed(utterance: utterance, text: "Hi", isFinal: true)), .heartbeat,
        ].randomElement(using: &random) ?? .heartbeat
    }

    /// A short run; more seeds find more.
    @Test(arguments: 0..<8) func nothingThatIsSentBreaksIt(seed: Int) {
        var random = Seeded(seed)
        var rig = RealtimeRig(era: seed.isMultiple(of: 2) ? .current : .beta)
        var names: Set<String> = []
        var open = 0
        for _ in 0..<600 {
            var frames: [Session.Frame] = []
            if Bool.random(using: &random) {
                frames = rig.write(Self.event(&random))
            } else {
                let bytes = Self.mutant(&random)
                let text = String(validating: bytes, as: UTF8.self).map { Session.Frame.text($0) }
                let (inputs, replies) = rig.read(text ?? .binary(bytes))
                frames = replies
                for case .signal(.malformed(let problem)) in inputs {
                    #expect(problem.subject.map { $0.number > 0 } == true)
                }
            }
            let events = RealtimeRig.events(frames)
            #expect(events.count == frames.count)
            for event in events {
                #expect(names.insert(event["event_id"]?.string ?? "").inserted && !event.type.isEmpty)
                if event.type == "response.created" { open += 1 }
                if event.type == "response.done" { open -= 1 }
                #expect((0...1).contains(open))
            }
        }
    }
}
