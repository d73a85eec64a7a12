import JSONText
import Testing

/// The walk over a text: the grammar outside of strings, the reach, the depth.
struct JSONCursorTests {
    /// Walks over a text that is an array or an object.
    private func failure(_ text: String, reach: Int = .max) -> JSONCursor.Failure? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes, reach: reach)
            do throws(JSONCursor.Failure) {
                try cursor.skipValue(depth: 1)
                return try cursor.isAtEnd() ? nil : .malformed
            } catch {
                return error
            }
        }
    }

    @Test(arguments: [
        "[]", "{}", " [ ] ", "\t{\r\n}\n", "[1]", "[0,-0,10,-1.5,0.0e0,1E+9,2e-7]", "[true,false,null]", #"["",""]"#,
        #"{"a":1,"b":{"c":[{}]}}"#, #"["\"]\\","\\\"","12345678\"]","1234567\\"]"#, #"{"é":"€😀"}"#,
    ])
    func whatIsJSONIsWalkedOver(text: String) {
        #expect(failure(text) == nil)
        // Neither less of it nor more is JSON.
        let trimmed = text.drop { $0.isWhitespace }
        for length in 0..<trimmed.count {
            let part = String(trimmed.prefix(length))
            #expect(failure(part) == .malformed || trimmed.dropFirst(length).allSatisfy(\.isWhitespace), "\(part)")
        }
        #expect(failure(text + "x") == .malformed && failure(text + "]") == .malformed)
        // The same with a bound on what is looked at.
        #expect(failure(text, reach: text.utf8.count) == nil)
        #expect(failure(text + " ", reach: text.utf8.count) == .outOfReach)
    }

    @Test(arguments: [
        "", "x", "[", "]", "[1 2]", "[1,]", "{1:2}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a" 1}"#, "[+1]", "[01]",
        "[1.]", "[.5]", "[1e]", "[1e+]", "[-]", "[--1]", "[1-2]", "[tru]", "[True]", "[nul", "[nulll]", "['a']",
        "[NaN]",
        #"["a]"#, #"["a\"]"#, "[}", "{]", "{,}", "[,]", "[/**/]", "[0x1]", "[1_0]", "\u{FEFF}[]", "[\u{A0}]",
    ])
    func whatIsNoJSONIsNot(text: String) { #expect(failure(text) == .malformed) }

    @Test func theDepthIsBounded() {
        let most = JSONReader.deepestLevel
        func lists(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        func objects(_ levels: Int) -> String {
            String(repeating: #"{"a":"#, count: levels) + "0" + String(repeating: "}", count: levels)
        }
        #expect(failure(lists(most)) == nil && failure(lists(most + 1)) == .tooDeep)
        #expect(failure(objects(most)) == nil && failure(objects(most + 1)) == .tooDeep)
        #expect(failure(String(repeating: "[", count: 100_000)) == .tooDeep)
    }

    @Test func aLongStringTakesNothingOfTheReach() throws {
        let text = Array(#"["\#(String(repeating: "x", count: 1000))","y"]"#.utf8)
        try text.withUnsafeBufferPointer { bytes throws(JSONCursor.Failure) in
            for (reach, isEnough) in [(8, true), (7, false)] {
                var cursor = JSONCursor(bytes, reach: reach)
                #expect(try cursor.take("["))
                #expect(try cursor.longString().range == 2..<1002)
                try cursor.expect(",")
                #expect(try cursor.string().range == 1005..<1006)
                do throws(JSONCursor.Failure) {
                    try cursor.expect("]")
                    #expect(isEnough)
                } catch {
                    #expect(!isEnough && error == .outOfReach)
                }
            }
        }
    }

    @Test(arguments: [
        (#""type""#, "type"), (#""\u0074ype""#, "type"), (#""\u0074\u0079\u0070\u0065""#, "type"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""""#, ""), (#""é""#, "é"), (#""\u00e9""#, nil),
        (#""\u00""#, nil), (#""\u007""#, nil), (#""\x""#, nil), (#""\ud83d\ude00""#, nil), (#""\u-001""#, nil),
    ])
    func escapesAreUndone(text: String, plain: String?) throws {
        try Array(text.utf8).withUnsafeBufferPointer { bytes throws(JSONCursor.Failure) in
            var cursor = JSONCursor(bytes, reach: bytes.count)
            let slice = try cursor.string()
            #expect(slice.plainBytes(in: bytes).map { String(decoding: $0, as: UTF8.self) } == plain)
            #expect(slice.says("type", in: bytes) == (plain == "type"))
            #expect(slice.isEscaped == text.contains("\\"))
        }
    }
}
