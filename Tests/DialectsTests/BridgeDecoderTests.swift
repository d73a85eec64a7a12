import Foundation
import TestSupport
import Testing

@testable import Dialects
@testable import Session

/// What clients send, spelling by spelling.
struct BridgeDecoderTests {
    // MARK: - What is understood

    private static func update(_ change: (inout SessionUpdate) -> Void) -> ClientSignal {
        var update = SessionUpdate()
        change(&update)
        return .update(update)
    }

    static let audio: [(text: String, samples: [Int16])] = [
        (#"{"type": "input_audio_buffer.append", "audio": "AAD/fw=="}"#, [0, 32767]),
        (#"{"command": "input_audio_buffer.append", "audio": "AAD/fw=="}"#, [0, 32767]),
        (#"{"type": "input_audio_buffer.append", "data": {"chunk": "AID/fw=="}}"#, [-32768, 32767]),
        (#"{"type": "input_audio_buffer.append", "data": {"chunk": "AQA="}, "audio": "AgA="}"#, [1]),
        (#"{"type": "input_audio_buffer.append", "audio": ""}"#, []),
        (#"{"type": "input_audio_buffer.append", "audio": "AAD\/fw=="}"#, [0, 32767]),
    ]

    @Test(arguments: audio)
    func audioIsUnderstood(text: String, samples: [Int16]) {
        #expect(BridgeDecoder.read(Array(text.utf8)).input == .audio(samples))
    }

    static let understood: [(text: String, signal: ClientSignal)] = [
        (#"{"command": "start_recording"}"#, .startRecording), (#"{"type": "start_recording"}"#, .startRecording),
        (#"{"command": "stop_recording"}"#, .stopRecording), (#"{"type": "stop_recording"}"#, .stopRecording),
        (#"{"type": "input_audio_buffer.commit"}"#, .commitAudio),
        (#"{"type": "input_audio_buffer.clear"}"#, .clearAudio),
        (#"{"type": "input_text", "text": "What about bonds?"}"#, .text("What about bonds?")),
        (#"{"command": "input_text", "text": " 1 "}"#, .text(" 1 ")),
        (#"{"type": "playback.started"}"#, .playbackStarted), (#"{"type": "playback.stopped"}"#, .playbackStopped),
        (#"{"type": "playback.progress", "played_ms": 1240}"#, .playbackProgress(.milliseconds(1240))),
        (#"{"type": "playback.progress", "played_ms": 1.24e3}"#, .playbackProgress(.milliseconds(1240))),
        (#"{"type": "playback.progress", "played_ms": 0}"#, .playbackProgress(.zero)),
        (#"{"type": "response.cancel"}"#, .cancelResponse), (#"{"type": "PONG"}"#, .ignored),
        (#"{"command": "PONG"}"#, .ignored), (#"{"type": "session.update"}"#, update { _ in }),
        (#"{"type": "session.update", "vad": {}}"#, update { _ in }),
        (
            #"{"type": "session.update", "vad": {"threshold": 20, "window_size": 30}}"#,
            update { ($0.threshold, $0.windowSize) = (20, 30) }
        ),
        (
            #"{"type": "session.update", "vad_frames": true, "vad": {"lockout_seconds": 0.5, "grace_period_seconds": 2, "speech_probability": 0.25}}"#,
            update {
                ($0.reportsFrames, $0.speechProbability) = (true, 0.25)
                ($0.lockout, $0.gracePeriod) = (.milliseconds(500), .seconds(2))
            }
        ),
        (#"{"type": "session.update", "pauses": true}"#, update { $0.knowsPauses = true }),
        (
            #"{"type": "session.update", "variables": {"place": "", "caller": "Ada"}}"#,
            update { $0.variables = try? ClientValues(["caller": "Ada", "place": ""]) }
        ),
        (#"{"type": "response.cancel", "response_id": "resp_1"}"#, .cancelResponse),
        (#"{"type": "response.cancel", "scope": "agent"}"#, .skipAgent),
        (#"{"type": "response.cancel", "scope": "response"}"#, .stopResponse),
        (#"{"type": "tool.result", "call_id": "call_x_7", "output": ""}"#, .toolOutput(CallID(7), "")),
        (#"{"type": "tool.result", "call_id": "call_x_7", "error": "no such"}"#, .toolRefusal(CallID(7), "no such")),
        (
            #"{"type": "memory.add", "variables": {"city": "Ghent", "berth": null}}"#,
            (try? MemoryChanges(["city": "Ghent", "berth": nil])).map { .memory(.add($0)) } ?? .ignored
        ),
        (#"{"type": "memory.retrieve"}"#, .memory(.retrieve(rounds: 0))),
        (#"{"type": "memory.retrieve", "rounds": 100}"#, .memory(.retrieve(rounds: 100))),
        (#"{"type": "memory.reset"}"#, .memory(.reset(.variables))),
        (#"{"type": "memory.reset", "scope": "all"}"#, .memory(.reset(.all))),
        // `command` before `type`
        (#"{"type": "nonsense", "command": "stop_recording"}"#, .stopRecording),
        (#"{"command": null, "type": "PONG"}"#, .ignored),
        // Unusual, and valid all the same
        ("\u{20}\t\r\n{\"type\"\n:\t\"PONG\"}\r\n ", .ignored),
        (#"{"\u0074ype": "\u0050ONG"}"#, .ignored),
        (#"{"type": "PONG", "more": {"deep": [[[{"type": 7}]], null, true, -1.5e-7]}, "": ""}"#, .ignored),
        (#"{"type": "input_text", "text": "\ud83d\ude00 \"\\\/\b\f\n\r\t"}"#, .text("😀 \"\\/\u{8}\u{c}\n\r\t")),
        (#"{"type": "input_text", "text": "\u0000x"}"#, .text("\0x")),
        (#"{"audio": null, "data": null, "text": "x", "type": "input_text"}"#, .text("x")),
    ]

    @Test(arguments: understood)
    func isUnderstood(text: String, signal: ClientSignal) {
        let message = BridgeDecoder.read(Array(text.utf8))
        #expect(message.input == .signal(signal))
        #expect(BridgeDecoder.read(.binary(Array(text.utf8))) == message, "text or binary, it is the same")
    }

    @Test func aTextOfFullLengthIsTaken() {
        let text = String(repeating: "é", count: BridgeDecoder.longestText)
        #expect(
            BridgeDecoder.read(Array(#"{"type":"input_text","text":"\#(text)"}"#.utf8)).input == .signal(.text(text)))
    }

    // MARK: - What is not

    static let refused: [(text: String, code: String)] = [
        ("", "malformed_json"), ("   \n", "malformed_json"), ("canary", "malformed_json"), ("{", "malformed_json"),
        (#"{"type": "input_text", "text": "canary"#, "malformed_json"),
        (#"{"type": "PONG"} canary"#, "malformed_json"), (#"{"type": "PONG"}{}"#, "malformed_json"),
        (#"{'type': 'canary'}"#, "malformed_json"), ("{\"type\": \"\u{1}canary\"}", "invalid_field"),
        (#"{"type": "canary\ud800"}"#, "invalid_field"),
        (String(repeating: "[", count: 100_000), "not_an_object"),
        (String(repeating: "[", count: 513), "not_an_object"),
        (#"{"canary": "# + String(repeating: "[", count: 100_000), "malformed_json"),
        // Foundation's parser ends the process on these.
        (#"{"type":"PONG","x":"# + String(repeating: "[", count: 512), "malformed_json"),
        (String(repeating: #"{"a":"#, count: 512) + "[", "malformed_json"),
        ("[]", "not_an_object"), ("[canary", "not_an_object"), (" -", "not_an_object"),
        ("false canary", "not_an_object"),
        (#"["canary", null, {"type": "PONG"}]"#, "not_an_object"),
        (#""canary""#, "not_an_object"), ("1.5e3", "not_an_object"), ("true", "not_an_object"),
        ("null", "not_an_object"), ("{}", "missing_type"), (#"{"canary": "canary"}"#, "missing_type"),
        (#"{"type": null}"#, "missing_type"), (#"{"type": "canary"}"#, "unknown_type"),
        (#"{"type": ""}"#, "unknown_type"), (#"{"type": "pong"}"#, "unknown_type"),
        (#"{"command": "canary", "type": "PONG"}"#, "unknown_type"), (#"{"type": 7}"#, "invalid_field"),
        (#"{"type": ["PONG"]}"#, "invalid_field"), (#"{"command": {"canary": 1}}"#, "invalid_field"),
        (#"{"type": "memory.add"}"#, "missing_field"),
        (#"{"type": "memory.add", "variables": {"canary": 7}}"#, "invalid_field"),
        (#"{"type": "memory.add", "variables": {"": "canary"}}"#, "invalid_field"),
        (#"{"type": "memory.add", "variables": {"canary\u0000": "x"}}"#, "invalid_field"),
        (
            #"{"type": "memory.add", "variables": {"x": ""# + String(repeating: "a", count: 2001) + #""}}"#,
            "invalid_field"
        ),
        (#"{"type": "memory.retrieve", "rounds": 101}"#, "invalid_field"),
        (#"{"type": "memory.retrieve", "rounds": -1}"#, "invalid_field"),
        (#"{"type": "memory.reset", "scope": "canary"}"#, "invalid_field"),
        (#"{"type": "input_audio_buffer.append"}"#, "missing_field"),
        (#"{"type": "input_audio_buffer.append", "data": {}}"#, "missing_field"),
        (#"{"type": "input_audio_buffer.append", "data": "AAA="}"#, "invalid_field"),
        (#"{"type": "input_audio_buffer.append", "audio": [1, 2]}"#, "invalid_field"),
        (#"{"type": "input_audio_buffer.append", "audio": "canary!"}"#, "bad_base64"),
        (#"{"type": "input_audio_buffer.append", "audio": "AAD_fw=="}"#, "bad_base64"),
        (#"{"type": "input_audio_buffer.append", "audio": "AAA"}"#, "bad_base64"),
        (#"{"type": "input_audio_buffer.append", "audio": "AAAA"}"#, "odd_length"),
        (#"{"type": "input_text"}"#, "missing_field"), (#"{"type": "input_text", "text": 5}"#, "invalid_field"),
        (#"{"type": "input_text", "text": ""}"#, "empty_text"),
        (#"{"type": "input_text", "text": " \n\t\u00a0"}"#, "empty_text"),
        (#"{"type": "input_text", "text": "\#(String(repeating: "x", count: 8001))"}"#, "text_too_long"),
        // One character of 8,001 scalars
        (#"{"type": "input_text", "text": "a\#(String(repeating: "\u{301}", count: 8000))"}"#, "text_too_long"),
        (#"{"type": "playback.progress"}"#, "missing_field"),
        (#"{"type": "tool.result", "call_id": "call_x_7"}"#, "missing_field"),
        (#"{"type": "tool.result", "call_id": "call_x_7", "output": "a", "error": "canary"}"#, "missing_field"),
        (#"{"type": "tool.result", "call_id": "canary", "error": "canary"}"#, "unknown_call"),
        (#"{"type": "tool.result", "call_id": "call_x_7", "error": {"canary": 1}}"#, "invalid_field"),
        (#"{"type": "playback.progress", "played_ms": -1}"#, "invalid_field"),
        (#"{"type": "playback.progress", "played_ms": 1e300}"#, "invalid_field"),
        (#"{"type": "playback.progress", "played_ms": "canary"}"#, "invalid_field"),
        (#"{"type": "session.update", "vad": {"threshold": 1.5}}"#, "invalid_field"),
        (#"{"type": "session.update", "vad": {"threshold": 1e30}}"#, "invalid_field"),
        (#"{"type": "session.update", "vad": [1]}"#, "invalid_field"),
        (#"{"type": "session.update", "vad_frames": "canary"}"#, "invalid_field"),
        (#"{"type": "resume", "token": "canary"}"#, "resume_unavailable"),
        (#"{"type": "session.update", "vad": {"Canary canary": 1}}"#, "unknown_setting"),
        (#"{"type": "session.update", "pauses": 1}"#, "invalid_field"),
        (#"{"type": "session.update", "variables": ["canary"]}"#, "invalid_field"),
        (#"{"type": "session.update", "variables": {"caller": 1}}"#, "invalid_field"),
        (#"{"type": "session.update", "variables": {"caller": null}}"#, "invalid_field"),
        (#"{"type": "session.update", "variables": {"Canary canary": "x"}}"#, "invalid_field"),
        (#"{"type": "session.update", "variables": {"1a": "x"}}"#, "invalid_field"),
        (#"{"type": "response.cancel", "scope": "canary"}"#, "invalid_field"),
        (#"{"type": "response.cancel", "scope": null, "response_id": 7}"#, "invalid_field"),
    ]

    @Test(arguments: refused)
    func isRefused(text: String, code: String) {
        guard case .signal(.malformed(let problem)) = BridgeDecoder.read(Array(text.utf8)).input else {
            Issue.record("it was understood")
            return
        }
        #expect(problem.code == code)
        #expect(!problem.message.contains("canary"), "what a client sends is not repeated")
        #expect(!problem.message.isEmpty)
    }

    @Test(arguments: [[0xFF, 0xFE], [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D], [0x7B, 0x00], [0x00], [0xEF]])
    func bytesThatAreNoTextAreRefused(bytes: [UInt8]) {
        guard case .signal(.malformed(let problem)) = BridgeDecoder.read(bytes).input else {
            Issue.record("it was understood")
            return
        }
        #expect(problem.code == "malformed_json")
    }

    @Test func theSizeIsBounded() {
        let frame = Array(#"{"type":"input_audio_buffer.append","audio":""}"#.utf8)
        let room = (BridgeDecoder.largestMessage - frame.count) / 8 * 8
        let text = #"{"type":"input_audio_buffer.append","audio":"\#(String(repeating: "A", count: room))"}"#
        #expect(BridgeDecoder.read(Array(text.utf8)).input == .audio(Array(repeating: 0, count: room / 8 * 3)))
        let over = [UInt8](repeating: 0x20, count: BridgeDecoder.largestMessage + 1)
        #expect(BridgeDecoder.read(over).input == .signal(.malformed(BridgeDecoder.oversized)))
        #expect(BridgeDecoder.oversized.code == "message_too_large")
    }

    /// Seconds that no setting can be are refused later, with a reason; they must not overflow here.
    @Test(arguments: ["1e300", "-1e300", "9223372036854775808"])
    func hugeSecondsBecomeRefusable(number: String) {
        let text = #"{"type": "session.update", "vad": {"lockout_seconds": \#(number)}}"#
        guard case .signal(.update(let update)) = BridgeDecoder.read(Array(text.utf8)).input else {
            Issue.record("it was not understood")
            return
        }
        #expect(update.lockout == .seconds(-1))
    }

    /// What may not be changed is named, so that its sender finds it; a setting of ours is not.
    @Test(arguments: ["frame_ms", "silero_min_samples_seconds", "wrong"])
    func unknownSettingsAreRefusedByName(name: String) {
        let text = #"{"type": "session.update", "vad": {"threshold": 5, "\#(name)": 3}}"#
        guard case .signal(.malformed(let problem)) = BridgeDecoder.read(Array(text.utf8)).input else {
            Issue.record("it was understood")
            return
        }
        #expect(problem.code == "unknown_setting")
        #expect(problem.message.contains("'\(name)'") && problem.message.contains("lockout_seconds"))
    }

    @Test func whatAMessageSaysOfItselfIsKept() {
        let name = String(repeating: "e", count: 500)
        let message = BridgeDecoder.read(
            Array(#"{"type": "input_text", "text": "", "event_id": "\#(name)", "response_id": "r"}"#.utf8))
        #expect(message.subject.type == "input_text")
        #expect(message.subject.eventID?.count == 128)
        let unknown = BridgeDecoder.read(Array(#"{"type": "canary", "event_id": "e1"}"#.utf8))
        #expect(unknown.subject.type == nil && unknown.subject.eventID == "e1", "no type that we do not know")
        let cancel = BridgeDecoder.read(Array(#"{"type": "response.cancel", "response_id": "resp_7"}"#.utf8))
        #expect(cancel.response == "resp_7")
    }

    // MARK: - Noise

    /// Whatever is done to a message, it is decoded to something, and its words are in no complaint.
    @Test(arguments: UInt64(0)..<20)
    func mutationsAreSurvived(seed: UInt64) {
        var random = Seeded(seed)
        let messages = Self.understood.map { Array($0.text.utf8) }
        let codes: Set = [
            "malformed_json", "not_an_object", "missing_type", "unknown_type", "missing_field", "invalid_field",
            "bad_base64", "odd_length", "empty_text", "unknown_setting", "unknown_call",
        ]
        for _ in 0..<300 {
            var bytes = messages[Int.random(in: 0..<messages.count, using: &random)]
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random, among: messages) }
            if case .signal(.malformed(let problem)) = BridgeDecoder.read(bytes).input {
                #expect(codes.contains(problem.code), "\(problem.code) for \(bytes)")
                #expect(!problem.message.contains("bonds"))
            }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded, among messages: [[UInt8]]) {
        guard !bytes.isEmpty else { return bytes.append(0x7B) }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert("{}[]\",:\\0".utf8.randomElement(using: &random) ?? 0, at: place)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        default:
            let other = messages[Int.random(in: 0..<messages.count, using: &random)]
            bytes.insert(contentsOf: other.prefix(Int.random(in: 0...other.count, using: &random)), at: place)
        }
    }
}
