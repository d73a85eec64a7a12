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

    /// What can be read of it is drawn, and the errors are said.
    @Test func aBrokenFileIsDrawnAsFarAsItGoes() async throws {
        let outcome = try await Program.run("graph", Self.corpus("invalid/cycle"))
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("→"))
        #expect(outcome.errors.contains(": error: "))
        let nothing = try await Program.run("graph", Self.corpus("invalid/unclosed-bracket"))
        #expect(nothing.status == 1 && nothing.output.isEmpty && nothing.errors.contains(": error: "))
    }

    // MARK: - Options of validate

    @Test func strictRefusesWarnings() async throws {
        let file = Self.corpus("valid/unknown-key")
        let outcome = try await Program.run("validate", "--strict", file)
        #expect(outcome.status == 1)
        #expect(outcome.lines.last == "\(file): has warnings, which --strict does not allow")
        #expect(
            try await Program.run("validate", "--strict", Self.corpus("valid/vad-off")).status == 0, "a note is none")
    }

    @Test func problemsForPrograms() async throws {
        let (good, bad) = (Self.corpus("valid/minimal"), Self.corpus("invalid/misspelt-class"))
        let outcome = try await Program.run("validate", "--json", good, bad)
        #expect(outcome.status == 1)
        struct Report: Decodable {
            struct Problem: Decodable {
                var severity: String
                var line: Int
                var column: Int
                var path: String
                var hint: String?
            }
            var file: String
            var valid: Bool
            var problems: [Problem]
        }
        let reports = try outcome.lines.map { try JSONDecoder().decode(Report.self, from: Data($0.utf8)) }
        #expect(reports.map(\.file) == [good, bad])
        #expect(reports.map(\.valid) == [true, false])
        #expect(reports[0].problems.isEmpty)
        let problem = try #require(reports[1].problems.first)
        #expect(problem.severity == "error")
        #expect(problem.line == 7)
        #expect(problem.column == 18)
        #expect(problem.path == "utility_agents[0].agent_class")
        #expect(problem.hint == "did you mean 'PlanningAgent'?")
    }

    @Test func aFolderStandsForItsProjects() async throws {
        let folder = try Folder()
        let refused = try await Program.run("validate", folder.path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("no .yaml or .yml file"))
        let text = try Program.text(Self.corpus("valid/minimal"))
        for name in ["b.yml", "a.yaml", "notes.txt", ".hidden.yaml"] { try folder.write(name, text) }
        let outcome = try await Program.run("validate", folder.path)
        #expect(outcome.status == 0)
        #expect(outcome.lines == ["a.yaml: valid", "b.yml: valid"].map { folder.path + "/" + $0 })
    }

    /// Projects with a folder of their own, and the file with the defaults.
    @Test func aFolderStandsForAllThatTheServerReads() async throws {
        let folder = try Folder()
        let text = try Program.text(Self.corpus("valid/minimal"))
        try folder.write("a.yaml", text)
        try folder.write("defaults.yaml", "base_config: {llm_config: {model: Ollama/tiny}}\n")
        for name in ["harbour", "empty"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try folder.write("harbour/config.yaml", text)
        let outcome = try await Program.run("validate", folder.path)
        #expect(outcome.status == 0)
        #expect(
            outcome.lines == ["a.yaml", "harbour/config.yaml", "defaults.yaml"].map { "\(folder.path)/\($0): valid" })
        try folder.write("defaults.yaml", "audio_config: {vad: {threshold: many}}\n")
        let broken = try await Program.run("validate", folder.path)
        #expect(broken.status == 1 && broken.output.contains("defaults.yaml:1:"))
    }

    @Test(arguments: [("valid/minimal", Int32(0)), ("invalid/misspelt-class", 1)])
    func standardInput(name: String, status: Int32) async throws {
        // In two pieces: a pipe gives what there is.
        let script = "(head -n 3 \"$1\"; tail -n +4 \"$1\") | \"$0\" validate -"
        let outcome = try await Program.run("bash", ["-c", script, Program.parley, Self.corpus(name)])
        #expect(outcome.status == status)
        #expect(status == 0 ? outcome.lines == ["-: valid"] : outcome.output.contains("-:7:18: error: "))
        let graph = "\"$0\" graph - < \"$1\""
        #expect(try await Program.run("bash", ["-c", graph, Program.parley, Self.corpus(name)]).status == status)
    }

    @Test func anEndlessInputIsTooLarge() async throws {
        let outcome = try await Program.run("bash", ["-c", "yes | \"$0\" validate -", Program.parley])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("larger than 1 MiB"))
        let device = try await Program.run("validate", "/dev/zero")
        #expect(device.status == 1)
        #expect(device.output.contains("- stands for standard input"))
    }
}
