import AudioCore
import Dialects
import Foundation
import TestSupport
import Testing

@testable import Session

/// What raw PCM has of its own: rates, encodings, frames and control messages.
struct PCMDialectTests {
    private static let rates = PCMLine.rates
    private static let source = CallScript.source(1)

    private static func dialect(_ query: [String: String] = [:]) throws -> PCMDialect {
        var dialect = PCMDialect(try PCMLine(query: query))
        _ = dialect.write(.created(CallScript.session), now: .zero)
        _ = dialect.write(.responseStarted(ResponseID(1)), now: .zero)
        return dialect
    }

    private static func samples(_ inputs: [ClientInput]) -> [Int16] {
        inputs.flatMap { input -> [Int16] in if case .audio(let samples) = input { samples } else { [] } }
    }

    private static func bytes(_ frames: [Frame]) -> [[UInt8]] {
        frames.compactMap { if case .binary(let bytes) = $0 { bytes } else { nil } }
    }

    private static func audio(_ samples: [Int16], rate: Int, segment: Int = 1) -> ConversationEvent {
        .agentAudio(source, SegmentID(segment), AudioChunk(samples: samples, sampleRate: rate))
    }

    /// 440 Hz at a quarter of full scale.
    private static func tone(_ duration: Duration, rate: Int) -> [Int16] {
        let angle = 2 * Double.pi * 440 / Double(rate)
        return (0..<duration.samples(at: rate)).map { Int16(8000 * sin(angle * Double($0))) }
    }

    // MARK: - The address

    @Test func theQueryDecides() throws {
        let usual = try PCMLine(query: ["uuid": "me"])
        #expect(usual == .usual)
        let telephone = try PCMLine(query: ["encoding": "mulaw"])
        #expect(telephone.encoding == .muLaw && telephone.inputRate == 8000 && telephone.outputRate == 8000)
        let mixed = try PCMLine(query: ["encoding": "alaw", "rate": "24000", "output_rate": "48000"])
        #expect(mixed.encoding == .aLaw && mixed.inputRate == 24000 && mixed.outputRate == 48000)
    }

    @Test(arguments: [
        (["rate": "44100"], "invalid_rate"), (["rate": ""], "invalid_rate"), (["input_rate": "8k"], "invalid_rate"),
        (["output_rate": "-8000"], "invalid_rate"), (["rate": "99999999999999999999"], "invalid_rate"),
        (["encoding": "opus"], "invalid_encoding"), (["encoding": ""], "invalid_encoding"),
    ])
    func aBadQueryIsRefused(query: [String: String], code: String) {
        #expect { try PCMDialect(query: query) } throws: { ($0 as? BadInput)?.code == code }
    }

    // MARK: - From the client

    /// Wherever the bytes are cut, in the middle of a sample too, the conversation hears the same.
    @Test(arguments: rates, PCMLine.Encoding.allCases)
    func cutsChangeNothing(rate: Int, encoding: PCMLine.Encoding) throws {
        let query = ["rate": "\(rate)", "encoding": encoding.rawValue]
        var random = Seeded(rate)
        let bytes = (0..<9000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var (whole, cut) = (try Self.dialect(query), try Self.dialect(query))
        let expected = Self.samples(whole.read(.binary(bytes), now: .zero).inputs)
        var (heard, rest): ([Int16], [UInt8]) = ([], bytes)
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 0...301, using: &random))
            heard += Self.samples(cut.read(.binary(Array(piece)), now: .zero).inputs)
            rest.removeFirst(piece.count)
        }
        #expect(heard == expected)
        let end = Frame.text(#"{"type": "stop_recording"}"#)
        heard += Self.samples(cut.read(end, now: .zero).inputs)
        let count = (encoding == .pcm16 ? 4500 : 9000) * 16000
        #expect(heard.count == (count + rate - 1) / rate, "the tail comes before the button is let go")
    }

    @Test func aButtonBeginsTheBytesAnew() throws {
        var dialect = try Self.dialect()
        #expect(Self.samples(dialect.read(.binary([1, 0, 7]), now: .zero).inputs) == [1])
        _ = dialect.read(.text(#"{"type": "start_recording"}"#), now: .zero)
        #expect(Self.samples(dialect.read(.binary([2, 0]), now: .zero).inputs) == [2])
    }

    /// Audio is audio, even when it looks like JSON.
    @Test func binaryIsNeverAMessage() throws {
        var dialect = try Self.dialect()
        let inputs = dialect.read(.binary(Array(#"{"type":"cancel"}"#.utf8) + [0]), now: .zero).inputs
        #expect(Self.samples(inputs).count == 9)
    }

    @Test(arguments: rates)
    func aToneIsHeardAsItIs(rate: Int) throws {
        var dialect = try Self.dialect(["rate": "\(rate)"])
        let bytes = PCM16.bytes(littleEndian: Self.tone(.milliseconds(500), rate: rate))
        let heard = Self.samples(dialect.read(.binary(bytes), now: .zero).inputs)
        let expected = Self.tone(.milliseconds(500), rate: 16000)
        let middle = 1000..<7000
        let worst = middle.map { abs(Int(heard[$0]) - Int(expected[$0])) }.max() ?? .max
        #expect(worst < 200)
    }

    private static func update(_ change: (inout SessionUpdate) -> Void) -> SessionUpdate {
        var update = SessionUpdate()
        change(&update)
        return update
    }

    @Test func theEndOfTheCallClosesNormally() throws {
        var dialect = try Self.dialect([:])
        #expect(
            dialect.write(.ended(.agent), now: .zero) == [
                .text(#"{"type":"session_ended","reason":"agent"}"#), .close(code: 1000, reason: "agent"),
            ])
    }

    static let messages: [(String, ClientSignal)] = [
        (#"{"type": "start", "sample_rate": 16000}"#, .ignored), (#"{"sample_rate": 16000}"#, .ignored),
        (#"{"sample_rate": 16000, "room": "x", "more": [1]}"#, .ignored), (#"{"type": "start"}"#, .ignored),
        (#" {"type": "text", "text": "a", "event_id": "e"} "#, .text("a")), (#"{"type": "pong"}"#, .ignored),
        (
            #"{"type": "start", "variables": {"caller": "Ada"}}"#,
            .update(update { $0.variables = try? ClientValues(["caller": "Ada"]) })
        ),
        (#"{"type": "start", "variables": {"caller": []}}"#, CallScript.malformed("invalid_field")),
        (#"{"type": "start", "sample_rate": 8000}"#, CallScript.malformed("rate_mismatch")),
        (#"{"sample_rate": 1e300}"#, CallScript.malformed("rate_mismatch")),
        (#"{"sample_rate": "16000"}"#, CallScript.malformed("invalid_field")),
        ("", CallScript.malformed("malformed_json")), ("nonsense", CallScript.malformed("not_an_object")),
        ("[1]", CallScript.malformed("not_an_object")), ("{}", CallScript.malformed("missing_type")),
        (#"{"type": 3}"#, CallScript.malformed("invalid_field")),
        (#"{"type": ""}"#, CallScript.malformed("unknown_type")),
        (#"{"type": "text"}"#, CallScript.malformed("missing_field")),
        (
            #"{"type": "text", "text": "\#(String(repeating: "x", count: 8001))"}"#,
            CallScript.malformed("text_too_long")
        ),
        (#"{"type": "playback_progress"}"#, CallScript.malformed("missing_field")),
        (#"{"type": "session.update"}"#, CallScript.malformed("unknown_type")),
        (#"{"type": "pong", "a": \#(String(repeating: "[", count: 600))"#, CallScript.malformed("malformed_json")),
        (
            #"{"type": "pong", "a": "\#(String(repeating: "x", count: 70000))"}"#,
            CallScript.malformed("message_too_large")
        ),
        (#"{"type": "input_audio_buffer.append", "audio": "AAA="}"#, CallScript.malformed("unknown_type")),
    ]

    @Test(arguments: messages)
    func messagesAreRead(text: String, signal: ClientSignal) throws {
        var dialect = try Self.dialect()
        var read = dialect.read(.text(text), now: .zero).inputs
        if case .signal(.malformed(let problem)) = read.first {
            read = [.signal(CallScript.malformed(problem.code))]
            #expect(problem.subject?.number == 1)
        }
        #expect(read == [.signal(signal)])
    }

    @Test func aWarningSaysWhichMessage() throws {
        var dialect = try Self.dialect()
        _ = dialect.read(.text(#"{"type": "pong"}"#), now: .zero)
        _ = dialect.read(.binary([0, 0]), now: .zero)
        let inputs = dialect.read(.text(#"{"type": "text", "event_id": "e7"}"#), now: .zero).inputs
        guard case .signal(.malformed(let problem)) = inputs.first else { throw unexpected(inputs) }
        #expect(problem.subject?.number == 2)
        #expect(problem.subject?.type == "text")
        #expect(problem.subject?.eventID == "e7")
    }

    private func unexpected(_ inputs: [ClientInput]) -> BadInput { BadInput(code: "test", message: "\(inputs)") }

    // MARK: - To the client

    /// Whatever the rates and the pieces, all that was said comes, in frames of 20 ms, and then silence to the frame's end.
    @Test(arguments: rates, [16000, 22050, 24000, 48000])
    func nothingThatIsSaidIsLost(rate: Int, projectRate: Int) throws {
        var random = Seeded(rate + projectRate)
        var dialect = try Self.dialect(["rate": "\(rate)"])
        var (frames, given): ([Frame], Duration) = ([], .zero)
        for segment in 1...3 {
            for _ in 0..<8 {
                let piece = [Int16](repeating: 1000, count: Int.random(in: 0...2500, using: &random))
                given += .samples(piece.count, at: projectRate)
                frames += dialect.write(Self.audio(piece, rate: projectRate, segment: segment), now: .zero)
            }
        }
        frames += dialect.write(.responseDone(ResponseID(1), .completed), now: .zero)
        let sound = Self.bytes(frames)
        #expect(sound.allSatisfy { $0.count == rate / 25 })
        let samples = sound.flatMap { PCM16.samples(littleEndian: $0) }
        // Each segment is rounded up to a sample.
        let least = given.samples(at: rate)
        #expect((least...(least + rate / 50 + 3)).contains(samples.count))
        // The end is there, and not only the beginning of its last frame.
        let last = samples.lastIndex { $0 > 500 } ?? 0
        #expect(abs(last - least) <= rate / 1000 + 3)
        #expect(dialect.wake == nil)
    }

    @Test func whatFillsNoFrameWaitsAndThenComes() throws {
        var dialect = try Self.dialect()
        let first = dialect.write(Self.audio([Int16](repeating: 9, count: 330), rate: 16000), now: .seconds(1))
        #expect(Self.bytes(first).count == 1)
        #expect(dialect.wake == .milliseconds(1300))
        #expect(dialect.time(.milliseconds(1299)) == [])
        let late = Self.bytes(dialect.time(.milliseconds(1300)))
        #expect(
            late.map { PCM16.samples(littleEndian: $0) } == [
                [Int16](repeating: 9, count: 10) + [Int16](repeating: 0, count: 310)
            ])
        #expect(dialect.wake == nil)
    }

    @Test(arguments: PCMLine.Encoding.allCases)
    func anInterruptionForgetsWhatWasHeldBack(encoding: PCMLine.Encoding) throws {
        var dialect = try Self.dialect(["rate": "8000", "encoding": encoding.rawValue])
        _ = dialect.write(Self.audio([Int16](repeating: 20000, count: 1000), rate: 24000), now: .zero)
        let clear = dialect.write(.paused(ResponseID(1), agent: "Guide", heard: "One"), now: .zero)
        #expect(clear.count == 1 && Self.bytes(clear).isEmpty)
        #expect(dialect.wake == nil)
        #expect(dialect.write(Self.audio([1, 2, 3], rate: 24000), now: .zero) == [])
        _ = dialect.write(.resumed(ResponseID(1), Self.source, rest: ""), now: .zero)
        let more = Self.bytes(dialect.write(Self.audio([Int16](repeating: 0, count: 960), rate: 24000), now: .zero))
        let silence = encoding == .pcm16 ? 0 : encoding == .muLaw ? UInt8(0xFF) : 0xD5
        #expect(more.flatMap(\.self).allSatisfy { $0 == silence }, "nothing of before is in it")
    }

    @Test func aGreatPieceIsManyFrames() throws {
        var dialect = try Self.dialect(["rate": "48000"])
        let frames = dialect.write(Self.audio(Self.tone(.seconds(20), rate: 16000), rate: 16000), now: .zero)
        #expect(Self.bytes(frames).count >= 999)
    }

    /// A client that never reads sound is told no less.
    @Test func eventsOfNoInterestAreNotTold() throws {
        var dialect = try Self.dialect()
        #expect(dialect.write(.audioDone(ResponseID(1)), now: .zero) == [])
        #expect(
            dialect.write(.settings(SettingsReport(vad: nil, reportsFrames: true, knowsPauses: false)), now: .zero)
                == [])
        #expect(dialect.contract.knowsPauses)
    }
}
