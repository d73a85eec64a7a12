import Projects

/// `parley graph`
enum GraphCommand: Command {
    static let name = "graph"
    static let summary = "draw a project's flow graph"
    static let help = """
        graph FILE [--format text|mermaid|dot]

          FILE      a project file, or - for standard input
          --format  the output format (text)

        Of a file with errors, what can be read is drawn, and the errors are printed. The exit code is then 1.
        """
    static let syntax = ArgumentSyntax(options: ["--format"], operands: 1...1, operandName: "FILE")

    static func run(_ arguments: Arguments) throws -> Int32 {
        let format = try arguments.choice("--format", of: GraphFormat.allCases.map(\.rawValue))
            .flatMap(GraphFormat.init(rawValue:))
        let result = ProjectInput.load(arguments.operands[0])
        if !result.diagnostics.isEmpty { Output.error(result.rendered) }
        if let sketch = result.sketch, !sketch.isBlank { Output.text(sketch.graph(format ?? .text)) }
        return result.project == nil ? ExitCode.failure : ExitCode.success
    }
}
