import AudioCore
import Foundation
import JSONText
import Session
import TestSupport
import Testing

@testable import Dialects

/// What bad messages cost: of what is not audio, the decoder looks at 64 KiB and no more.
struct BridgeWallTests {
    private static let mebibyte = BridgeDecoder.largestMessage
    private static let most = BridgeDecoder.largestRest

    private func meaning(_ bytes: [UInt8]) -> ClientInput { BridgeDecoder.read(bytes).input }

    private func code(_ text: String) -> String? {
        guard case .signal(.malformed(let problem)) = meaning(Array(text.utf8)) else { return nil }
        return problem.code
    }

    /// `begin` and then `piece` again and again, up to just below the largest message.
    private static func large(_ begin: String, _ piece: String, end: String = "") -> String {
        let room = mebibyte - begin.utf8.count - end.utf8.count
        return begin + String(repeating: piece, count: room / piece.utf8.count) + end
    }

    // MARK: Refused without being read

    /// Valid or not, they are not audio. None is judged by what stands behind the bound: there some break the grammar.
    static let tooLarge = [
        large(#"{"type":"PONG""#, #","k0":0"#, end: "}"), large(#"{"type":"PONG""#, #","k0":0"#, end: "canary"),
        large(#"{"k":["#, "[],", end: "0]}"), large(#"{"k":["#, "[],"), large(#"{"k":["#, "0,", end: "0],}"),
        large(#"{"k":""#, "x", end: #""}"#), large(#"{"k":""#, #"\""#), large(#"{""#, "k", end: #"":0}"#),
        large(#"{"type":"PONG"}"#, " "), large(" ", " "), large("{", "\n"), large(#"{"k":"#, "1"),
        large(#"{"type":"input_text","text":""#, "x", end: #""}"#),
        large(#"{"type":"input_audio_buffer.append","text":""#, "A", end: #""}"#),
        // Audio that nobody is to hear is passed over, but not decoded.
        large(#"{"type":"PONG","audio":""#, "!", end: #""}"#), large(#"{"audio":""#, "!", end: #"","type":"PONG"}"#),
        large(#"{"audio":""#, "!", end: #""}"#), large(#"{"data":{"chunk":""#, "A", end: #""},"type":7}"#),
        // Audio of which there is too much else.
        large(#"{"type":"input_audio_buffer.append","audio":"AAA=""#, #","k":0"#, end: "}"),
    ]

    @Test(arguments: tooLarge)
    func whatIsLargeAndNoAudioIsRefused(text: String) { #expect(code(text) == "message_too_large") }

    /// By the first byte alone, whatever comes behind it.
    @Test(arguments: ["[", "\"", "0", "9", "-", "t", "f", "n"])
    func whatIsNoObjectIsKnownByItsFirstByte(first: String) {
        for behind in ["", "]", "\u{0}", " canary", "[],", "{\"type\":\"PONG\"}"] {
            for blanks in ["", " \n\t\r"] {
                #expect(code(blanks + first + behind) == "not_an_object")
                if !behind.isEmpty { #expect(code(Self.large(blanks + first, behind)) == "not_an_object") }
            }
        }
    }

    @Test(arguments: ["canary", "}", "]", ",", ":", "'", "\u{B}", "\u{FEFF}{}", "\u{0}{}", "é", "x[]"])
    func whatBeginsNoValueIsNoJSON(text: String) {
        #expect(code(text) == "malformed_json")
        #expect(code(Self.large(text, "[],")) == "malformed_json")
    }

    @Test func theBoundIsExact() {
        func pong(_ bytes: Int) -> String {
            let (begin, end) = (#"{"type":"PONG","k":""#, #""}"#)
            return begin + String(repeating: "k", count: bytes - begin.utf8.count - end.utf8.count) + end
        }
        #expect(meaning(Array(pong(Self.most).utf8)) == .signal(.ignored))
        #expect(code(pong(Self.most + 1)) == "message_too_large")
        #expect(meaning(Array((pong(Self.most - 1) + " ").utf8)) == .signal(.ignored))
        #expect(code(pong(Self.most) + " ") == "message_too_large")
    }

    @Test func theBoundBesideAudioIsExact() {
        func message(rest: Int) -> String {
            let base64 = String(repeating: "AAAA", count: 20_000)
            let (begin, end) = (#"{"audio":""#, #"","type":"input_audio_buffer.append","k":""#)
            let filling = rest - begin.utf8.count - end.utf8.count - 2
            return begin + base64 + end + String(repeating: "k", count: filling) + #""}"#
        }
        let samples = [Int16](repeating: 0, count: 30_000)
        #expect(meaning(Array(message(rest: Self.most).utf8)) == .audio(samples))
        #expect(code(message(rest: Self.most + 1)) == "message_too_large")
    }

    // MARK: Audio, in whatever form

    static let forms = [
        #"{"type":"input_audio_buffer.append","audio":"%"}"#, #"{"audio":"%","type":"input_audio_buffer.append"}"#,
        #"{"command":"input_audio_buffer.append","data":{"chunk":"%"}}"#,
        #"{"data":{"chunk":"%"},"command":"input_audio_buffer.append","type":"PONG"}"#,
        #" { "event_id" : 7 , "audio" : "%" , "meta" : [ { "a" : [ null , -1.5e+7 ] } , true ] , "type" : "input_audio_buffer.append" } "#,
        #"{"type":"input_audio_buffer.append","data":{"x":{"chunk":1,"audio":2},"chunk":"%"},"audio":"!"}"#,
        #"{"type":"input_audio_buffer.append","data":{"chunk":null},"audio":"%","command":null}"#,
        #"{"type":"input_audio_buffer.append","data":null,"audio":"%","chunk":5,"x":{"type":"PONG"}}"#,
        #"{"t\u0079pe":"input\u005Faudio_buffer.append","\u0061udio":"%"}"#,
    ]

    @Test(arguments: forms)
    func largeAudioIsHeard(form: String) {
        var random = Seeded(1)
        let samples = (0..<60_000).map { _ in Int16.random(in: .min ... .max, using: &random) }
        let base64 = Data(PCM16.bytes(littleEndian: samples)).base64EncodedString()
        for base64 in [base64, base64.replacing("/", with: #"\/"#)] {
            #expect(meaning(Array(form.replacing("%", with: base64).utf8)) == .audio(samples))
        }
    }

    /// Fields that are there twice are the reader's to judge.
    @Test func repeatedFieldsMeanWhatTheyMeanToTheReader() throws {
        for text in [
            #"{"type":"PONG","type":"input_audio_buffer.append","audio":"AAA="}"#,
            #"{"type":"input_audio_buffer.append","type":"PONG","audio":"AAA="}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAA=","audio":"AQA="}"#,
            #"{"type":"input_audio_buffer.append","data":{"chunk":"AAA="},"data":{}}"#,
            #"{"type":"input_audio_buffer.append","data":{"chunk":"AAA=","chunk":"AQA="}}"#,
            #"{"type":"input_audio_buffer.append","audio":null,"audio":"AQA="}"#,
        ] {
            let event = meaning(Array(text.utf8))
            #expect(Reference.audio(Array(text.utf8)) == (event.samples), "\(text)")
        }
    }

    // MARK: Noise

    /// The same messages read by Foundation, without a thought to cost.
    private struct Reference: Decodable {
        struct Chunk: Decodable { var chunk: String? }
        var command: String?
        var type: String?
        var audio: String?
        var data: Chunk?

        static func audio(_ bytes: [UInt8]) -> [Int16]? {
            guard let message = try? JSONReader.decode(Reference.self, from: bytes),
                message.command ?? message.type == "input_audio_buffer.append",
                let base64 = message.data?.chunk ?? message.audio, let audio = Data(base64Encoded: base64),
                audio.count.isMultiple(of: 2)
            else { return nil }
            return PCM16.samples(littleEndian: Array(audio))
        }
    }

    /// 20,000 messages: audio in all forms and nesting in all forms, mutated. Each gives an event, and audio is what
    /// Foundation takes for audio. Foundation is not as strict: it takes a comma behind the last member, half a number in
    /// a field that it does not read, and base64 of five characters.
    @Test(arguments: UInt64(0)..<20)
    func noiseIsSurvived(seed: UInt64) {
        var random = Seeded(seed)
        var (heard, refused) = (0, 0)
        for _ in 0..<1000 {
            let bytes = Self.noise(&random)
            let event = meaning(bytes)
            switch (Reference.audio(bytes), event) {
            case (let samples?, .signal(.malformed(let problem))):
                #expect(
                    ["malformed_json", "bad_base64", "invalid_field"].contains(problem.code),
                    "\(problem.code), not \(samples)")
                refused += 1
            case (let samples?, _):
                #expect(event == .audio(samples), "\(bytes)")
                heard += 1
            case (nil, .audio):
                // Into strings that it has no use for, the decoder does not look as Foundation does.
                #expect(bytes.contains { $0 < 0x20 || $0 >= 0x80 || $0 == UInt8(ascii: "\\") }, "\(bytes)")
            case (nil, _): break
            }
        }
        #expect(heard > 100 && refused < 5, "\(heard), \(refused)")
    }

    private static func noise(_ random: inout Seeded) -> [UInt8] {
        let nests = ["[", #"{"a":"#, #"{"type":"PONG","x":["#, "[\n", #"{"data":"#, #"[{"\"":"#, "]", "}", "\""]
        func nest(_ random: inout Seeded) -> String {
            let nest = nests.randomElement(using: &random) ?? "["
            return String(repeating: nest, count: [1, 2, 63, 64, 65, 512, 513].randomElement(using: &random) ?? 1)
        }
        var text = Self.forms.randomElement(using: &random) ?? ""
        let base64 =
            ["AAA=", "AQIDBAUG", "/+8=", #"\/+8="#, "", "AAAA", #"\u0041AA="#].randomElement(using: &random) ?? ""
        text = text.replacing("%", with: base64)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: text = nest(&random) + text
        case 1: text = String(text.dropLast()) + #","n":"# + nest(&random) + nest(&random) + "}"
        case 2: text = nest(&random) + nest(&random)
        default: break
        }
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert("{}[]\",:\\0nA=/".utf8.randomElement(using: &random) ?? 0, at: place)
            case 3: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            }
        }
        return bytes
    }
}

extension ClientInput {
    fileprivate var samples: [Int16]? { if case .audio(let samples) = self { samples } else { nil } }
}
