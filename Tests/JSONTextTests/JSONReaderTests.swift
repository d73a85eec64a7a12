import Foundation
import TestSupport
import Testing

@testable import JSONText

/// What stands between a text from elsewhere and Foundation's parsers.
struct JSONReaderTests {
    /// Any JSON value, looked into all the way down.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {
            if var list = try? decoder.unkeyedContainer() {
                while !list.isAtEnd { _ = try list.decode(Anything.self) }
            } else if let object = try? decoder.container(keyedBy: Key.self) {
                for key in object.allKeys { _ = try object.decode(Anything.self, forKey: key) }
            }
        }

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }

    private func refusal(_ text: some Sequence<UInt8>) -> JSONReader.Refusal? {
        do {
            _ = try JSONReader.decode(Anything.self, from: text)
            return nil
        } catch {
            return error as? JSONReader.Refusal
        }
    }

    /// Each of them ends the process when Foundation's `JSONDecoder` reads it.
    private static let deadly = [
        String(repeating: "[", count: 513), #"{"type":"PONG","x":"# + String(repeating: "[", count: 512),
        String(repeating: #"{"a":"#, count: 512) + "[", String(repeating: "[ ", count: 512) + "[",
        String(repeating: "[\n", count: 512) + "[", String(repeating: #"[{"\"":"#, count: 256) + "[",
        String(repeating: "\t[\r\n", count: 512) + "[",
    ]

    @Test(arguments: deadly)
    func whatEndsFoundationIsRefused(text: String) {
        #expect(refusal(text.utf8) == .tooDeep)
        #expect(throws: JSONReader.Refusal.tooDeep) { try JSONReader.foundationValue(from: text.utf8) }
    }

    /// Foundation reads UTF-16 and UTF-32, too, where the bytes of quotes and brackets mean something else.
    @Test(arguments: [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian])
    func noOtherEncodingIsRead(encoding: String.Encoding) throws {
        for text in Self.deadly + [#"["\""]"#, #"["\"", "# + String(repeating: "[", count: 600), "[1]", "\"x\""] {
            #expect(refusal(try #require(text.data(using: encoding))) == .notText)
        }
    }

    @Test(arguments: ["[%]", #"{"a":%}"#, #"[1,{"b":%}]"#])
    func theBoundIsExact(form: String) throws {
        let halves = form.split(separator: "%").map(String.init)
        func nested(_ levels: Int) -> String {
            let opening = halves[0].count { "[{".contains($0) }
            let times = levels / opening
            let rest = String(repeating: "[", count: levels % opening)
            return String(repeating: halves[0], count: times) + rest + "7" + rest.replacing("[", with: "]")
                + String(repeating: halves[1], count: times)
        }
        #expect(refusal(nested(JSONReader.deepestLevel).utf8) == nil)
        #expect((try? JSONReader.foundationValue(from: nested(JSONReader.deepestLevel).utf8)) != nil)
        #expect(refusal(nested(JSONReader.deepestLevel + 1).utf8) == .tooDeep)
    }

    @Test func bracketsInStringsDoNotCount() throws {
        let brackets = String(repeating: "[{", count: 1000)
        for text in [brackets, #"\""# + brackets, #"\\\""# + brackets, #"\u005b"# + brackets + #"\\"#] {
            #expect(refusal(#"{"\#(text)": ["\#(text)", "\#(text)"]}"#.utf8) == nil)
        }
        #expect(refusal((#"["\\", "# + brackets).utf8) == .tooDeep)
        #expect(refusal(("[" + String(repeating: #"[[]],"#, count: 10_000) + "0]").utf8) == nil)
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x5B, 0x00, 0x5D], [0],
    ])
    func bytesThatAreNoTextAreRefused(bytes: [UInt8]) { #expect(refusal(bytes) == .notText) }

    @Test func whatIsReadIsWhatFoundationReads() throws {
        #expect(try JSONReader.decode([String].self, from: #"["é\u00e9\/", "[[{"]"#.utf8) == ["éé/", "[[{"])
        #expect(throws: DecodingError.self) { try JSONReader.decode([Int].self, from: "[1".utf8) }
        #expect(try JSONReader.foundationValue(from: Array("7".utf8)) as? Int == 7)
    }

    /// Texts that nest in all manners, cut and mutated: each is read or refused.
    @Test(arguments: UInt64(0)..<20)
    func noiseIsSurvived(seed: UInt64) {
        var random = Seeded(seed)
        let pieces = [
            "[", "{", "]", "}", #"{"a":"#, "[[[[[[[[", ",", ":", "\"", #"\""#, #"\"#, "\n", " ", "0", "-1e5", "é",
        ]
        for _ in 0..<1000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
                let count = [1, 1, 1, 2, 2, 3, 63, 64, 65, 513].randomElement(using: &random) ?? 1
                text += String(repeating: piece, count: count)
            }
            var bytes = Array(text.utf8)
            if !bytes.isEmpty && Bool.random(using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = refusal(bytes)
            _ = try? JSONReader.foundationValue(from: bytes)
        }
    }
}
