import Foundation
import Projects
import Testing

@Suite("YAML that is no project")
struct YAMLValueTests {
    private func json(_ text: String) throws(YAMLValue.Failure) -> String {
        String(decoding: try YAMLValue.read(text: text, file: "script.yaml").jsonData(), as: UTF8.self)
    }

    private func problems(_ text: String) -> [String] {
        do throws(YAMLValue.Failure) {
            return ["no problem: " + (try json(text))]
        } catch {
            return error.diagnostics.map(\.summary)
        }
    }

    @Test func scalarsMeanWhatTheyMeanInProjects() throws {
        #expect(
            try json("[~, true, off, 7, -7, 0x1F, 1.5, -.5, 1e3, 012, .inf, nan, '7', yes please]")
                == #"[null,true,false,7,-7,31,1.5,-0.5,1000.0,"012",".inf","nan","7","yes please"]"#)
        #expect(try json("") == "null")
        #expect(try json("# nothing") == "null")
        #expect(try json("a: 9007199254740993\nb: 1e308") == #"{"a":9007199254740993,"b":1e+308}"#)
    }

    @Test func structureAndOrderAreKept() throws {
        let text = """
            rules: &rules
              - {on: llm, delay_ms: 250}
              - on: tts
                fault: cut
            base: &base {a: 1}
            again: *rules
            merged: {<<: *base, b: [], c: {}}
            """
        #expect(
            try json(text) == #"{"rules":[{"on":"llm","delay_ms":250},{"on":"tts","fault":"cut"}],"base":{"a":1},"#
                + #""again":[{"on":"llm","delay_ms":250},{"on":"tts","fault":"cut"}],"#
                + #""merged":{"b":[],"c":{},"a":1}}"#)
    }

    @Test func textIsEscapedSoThatAReaderGetsItBack() throws {
        let data = try YAMLValue.read(text: #"["\"\\/\n\t\e\0ä𝛑", '|-']"# + "\n", file: "f").jsonData()
        let read = try JSONSerialization.jsonObject(with: data) as? [String]
        #expect(read == ["\"\\/\n\t\u{1B}\0ä𝛑", "|-"])
    }

    @Test func problemsHaveTheirPlaces() {
        #expect(
            problems("a: 1\na: 2") == [
                "script.yaml:2:1: error: the key 'a' is given twice; the first one is in line 1"
            ])
        #expect(
            problems("a: 1\n---\nb: 2") == [
                "script.yaml:2:1: error: the file has a second document; one file holds one document"
            ])
        #expect(problems("a: 1\n  b: 2").first?.hasPrefix("script.yaml:2:4: error: not valid YAML") == true)
        #expect(problems("a\0b") == ["script.yaml:1:2: error: a NUL byte at offset 1; YAML is plain text"])
        #expect(problems("[" + String(repeating: "x,", count: 20_001) + "]").count == 1)
        #expect(problems(String(repeating: "[", count: 65)).first?.contains("nested deeper than 64 levels") == true)
        #expect(problems(String(repeating: " ", count: 1 << 20) + "x").first?.contains("larger than 1 MiB") == true)
    }
}
