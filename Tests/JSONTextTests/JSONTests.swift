import Foundation
import JSONText
import TestSupport
import Testing

/// What is written is JSON, judged by another reader.
struct JSONTests {
    @Test(arguments: [
        (JSON.string("a\"b\\c\n\r\t\u{1}\u{1F}/é😀"), #""a\"b\\c\n\r\t\u0001\u001f/é😀""#),
        (.plain("AAD/fw=="), #""AAD/fw==""#), (.int(-7), "-7"), (.double(0.5), "0.5"), (.double(.nan), "null"),
        (.double(.infinity), "null"), (.bool(true), "true"), (.bool(false), "false"), (.null, "null"),
        (.array([]), "[]"), (.object([]), "{}"), (.array([.int(1), .array([.null])]), "[1,[null]]"),
        (.object([("b", .int(1)), ("a\"", .string(""))]), #"{"b":1,"a\"":""}"#),
    ])
    func isWritten(value: JSON, text: String) { #expect(value.text == text) }

    @Test func equalWhenTheTextsAre() {
        #expect(JSON.plain("a") == .string("a"))
        #expect(JSON.object([("a", .null), ("b", .null)]) != .object([("b", .null), ("a", .null)]))
    }

    /// Every scalar value comes back from Foundation's reader.
    @Test func everyScalarComesBack() throws {
        for plane in UInt32(0)...16 {
            let scalars = (plane << 16...plane << 16 + 0xFFFF).compactMap(Unicode.Scalar.init)
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            #expect(try read(.string(text)).unicodeScalars.elementsEqual(scalars))
        }
    }

    @Test func numbersComeBack() throws {
        var random = Seeded(1)
        for _ in 0..<2000 {
            let number = Double(bitPattern: random.next())
            // Not by JSONSerialization, which reads numbers with an error in the last places.
            let list = try JSONDecoder().decode([Double?].self, from: Data(JSON.array([.double(number)]).text.utf8))
            #expect(list == [number.isFinite ? number : nil])
        }
    }

    private func read(_ value: JSON) throws -> String {
        let list = try JSONSerialization.jsonObject(with: Data(JSON.array([value]).text.utf8)) as? [String]
        return try #require(list?.first)
    }
}
