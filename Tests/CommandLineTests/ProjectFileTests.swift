import Foundation
import Testing

/// `parley validate` and `parley graph`.
@Suite(.timeLimit(.minutes(2)))
struct ProjectFileTests {
    private static func corpus(_ name: String) -> String {
        Program.root.appending(path: "Tests/ProjectsTests/Corpus/\(name).yaml").path(percentEncoded: false)
    }

    private static let advisor = Program.root.appending(path: "projects/investment-advisor.yaml")
        .path(percentEncoded: false)

    /// The tutorial's project, and the two places where it may have its speech settings.
    @Test func goodFilesAreValid() async throws {
        let files = [Self.advisor, Self.corpus("valid/speech-inside"), Self.corpus("valid/speech-beside")]
        let outcome = try await Program.run(Program.parley, ["validate"] + files)
        #expect(outcome.status == 0)
        for file in files { #expect(outcome.lines.contains("\(file): valid")) }
        #expect(outcome.errors.isEmpty)
    }

    @Test func warningsAreAllowed() async throws {
        let outcome = try await Program.run("validate", Self.corpus("valid/unknown-key"))
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(": warning: "))
    }

    @Test func aProblemIsShownWithItsPlace() async throws {
        let file = Self.corpus("invalid/misspelt-class")
        let outcome = try await Program.run("validate", Self.advisor, file)
        #expect(outcome.status == 1)
        #expect(outcome.lines.contains("\(Self.advisor): valid"), "the others are checked all the same")
        let start = try #require(outcome.lines.firstIndex { $0.hasPrefix(file + ":") })
        let place = try #require(outcome.lines[start].dropFirst(file.count).prefixMatch(of: #/:(\d+):(\d+): error: /#))
        let (line, column) = (try #require(Int(place.1)), try #require(Int(place.2)))
        let source = try Program.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        let margin = " \(line) | "
        #expect(outcome.lines[start + 1] == margin + source[line - 1])
        let caret = try #require(outcome.lines[start + 2].firstIndex(of: "^"))
        #expect(
            outcome.lines[start + 2].distance(from: outcome.lines[start + 2].startIndex, to: caret) == margin.count
                + column - 1)
        #expect(outcome.output.contains("did you mean"))
    }

    @Test func aModelOfAListHasItsOwnPlace() async throws {
        let file = Self.corpus("invalid/model-list-unknown")
        let outcome = try await Program.run("validate", file)
        #expect(outcome.status == 1)
        let start = try #require(outcome.lines.firstIndex { $0.contains(": error: unknown provider 'ElevenLab'") })
        #expect(outcome.lines[start].hasSuffix("[audio_config.tts.model[0]]"))
        #expect(outcome.lines[start + 1].contains("[ElevenLab/eleven_turbo_v2_5, Azure/AI-Speech, OpenAI]"))
        #expect(outcome.lines[start + 3].hasSuffix("= did you mean 'ElevenLabs'?"))
        let good = try await Program.run("validate", Self.corpus("valid/voice-list-shorter"))
        #expect(good.lines == ["\(Self.corpus("valid/voice-list-shorter")): valid"])
    }

    @Test func aMissingFileIsAProblemOfItsOwn() async throws {
        let outcome = try await Program.run("validate", "/nowhere/project.yaml")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("/nowhere/project.yaml"))
        #expect(outcome.output.contains("cannot be read"))
    }

    @Test(arguments: [("text", "Stock Planner"), ("mermaid", "flowchart"), ("dot", "digraph")])
    func aGraphIsDrawn(format: String, mark: String) async throws {
        let outcome = try await Program.run("graph", Self.advisor, "--format", format)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(mark))
        #expect(outcome.output.contains("Currency Planner"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func aBrokenFileHasNoGraph() async throws {
        let outcome = try await Program.run("graph", Self.corpus("invalid/cycle"))
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(": error: "))
    }
}
