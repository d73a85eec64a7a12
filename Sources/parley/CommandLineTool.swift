import FlowGraph
import Foundation
import Network

/// Exit codes, as is usual on Unix.
enum ExitCode {
    /// The command succeeded.
    static let success: Int32 = 0
    /// The command failed.
    static let failure: Int32 = 1
    /// The command line is wrong.
    static let usage: Int32 = 2
}

/// One command of the program.
protocol Command {
    /// Its name on the command line.
    static var name: String { get }
    /// One line that says what it does.
    static var summary: String { get }
    /// The help text: the line after `usage: parley`, then one line for each option.
    static var help: String { get }
    /// The arguments that it accepts.
    static var syntax: ArgumentSyntax { get }
    /// Runs the command and returns the exit code.
    static func run(_ arguments: Arguments) async throws -> Int32
}

/// Finds the command, reads its arguments and reports mistakes in them.
enum CommandLineTool {
    static let version = "0.1.0"
    static var commands: [any Command.Type] {
        [
            ServeCommand.self, ValidateCommand.self, GraphCommand.self, VADCommand.self, CallCommand.self,
            ReplayCommand.self, EvalCommand.self, DoublesCommand.self, ModelsCommand.self, ProjectsCommand.self,
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
            Output.error("parley \(command.name): \(error)\(advice(on: error, of: command))")
            return ExitCode.failure
        }
    }

    /// What the caller can do about an error, where an option of the command helps.
    private static func advice(on error: any Error, of command: any Command.Type) -> String {
        guard let error = error as? NetworkError, error.code == .addressInUse, command.syntax.options.contains("--port")
        else { return "" }
        return "; use --port to choose another port ('--port 0' takes a free one)"
    }

    private static var overview: String {
        let width = commands.map { $0.name.count }.max() ?? 0
        let lines = commands.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.summary)" }
        return """
            parley: voice conversations with several agents, from one YAML file

            usage: parley COMMAND …

            \(lines.joined(separator: "\n"))

            'parley COMMAND --help' explains a command. 'parley --version' prints the version.
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
        // A reader may close the pipe early, as `head` does. That is not an error.
        try? file.write(contentsOf: Data(text.utf8))
    }
}
