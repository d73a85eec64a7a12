import FlowGraph
import Foundation

/// Exit codes as usual on Unix.
enum ExitCode {
    /// All went well.
    static let success: Int32 = 0
    /// The work could not be done.
    static let failure: Int32 = 1
    /// The command line makes no sense.
    static let usage: Int32 = 2
}

/// One command of the program.
protocol Command {
    /// What it is called on the command line.
    static var name: String { get }
    /// One line on what it does.
    static var summary: String { get }
    /// How it is called: the line after `usage: parley`, then a line an option.
    static var help: String { get }
    /// What it takes.
    static var syntax: ArgumentSyntax { get }
    /// Does it.
    static func run(_ arguments: Arguments) async throws -> Int32
}

/// Finds the command, reads its arguments, reports what is wrong with them.
enum CommandLineTool {
    static let version = "0.1.0"
    static var commands: [any Command.Type] {
        [
            ServeCommand.self, ValidateCommand.self, GraphCommand.self, VADCommand.self, CallCommand.self,
            DoublesCommand.self,
        ]
    }

    static func run(_ words: [String]) async -> Int32 {
        guard let first = words.first else {
            Output.error(overview)
            return ExitCode.usage
        }
        if first == "help", words.count > 1 { return await run([words[1], "--help"]) }
        if ["--help", "-h", "help"].contains(first) {
            Output.line(overview)
            return ExitCode.success
        }
        if first == "--version" {
            Output.line("parley \(version)")
            return ExitCode.success
        }
        guard let command = commands.first(where: { $0.name == first }) else {
            let names = commands.map { $0.name }
            let hint =
                nearestName(to: first, among: names).map { "did you mean '\($0)'?" }
                ?? "there are: \(names.joined(separator: ", "))"
            Output.error("parley: there is no command '\(first)'; \(hint)\ntry 'parley --help'")
            return ExitCode.usage
        }
        return await run(command, Array(words.dropFirst()))
    }

    private static func run(_ command: any Command.Type, _ words: [String]) async -> Int32 {
        if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            Output.line("usage: parley \(command.help)")
            return ExitCode.success
        }
        do {
            return try await command.run(Arguments(words, syntax: command.syntax))
        } catch let error as UsageError {
            Output.error("parley \(command.name): \(error.message)\ntry 'parley \(command.name) --help'")
            return ExitCode.usage
        } catch {
            Output.error("parley \(command.name): \(error)")
            return ExitCode.failure
        }
    }

    private static var overview: String {
        let width = commands.map { $0.name.count }.max() ?? 0
        let lines = commands.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.summary)" }
        return """
            parley: voice conversations with several agents, from one YAML file

            usage: parley COMMAND …

            \(lines.joined(separator: "\n"))

            'parley COMMAND --help' tells more; 'parley --version' the version.
            """
    }
}

/// Where the program writes.
enum Output {
    static func line(_ text: String) { self.text(text + "\n") }

    /// Text that brings its own last newline.
    static func text(_ text: String) { write(text, to: .standardOutput) }

    static func error(_ text: String) { write(text + "\n", to: .standardError) }

    private static func write(_ text: String, to file: FileHandle) {
        // A reader that went away, as `head` does, is no error of ours.
        try? file.write(contentsOf: Data(text.utf8))
    }
}
