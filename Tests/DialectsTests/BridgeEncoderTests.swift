import AudioCore
import Foundation
import TestSupport
import Testing
import TurnTaking

@testable import Dialects
@testable import Session

/// What clients are told, read by another JSON reader.
struct BridgeEncoderTests {
    /// Texts that break careless writers.
    static let hostile = [
        "", "plain", "\"quoted\" \\ / \\\"", "line\nbreak\r\ttab", "\u{0}\u{1}\u{1F}\u{7F}", "\u{2028}\u{2029}",
        "</script><!--", "{\"type\":\"error\"}", "é e\u{301} 😀 👩‍👩‍👧 \u{202E}abc", "\u{FFFF}\u{10FFFF}",
        String(repeating: "\\", count: 999),
    ]

    private func object(_ event: ConversationEvent) throws -> [String: Any] {
        var encoder = BridgeEncoder()
        let data = Data(encoder.encode(event).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func isSame(_ value: Any?, _ text: String) -> Bool {
        // Not by canonical equivalence: the scalars themselves must come back.
        (value as? String).map { $0.unicodeScalars.elementsEqual(text.unicodeScalars) } ?? false
    }

    @Test(arguments: hostile)
    func textsComeBack(text: String) throws {
        let source = Attribution(response: ResponseID(1), item: ItemID(2), agent: text)
        let events: [(ConversationEvent, type: String, fields: [String])] = [
            (.agentStarted(source, node: text), "agent.started", ["agent", "node"]),
            (.agentFinished(source, node: text), "agent.finished", ["agent", "node"]),
            (.agentText(source, text), "response.text.delta", ["role", "content", "text"]),
            (.agentFiller(source, text), "response.text.delta", ["role", "content", "text"]),
            (.agentTextDone(source, text), "response.text.done", ["role", "content", "text"]),
            (.interrupted(ResponseID(1), agent: text, heard: text), "response.interrupted", ["role", "heard"]),
            (.paused(ResponseID(1), agent: text, heard: text), "response.paused", ["role", "heard"]),
            (.resumed(ResponseID(1), source, rest: text), "response.resumed", ["role", "rest"]),
            (.warning(BadInput(code: text, message: text)), "warning", ["code", "message"]),
            (.failure(BadInput(code: text, message: text), closeCode: 1008), "error", ["code", "message", "error"]),
        ]
        for (event, type, fields) in events {
            let object = try object(event)
            #expect(object["type"] as? String == type)
            for field in fields { #expect(isSame(object[field], text), "\(type).\(field)") }
        }
    }

    @Test func eventsWithoutFields() {
        var encoder = BridgeEncoder()
        #expect(encoder.recordingStarted == #"{"type":"recording_started"}"#)
        #expect(encoder.recordingStopped == #"{"type":"recording_stopped"}"#)
        #expect(encoder.encode(.heartbeat) == #"{"type":"PING"}"#)
    }

    /// Names are unique across conversations, and the same thing has the same name everywhere.
    @Test func everythingHasItsName() throws {
        var encoder = BridgeEncoder()
        _ = encoder.encode(.created(Samples.session()))
        var names: [String: Set<String>] = [:]
        for event in Samples.events.dropFirst() {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(encoder.encode(event).utf8)) as? [String: Any])
            for field in ["response_id", "item_id", "utterance_id", "segment_id"] {
                if let name = object[field] as? String { names[field, default: []].insert(name) }
            }
        }
        #expect(
            names == [
                "response_id": ["resp_123456789012_1"], "item_id": ["item_123456789012_2"],
                "utterance_id": ["utt_123456789012_3"], "segment_id": ["seg_123456789012_4"],
            ])
    }

    @Test(arguments: [ResponseStatus.completed, .interrupted, .cancelled, .failed])
    func aResponseEndsWithItsStatus(status: ResponseStatus) throws {
        #expect(try object(.responseDone(ResponseID(1), status))["status"] as? String == status.rawValue)
    }

    @Test func anInterruptionAlwaysNamesARole() throws {
        let object = try object(.interrupted(ResponseID(1), agent: nil, heard: ""))
        #expect(object["role"] as? String == "assistant")
        #expect(object["heard"] as? String == "")
    }

    @Test(arguments: [[], [0], [0, 1, -1, .max, .min]], [16000, 24000])
    func audioComesBack(samples: [Int16], rate: Int) throws {
        let object = try object(
            .agentAudio(Samples.source, SegmentID(1), AudioChunk(samples: samples, sampleRate: rate)))
        #expect(object["type"] as? String == "response.audio.delta")
        #expect(object["role"] as? String == "Stock")
        let base64 = try #require(object["delta"] as? String)
        let data = try #require(Data(base64Encoded: base64))
        #expect(PCM16.samples(littleEndian: Array(data)) == samples)
    }

    /// What the server sends as audio is what it reads as audio.
    @Test func theDecoderReadsTheEncodersAudio() throws {
        var random = Seeded(3)
        let samples = (0..<1601).map { _ in Int16.random(in: .min ... .max, using: &random) }
        let object = try object(
            .agentAudio(Samples.source, SegmentID(1), AudioChunk(samples: samples, sampleRate: 16000)))
        let base64 = try #require(object["delta"] as? String)
        let message = ["type": "input_audio_buffer.append", "audio": base64]
        #expect(BridgeDecoder.read(Array(try JSONEncoder().encode(message))).input == .audio(samples))
    }

    @Test func callersWords() throws {
        var encoder = BridgeEncoder()
        func write(_ utterance: Int?, _ text: String, isFinal: Bool) throws -> [String: Any] {
            let words = Transcribed(utterance: utterance.map { UtteranceID($0) }, text: text, isFinal: isFinal)
            let data = Data(encoder.encode(.callerTranscript(words)).utf8)
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
        let interim = try write(1, "a \"b", isFinal: false)
        #expect(interim["type"] as? String == "response.audio_transcript.delta")
        #expect(interim["delta"] as? String == "a \"b" && interim["text"] as? String == "a \"b")
        let more = try write(1, "a \"b c", isFinal: false)
        #expect(more["delta"] as? String == " c" && more["text"] as? String == "a \"b c", "only what is new")
        let changed = try write(1, "the b c", isFinal: false)
        #expect(changed["delta"] as? String == "" && changed["text"] as? String == "the b c", "earlier words changed")
        let final = try write(1, "", isFinal: true)
        #expect(final["type"] as? String == "response.audio_transcript.done" && final["text"] as? String == "")
        #expect(final["confidence"] == nil)
        let sure = Transcribed(utterance: UtteranceID(1), text: "the b", isFinal: true, confidence: 0.98765)
        #expect(try object(.callerTranscript(sure))["confidence"] as? Double == 0.988)
        let next = try write(2, "the b", isFinal: false)
        #expect(next["delta"] as? String == "the b", "another utterance begins anew")
        let typed = try write(nil, "typed", isFinal: true)
        #expect(typed["utterance_id"] == nil)
    }

    @Test func aFrame() throws {
        let frame = try object(
            .vadFrame(
                FrameReport(start: AudioPosition(samples: 480), probability: 0.25, positives: 3, state: "detecting")))
        #expect(frame["type"] as? String == "vad.frame")
        #expect(frame["start_sample"] as? Int == 480)
        #expect(frame["probability"] as? Double == 0.25)
        #expect(frame["positives"] as? Int == 3)
        #expect(frame["state"] as? String == "detecting")
    }

    @Test func timingsSumUp() throws {
        let metrics = try object(.turnMetrics(ResponseID(1), Samples.timings))
        #expect(metrics["type"] as? String == "turn.metrics")
        #expect(metrics["ttfa_ms"] as? Double == 776.5)
        let parts = ["endpointing_ms", "transcription_ms", "ttft_ms", "sentence_ms", "ttfb_ms", "sending_ms"]
        #expect(parts.compactMap { metrics[$0] as? Double }.reduce(0, +) == 776.5)
    }

    // MARK: - The session

    @Test(arguments: hostile)
    func aSessionOfHostileNames(text: String) throws {
        let object = try object(.created(Samples.session(vad: nil, name: text, voice: text)))
        let session = try #require(object["session"] as? [String: Any])
        #expect(isSame(session["project"], text))
        let agent = try #require((session["agents"] as? [[String: Any]])?.first)
        for field in ["name", "description", "voice"] { #expect(isSame(agent[field], text)) }
        let fallback = try #require((session["fallbacks"] as? [[String: Any]])?.first)
        for field in ["wanted", "reason"] { #expect(isSame(fallback[field], text)) }
    }

    @Test func aSessionWithVoiceActivity() throws {
        var vad = VADConfiguration()
        (vad.threshold, vad.windowSize, vad.lockout) = (15, 24, .milliseconds(500))
        let object = try object(.created(Samples.session(vad: vad)))
        #expect((object["capabilities"] as? [String: Any])?["vad_enabled"] as? Bool == true)
        let session = try #require(object["session"] as? [String: Any])
        #expect(session["id"] as? String == "conv_123456789012")
        #expect(session["version"] as? Int == 3)
        #expect(session["sample_rate"] as? Int == 16000)
        let settings = try #require(session["vad"] as? [String: Any])
        #expect(settings["threshold"] as? Int == 15)
        #expect(settings["window_size"] as? Int == 24)
        #expect(settings["lockout_seconds"] as? Double == 0.5)
        #expect(settings["grace_period_seconds"] as? Double == 3)
        #expect(settings["speech_probability"] as? Double == 0.5)
    }

    /// Only what a project need not have may be null: the vad block and an agent's voice.
    @Test func nullsStandOnlyWhereSomethingMayBeMissing() throws {
        let object = try object(.created(Samples.session(vad: nil, voice: nil)))
        #expect((object["capabilities"] as? [String: Any])?["vad_enabled"] as? Bool == false)
        #expect(nulls(in: object).sorted() == ["session.agents.voice", "session.vad"])
        for event in Samples.events.dropFirst() {
            // A project need not have a list of back-channels.
            #expect(nulls(in: try self.object(event)).filter { $0 != "vad.back_channels" }.isEmpty, "\(event)")
        }
        // What is not known of a bad message, and a project without voice activity detection.
        var problem = Samples.problem
        problem.subject = MessageSubject()
        #expect(nulls(in: try self.object(.warning(problem))).sorted() == ["in_reply_to.event_id", "in_reply_to.type"])
        let settings = SettingsReport(vad: nil, reportsFrames: false, knowsPauses: false)
        #expect(nulls(in: try self.object(.settings(settings))) == ["vad"])
        #expect(nulls(in: try self.object(.resumed(ResponseID(1), nil, rest: ""))) == ["role"])
    }

    @Test func aWarningSaysWhichMessageItMeans() throws {
        let object = try object(.warning(Samples.problem))
        let subject = try #require(object["in_reply_to"] as? [String: Any])
        #expect(subject["number"] as? Int == 7 && subject["event_id"] as? String == "mine")
        #expect(subject["type"] as? String == "input_audio_buffer.append")
        #expect(try self.object(.warning(BadInput(code: "a", message: "b")))["in_reply_to"] == nil)
    }

    private func nulls(in value: Any, path: String = "") -> [String] {
        switch value {
        case is NSNull: [path]
        case let list as [Any]: list.flatMap { nulls(in: $0, path: path) }
        case let object as [String: Any]:
            object.flatMap { nulls(in: $0.value, path: path.isEmpty ? $0.key : path + "." + $0.key) }
        default: []
        }
    }
}
