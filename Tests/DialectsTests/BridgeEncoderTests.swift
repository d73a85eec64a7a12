import AudioCore
import Dialects
import Foundation
import TestSupport
import Testing
import TurnTaking

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
        let data = Data(BridgeEncoder.encode(event).utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func isSame(_ value: Any?, _ text: String) -> Bool {
        // Not by canonical equivalence: the scalars themselves must come back.
        (value as? String).map { $0.unicodeScalars.elementsEqual(text.unicodeScalars) } ?? false
    }

    @Test(arguments: hostile)
    func textsComeBack(text: String) throws {
        let events: [(ConversationEvent, type: String, fields: [String])] = [
            (.responseStarted(id: text), "response.created", ["response_id"]),
            (.agentStarted(agent: text, node: text), "agent.started", ["agent", "node"]),
            (.agentFinished(agent: text, node: text), "agent.finished", ["agent", "node"]),
            (.agentText(agent: text, text: text), "response.text.delta", ["role", "content", "text"]),
            (.agentTextDone(agent: text, text: text), "response.text.done", ["role", "content", "text"]),
            (.interrupted(agent: text, heard: text), "response.interrupted", ["role", "heard"]),
            (.responseDone(id: text, status: .completed), "response.done", ["response_id"]),
            (.warning(BadInput(code: text, message: text)), "warning", ["code", "message"]),
            (.failure(BadInput(code: text, message: text), closeCode: 1008), "error", ["code", "message", "error"]),
        ]
        for (event, type, fields) in events {
            let object = try object(event)
            #expect(object["type"] as? String == type)
            for field in fields { #expect(isSame(object[field], text), "\(type).\(field)") }
        }
    }

    @Test func eventsWithoutFields() throws {
        let events: [(ConversationEvent, String)] = [
            (.recordingStarted, "recording_started"), (.recordingStopped, "recording_stopped"),
            (.audioDone, "response.audio.done"), (.heartbeat, "PING"),
        ]
        for (event, type) in events { #expect(BridgeEncoder.encode(event) == #"{"type":"\#(type)"}"#) }
    }

    @Test(arguments: [ResponseStatus.completed, .interrupted, .cancelled, .failed])
    func aResponseEndsWithItsStatus(status: ResponseStatus) throws {
        #expect(try object(.responseDone(id: "r", status: status))["status"] as? String == status.rawValue)
    }

    @Test func anInterruptionAlwaysNamesARole() throws {
        let object = try object(.interrupted(agent: nil, heard: ""))
        #expect(object["role"] as? String == "assistant")
        #expect(object["heard"] as? String == "")
    }

    @Test(arguments: [[], [0], [0, 1, -1, .max, .min]], [16000, 24000])
    func audioComesBack(samples: [Int16], rate: Int) throws {
        let object = try object(.agentAudio(agent: "A", AudioChunk(samples: samples, sampleRate: rate)))
        #expect(object["type"] as? String == "response.audio.delta")
        #expect(object["role"] as? String == "A")
        let base64 = try #require(object["delta"] as? String)
        let data = try #require(Data(base64Encoded: base64))
        #expect(PCM16.samples(littleEndian: Array(data)) == samples)
    }

    /// What the server sends as audio is what it reads as audio.
    @Test func theDecoderReadsTheEncodersAudio() throws {
        var random = Seeded(3)
        let samples = (0..<1601).map { _ in Int16.random(in: .min ... .max, using: &random) }
        let object = try object(.agentAudio(agent: "A", AudioChunk(samples: samples, sampleRate: 16000)))
        let base64 = try #require(object["delta"] as? String)
        let message = ["type": "input_audio_buffer.append", "audio": base64]
        #expect(BridgeDecoder.decode(Array(try JSONEncoder().encode(message))) == .audio(samples))
    }

    @Test func callersWords() throws {
        let interim = try object(.callerTranscript(Transcribed(text: "a \"b", isFinal: false)))
        #expect(interim["type"] as? String == "response.audio_transcript.delta")
        #expect(interim["delta"] as? String == "a \"b")
        #expect(interim["text"] as? String == "a \"b")
        let final = try object(.callerTranscript(Transcribed(text: "", isFinal: true)))
        #expect(final["type"] as? String == "response.audio_transcript.done")
        #expect(final["text"] as? String == "")
    }

    @Test func aFrame() throws {
        let frame = try object(
            .vadFrame(FrameReport(start: 480, probability: 0.25, positives: 3, state: "detecting")))
        #expect(frame["type"] as? String == "vad.frame")
        #expect(frame["start_sample"] as? Int == 480)
        #expect(frame["probability"] as? Double == 0.25)
        #expect(frame["positives"] as? Int == 3)
        #expect(frame["state"] as? String == "detecting")
    }

    @Test func timingsSumUp() throws {
        let timings = TurnTimings(
            endpointing: .milliseconds(700), transcription: .milliseconds(12), firstToken: .microseconds(1500),
            sentence: .milliseconds(3), synthesis: .milliseconds(60), sending: .zero)
        let metrics = try object(.turnMetrics(timings))
        #expect(metrics["type"] as? String == "turn.metrics")
        #expect(metrics["ttfa_ms"] as? Double == 776.5)
        let parts = ["endpointing_ms", "transcription_ms", "ttft_ms", "sentence_ms", "ttfb_ms", "sending_ms"]
        #expect(parts.compactMap { metrics[$0] as? Double }.reduce(0, +) == 776.5)
    }

    // MARK: - The session

    private func session(vad: VADConfiguration?, name: String = "Advisor", voice: String? = nil) -> SessionDescription {
        SessionDescription(
            id: "conv_1", project: name, version: 3,
            agents: [.init(name: name, description: name, voice: voice, speaks: voice != nil)], vad: vad,
            fallbacks: [.init(wanted: name, used: "Local/Flite", reason: name)], sampleRate: 16000)
    }

    @Test(arguments: hostile)
    func aSessionOfHostileNames(text: String) throws {
        let object = try object(.created(session(vad: nil, name: text, voice: text)))
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
        let object = try object(.created(session(vad: vad)))
        #expect((object["capabilities"] as? [String: Any])?["vad_enabled"] as? Bool == true)
        let session = try #require(object["session"] as? [String: Any])
        #expect(session["id"] as? String == "conv_1")
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
        let object = try object(.created(session(vad: nil)))
        #expect((object["capabilities"] as? [String: Any])?["vad_enabled"] as? Bool == false)
        #expect(nulls(in: object).sorted() == ["session.agents.voice", "session.vad"])
        let events: [ConversationEvent] = [
            .callerTranscript(Transcribed(text: "", isFinal: false)), .responseStarted(id: ""),
            .agentStarted(agent: "", node: ""), .agentText(agent: "", text: ""), .agentTextDone(agent: "", text: ""),
            .agentAudio(agent: "", AudioChunk(samples: [], sampleRate: 16000)), .interrupted(agent: nil, heard: ""),
            .responseDone(id: "", status: .failed), .warning(BadInput(code: "", message: "")),
            .failure(BadInput(code: "", message: ""), closeCode: 1011),
            .vadFrame(FrameReport(start: 0, probability: 0, positives: 0, state: "closed")),
        ]
        for event in events { #expect(nulls(in: try self.object(event)).isEmpty, "\(event)") }
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
