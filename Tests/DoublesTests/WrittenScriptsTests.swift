import Doubles
import Foundation
import Projects
import Testing

/// Scripts in YAML: those of the documents and of the tests, and the places of mistakes.
struct WrittenScriptsTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func read(_ text: String) throws -> DoublesScript {
        try DoublesScript.read(json: Array(try YAMLValue.read(text: text, file: "script.yaml").jsonData()))
    }

    @Test func theScriptsOfTheDocumentAreValid() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/doubles.md"), encoding: .utf8)
        let scripts = page.components(separatedBy: "```yaml\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(scripts.count == 2)
        for script in scripts { #expect(try read(script).rules.count > 1) }
    }

    @Test func theDocumentNamesEveryWireThatIsServed() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/doubles.md"), encoding: .utf8)
        for wire in [Wire.openAIChat, .openAITranscriptions, .openAISpeech, .ollamaChat] {
            #expect(page.contains("| `\(wire.rawValue)` |"))
        }
    }

    @Test func mistakesHaveALine() throws {
        let value = try YAMLValue.read(
            text: "seed: 1\nrules:\n  - wire: openai.chat\n  - fault:\n      status: 99\n", file: "script.yaml")
        #expect(value.place(of: ["rules", "1", "fault", "status"]) == (5, 7))
        #expect(value.place(of: ["rules", "0"]) == (3, 5))
        #expect(value.place(of: ["rules", "7", "wire"]) == (2, 1))
        #expect(value.place(of: []) == (1, 1))
    }
}
