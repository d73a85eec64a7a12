import Projects

/// `parley graph`
enum GraphCommand: Command {
    static let name = "graph"
    static let summary = "draw a project's flow graph"
    static let help = """
        graph FILE [--format text|mermaid|dot]

          FILE      a project file, or - for standard input
          --format  the output format (text)

        Exits with 1 if the file has an error.
        """
    static let syntax = ArgumentSyntax(options: ["--format"], operands: 1...1, operandName: "FILE")

    static func run(_ arguments: Arguments) throws -> Int32 {
        let format = try arguments.choice("--format", of: GraphFormat.allCases.map(\.rawValue))
            .flatMap(GraphFormat.init(rawValue:))
        let result = ProjectInput.load(arguments.operands[0])
        if !result.diagnostics.isEmpty { Output.error(result.rendered) }
        guard let project = result.project else { return ExitCode.failure }
        Output.text(project.graph(format ?? .text))
        return ExitCode.success
    }
}
