import FlowGraph

/// A mistake on the command line. The program exits with 2.
struct UsageError: Error {
    var message: String
}

/// A failure of the command itself. The program exits with 1.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String
}

/// The arguments that a command accepts.
struct ArgumentSyntax {
    /// Options with a value, such as `--port 8000` or `--port=8000`.
    var options: Set<String> = []
    /// Options without a value, such as `--json`.
    var flags: Set<String> = []
    /// The number of other arguments that is allowed.
    var operands: ClosedRange<Int> = 0...0
    /// The name of such an argument in messages.
    var operandName = "argument"
}

/// The arguments of one command, checked against its syntax. If an option is repeated, the last value counts.
struct Arguments {
    private var values: [String: [String]] = [:]
    private var flags: Set<String> = []
    /// The arguments that are neither options nor flags, in order.
    private(set) var operands: [String] = []

    /// - Throws: `UsageError` for an argument that the syntax does not allow.
    init(_ words: [String], syntax: ArgumentSyntax) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if syntax.flags.contains(parts[0]) {
                if parts.count > 1 { throw UsageError(message: "\(parts[0]) takes no value") }
                flags.insert(word)
            } else if syntax.options.contains(parts[0]) {
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                    throw UsageError(message: "\(parts[0]) needs a value")
                }
                values[parts[0], default: []].append(value)
            } else {
                let meant = nearestName(to: parts[0], among: (syntax.options.union(syntax.flags)).sorted())
                throw UsageError(
                    message: "there is no option \(parts[0])" + (meant.map { "; did you mean \($0)?" } ?? ""))
            }
        }
        if !syntax.operands.contains(operands.count) {
            throw UsageError(
                message: operands.count < syntax.operands.lowerBound
                    ? "\(syntax.operandName) is missing" : "too many arguments: \(operands.last ?? "")")
        }
    }

    /// Whether the flag was given.
    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The option's value; of a repeated one the last.
    subscript(_ option: String) -> String? { values[option]?.last }

    /// The values of an option that may be repeated, in order.
    func all(_ option: String) -> [String] { values[option] ?? [] }

    /// The option's value as a whole number within `range`.
    func int(_ option: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = self[option] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                message: "\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The option's value as one of `choices`.
    func choice(_ option: String, of choices: [String]) throws(UsageError) -> String? {
        guard let text = self[option] else { return nil }
        guard choices.contains(text) else {
            throw UsageError(message: "\(option) must be one of: \(choices.joined(separator: ", "))")
        }
        return text
    }
}
