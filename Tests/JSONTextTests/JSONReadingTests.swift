import Foundation
import TestSupport
import Testing

@testable import JSONText

@Suite("JSON is read as it is written")
struct JSONReadingTests {
    @Test(arguments: [
        ("null", JSON.null), (" true ", .bool(true)), ("-0", .int(0)), ("12", .int(12)), ("1.5e3", .double(1500)),
        ("1E2", .double(100)), (#""a\"\\\/\b\f\n\r\té""#, .string("a\"\\/\u{8}\u{C}\n\r\té")),
        (#""\ud83d\ude00""#, .string("😀")), ("[]", .array([])), ("{ }", .object([])),
        (
            #"{"b": [1, {"a": null}], "a": ""}"#,
            .object([("b", .array([.int(1), .object([("a", .null)])])), ("a", .string(""))])
        ),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)),
    ])
    func values(text: String, value: JSON) throws {
        #expect(try JSON(reading: text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "truE", "01", "+1", "1.", ".5", "1e", "-", "1e999", "[1,]", "[1 2]", "{\"a\" 1}", "{a: 1}",
        "{\"a\":1,}", "[",
        "{", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"a\nb\"", "1 2",
        "'a'",
    ])
    func textsThatAreNone(text: String) {
        #expect(throws: JSON.ReadingError.self) { try JSON(reading: text) }
    }

    @Test func bytesThatAreNoText() {
        #expect(throws: JSON.ReadingError.malformed(at: 0)) { try JSON(reading: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func nestingIsBounded() throws {
        let deepest = JSONReader.deepestLevel
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSON(reading: nested(deepest)) }
        #expect(throws: JSON.ReadingError.tooDeep) { try JSON(reading: nested(deepest + 1)) }
        #expect(throws: JSON.ReadingError.tooDeep) { try JSON(reading: String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func ofANameThatIsThereTwiceTheLastCounts() throws {
        let json = try JSON(reading: #"{"a": 1, "b": 2, "a": 3}"#)
        #expect(json.text == #"{"a":3,"b":2}"#)
        #expect(json["a"] == .int(3) && json["c"] == nil && json["b"]?.number == 2)
    }

    @Test("What is written is read again, and Foundation reads the same", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = Seeded(seed)
        let json = JSON.random(&random, depth: 4)
        let read = try JSON(reading: json.text)
        #expect(read == json)
        let theirs = try JSONReader.foundationValue(from: json.text.utf8)
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: [theirs], options: .fragmentsAllowed), as: UTF8.self)
        #expect(try JSON(reading: text).isSame(as: .array([json])))
    }

    @Test("Bytes at random end in a value or an error", arguments: 0..<300)
    func noise(seed: Int) {
        var random = Seeded(seed)
        let alphabet = Array(#"{}[]",:\u0a1e-+. tfn"#.utf8) + [0, 0xC3, 0xFF]
        let bytes = (0..<Int.random(in: 0...60, using: &random)).compactMap { _ in
            alphabet.randomElement(using: &random)
        }
        if let value = try? JSON(reading: bytes) { #expect((try? JSON(reading: value.text)) == value) }
    }
}

extension JSON {
    /// A value of any shape; numbers are such as other readers keep.
    static func random(_ random: inout Seeded, depth: Int) -> JSON {
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .int(.random(in: -1_000_000...1_000_000, using: &random))
        case 3: .double(Double(Int.random(in: -1000...1000, using: &random)) + 0.5)
        case 4: .string(text(&random))
        case 5: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in JSON.random(&random, depth: depth - 1) })
        default:
            .object(
                (0..<Int.random(in: 0...3, using: &random)).map { index in
                    ("\(index)" + text(&random), JSON.random(&random, depth: depth - 1))
                })
        }
    }

    private static func text(_ random: inout Seeded) -> String {
        let characters: [Character] = ["a", "\"", "\\", "/", "\n", "\u{1}", "ß", "😀", "\u{2028}", " ", "{"]
        return String(
            (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in characters.randomElement(using: &random) })
    }
}
