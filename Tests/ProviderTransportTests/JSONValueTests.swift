import ProviderTransport
import TestSupport
import Testing

struct JSONValueTests {
    @Test func jsonIsReadAndWritten() {
        let value: JSONValue = ["a": [1, 2.5, true, nil, "x\"/"], "b": [:]]
        #expect(value.text == #"{"a":[1,2.5,true,null,"x\"/"],"b":{}}"#)
        #expect(JSONValue(value.bytes) == value)
        #expect(value["a"]?[0]?.int == 1 && value["a"]?[0]?.double == 1 && value["a"]?[2]?.bool == true)
        #expect(value["a"]?[3] == .null && value["a"]?[9] == nil && value["c"] == nil && value["a"]?["b"] == nil)
        #expect(JSONValue(Array("{".utf8)) == nil && JSONValue([]) == nil)
        #expect(JSONValue(Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
    }

    @Test(arguments: [
        ("1", JSONValue.int(1)), ("1.0", 1), ("-0", 0), ("1e3", 1000), ("0.1", .double(0.1)), ("true", true),
        ("false", false), ("null", .null), (" [] ", JSONValue.array([])), (#""\u00e9\n""#, "é\n"),
        ("9007199254740993", .int((1 << 53) + 1)), ("-9007199254740993", .int(-(1 << 53) - 1)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)),
        ("12345678901234567890123", .double(1.2345678901234568e22)),
    ])
    func valuesAreWhatTheyAre(text: String, value: JSONValue) { #expect(JSONValue(text.utf8) == value) }

    @Test(arguments: ["", "{", "tru", #"{"a" 1}"#, #""\ud800""#, "1e400", "nan", "1 2"])
    func whatIsNoValueIsNone(text: String) { #expect(JSONValue(text.utf8) == nil) }

    @Test(arguments: 0..<200)
    func whatIsWrittenIsRead(seed: Int) {
        var random = Seeded(seed)
        let value = Self.value(depth: 4, &random)
        #expect(JSONValue(value.bytes) == value)
    }

    private static func value(depth: Int, _ random: inout Seeded) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &random) {
        case 0: return nil
        case 1: return .bool(.random(using: &random))
        case 2: return .int(.random(in: -(1 << 53)...(1 << 53), using: &random))
        // Whole ones are read as whole numbers.
        case 3: return .double(Double(Int.random(in: -9999...9999, using: &random)) + 0.5)
        case 4: return .string(text(&random))
        case 5: return .array((0..<4).map { _ in value(depth: depth - 1, &random) })
        default:
            return .object(Dictionary((0..<4).map { _ in (text(&random), value(depth: depth - 1, &random)) }) { $1 })
        }
    }

    private static func text(_ random: inout Seeded) -> String {
        String(
            (0..<6).compactMap { _ in #"aé\"/{€😀 "#.randomElement(using: &random) }
                + ["\n"].prefix(.random(in: 0...1, using: &random)))
    }
}
