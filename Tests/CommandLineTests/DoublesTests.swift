import Foundation
import Testing

/// `parley doubles`.
@Suite(.timeLimit(.minutes(2)))
struct DoublesTests {
    @Test func theEnvironmentIsPrinted() async throws {
        let outcome = try await Program.run("doubles", "--env", "--at", "http://127.0.0.1:4321")
        #expect(outcome.status == 0)
        #expect(outcome.lines.contains("OPENAI_BASE_URL=http://127.0.0.1:4321/v1"))
        #expect(outcome.lines.contains("DEEPGRAM_BASE_URL=ws://127.0.0.1:4321"))
        #expect(outcome.lines.allSatisfy { $0.contains("=") })
        #expect(try await Program.run("doubles", "--env", "--at", "localhost").status == 2)
    }

    @Test func aWrongScriptIsToldWithItsPlace() async throws {
        let folder = try Folder()
        let file = try folder.write("script.yaml", "rules:\n  - wire: openai.chat\n    first_ms: 3\n")
        let outcome = try await Program.run("doubles", "--port", "0", "--script", file)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("\(file):3:5: rules[0].first_ms: there is no such key; there are: betweenMs"))
        let broken = try folder.write("broken.yaml", "rules: [")
        #expect(try await Program.run("doubles", "--port", "0", "--script", broken).errors.contains("broken.yaml:"))
        #expect(try await Program.run("doubles", "--script", "/nowhere").errors.contains("/nowhere: cannot be read"))
    }
}
