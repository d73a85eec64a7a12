import Projects

/// `parley validate`
enum ValidateCommand: Command {
    static let name = "validate"
    static let summary = "check project files"
    static let help = """
        validate FILE…

        Prints every problem of every file with its place. Exits with 0 when all files can be used (warnings are
        allowed), 1 when one has an error, 2 when the command line makes no sense.
        """
    static let syntax = ArgumentSyntax(operands: 1...10_000, operandName: "FILE")

    static func run(_ arguments: Arguments) throws -> Int32 {
        var valid = true
        for file in arguments.operands {
            let result = ProjectLoader.load(file: file)
            if !result.diagnostics.isEmpty { Output.line(result.rendered) }
            if result.project == nil {
                valid = false
            } else {
                Output.line("\(file): valid")
            }
        }
        return valid ? ExitCode.success : ExitCode.failure
    }
}
