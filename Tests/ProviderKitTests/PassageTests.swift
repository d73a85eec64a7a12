import JSONText
import Testing

@testable import ProviderKit

/// Passages are read from whatever somebody answers.
@Suite struct PassageTests {
    private func read(_ text: String) throws -> [String]? {
        PassageList.passages(in: try JSON(reading: text))?.map { "\($0.text)|\($0.source)|\($0.title)" }
    }

    @Test(
        arguments: [
            (#"[{"result":"A","source":"s","title":"t","score":0.5}]"#, ["A|s|t"]),
            (#"[{"text":"A","url":"https://a.example"},{"content":"B"}]"#, ["A|https://a.example|", "B||"]),
            (#"{"results":[{"snippet":"A","link":"l"}],"count":1}"#, ["A|l|"]),
            (#"{"took":3,"hits":{"total":1,"hits":[{"body":"A","name":"n"}]}}"#, ["A||n"]),
            (#"["A","B"]"#, ["A||", "B||"]), (#"{"warnings":[],"items":[{"text":"A"}]}"#, ["A||"]),
            (#"[{"text":"A"},7,null,{"x":1},[],{"text":""},{"text":"B"}]"#, ["A||", "B||"]),
            (#"[]"#, []), (#"{"results":[]}"#, []), (#"{"result":"A"}"#, ["A||"]),
        ] as [(String, [String])])
    func whatIsReadable(_ text: String, _ expected: [String]) throws { #expect(try read(text) == expected) }

    @Test(arguments: [#"{"error":"x"}"#, "7", "null", "[7,8]", #"{"a":{"b":{"c":{"d":{"e":[{"text":"A"}]}}}}}"#])
    func whatIsNoList(_ text: String) throws { #expect(try read(text) == nil) }

    @Test func muchIsCut() throws {
        let long = String(repeating: "é\u{301}", count: 50_000)
        let entry = #"{"text":"\#(long)","source":"\#(long)","score":1e999}"#
        let json = JSON.array(Array(repeating: try JSON(reading: entry.replacing("1e999", with: "1")), count: 5000))
        let passages = try #require(PassageList.passages(in: json))
        #expect(passages.count == Passage.most)
        #expect(passages.allSatisfy { $0.text.unicodeScalars.count <= Passage.longestText + 1 })
        #expect(passages.allSatisfy { $0.source.unicodeScalars.count <= Passage.longestName + 1 })
        let text = PassageList.text(passages)
        #expect(text.count <= ToolOutcome.longestResult)
        #expect(PassageList.passages(of: text, from: "x").count >= 9)
    }

    /// Whatever is escaped, the text keeps its bound and can be read again.
    @Test func textsOfEscapesFit() throws {
        let passages = (0..<10).compactMap { _ in Passage(String(repeating: "\"\\", count: 600), source: "s") }
        let text = PassageList.text(passages)
        #expect(text.count <= ToolOutcome.longestResult)
        let again = PassageList.passages(of: text, from: "x")
        #expect((1..<10).contains(again.count) && again.allSatisfy { $0.text == passages[0].text })
    }

    @Test func plainTextIsOnePassage() {
        #expect(PassageList.passages(of: "Nine.", from: "stock").map(\.name) == ["stock"])
        #expect(PassageList.passages(of: "[{\"text\":", from: "stock").count == 1)
        #expect(PassageList.passages(of: "null", from: "stock").isEmpty)
        #expect(PassageList.passages(of: " \n", from: "stock").isEmpty)
        #expect(PassageList.passages(of: #"[{"text":"A"}]"#, from: "stock").map(\.source) == ["stock"])
    }

    @Test func controlCharactersAreLeftOut() {
        let passage = Passage(" \u{0}\u{1B}[31mred\u{7}\n", source: "a\nb\u{85}c", score: .infinity)
        #expect(passage?.text == "[31mred" && passage?.source == "a bc" && passage?.score == nil)
        #expect(Passage("\u{1}  \t") == nil)
    }
}
