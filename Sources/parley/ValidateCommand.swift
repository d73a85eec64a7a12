import JSONText
import Projects

/// `parley validate`
enum ValidateCommand: Command {
    static let name = "validate"
    static let summary = "check project files"
    static let help = """
        validate [--strict] [--json] FILE…

          FILE      a project file, a folder with project files, or - for standard input. A file called defaults.yaml
                    holds defaults
          --strict  treat warnings as errors, for use in CI
          --json    print one line of JSON for each file

        Prints all problems of all files, each with its line and column. Exits with 0 if all files can be used, with 1
        if a file has an error, and with 2 if the command line is wrong. Warnings are allowed without --strict.
        """
    static let syntax = ArgumentSyntax(flags: ["--strict", "--json"], operands: 1...10_000, operandName: "FILE")

    static func run(_ arguments: Arguments) throws -> Int32 {
        var allPass = true
        for file in try arguments.operands.flatMap(ProjectInput.files) {
            let check = FileCheck(ofFile: file, isStrict: arguments.has("--strict"))
            if arguments.has("--json") { Output.line(check.json.text) } else { Output.text(check.text) }
            allPass = allPass && check.passes
        }
        return allPass ? ExitCode.success : ExitCode.failure
    }
}

/// What `validate` says about one file.
struct FileCheck {
    let file: String
    let isStrict: Bool
    private let isUsable: Bool
    private let diagnostics: [Diagnostic]
    private let rendered: String

    init(ofFile file: String, isStrict: Bool) {
        self.file = file
        self.isStrict = isStrict
        if ProjectLoader.isDefaults(file) {
            let result = ProjectInput.loadDefaults(file)
            (isUsable, diagnostics, rendered) = (result.defaults != nil, result.diagnostics, result.rendered)
        } else {
            let result = ProjectInput.load(file)
            (isUsable, diagnostics, rendered) = (result.project != nil, result.diagnostics, result.rendered)
        }
    }

    /// Whether the file can be used; under `isStrict` also whether it is free of warnings.
    var passes: Bool { isUsable && !(isStrict && diagnostics.contains { $0.severity == .warning }) }

    /// The diagnostics and the verdict, for people.
    var text: String {
        let verdict =
            if passes { "\(file): valid\n" } else if isUsable {
                "\(file): has warnings, which --strict does not allow\n"
            } else { "" }
        return rendered + verdict
    }

    /// The same for programs: `{"file":…,"valid":…,"problems":[…]}`.
    var json: JSON {
        .object([
            ("file", .string(file)), ("valid", .bool(passes)),
            ("problems", .array(diagnostics.map(Self.json))),
        ])
    }

    private static func json(_ diagnostic: Diagnostic) -> JSON {
        .object([
            ("severity", .string(diagnostic.severity.rawValue)), ("line", .int(diagnostic.line)),
            ("column", .int(diagnostic.column)), ("path", .string(diagnostic.path)),
            ("message", .string(diagnostic.message)), ("hint", diagnostic.hint.map(JSON.string) ?? .null),
        ])
    }
}
