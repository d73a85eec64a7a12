import ProjectModel

/// Where a project comes from, and so what it may name of the server's machine.
public enum Trust: Equatable, Sendable {
    /// A file of the operator's: everything.
    case file
    /// Somebody sent it: no files, no programs, no private addresses, and these variables of the environment only.
    case sent(variables: [VariablePattern])
}

/// Names of variables that are meant together: `TOOL_*`. A star stands for any number of characters.
public struct VariablePattern: Equatable, Sendable, CustomStringConvertible {
    /// As it was written.
    public let description: String

    /// Reads a pattern of letters, digits, `_` and `*`; nil for anything else.
    public init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "_*".utf8.contains(byte)
        }
        guard isPlain, (1...100).contains(text.utf8.count) else { return nil }
        description = text
    }

    /// Whether `name` is meant.
    public func matches(_ name: String) -> Bool {
        let parts = description.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return name == description }
        guard let first = parts.first, let last = parts.last, name.hasPrefix(first),
            name.utf8.count >= first.utf8.count + last.utf8.count
        else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        guard name.hasSuffix(last) else { return false }
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}

extension ProjectReader {
    /// Whether the project may name what lies on the server's machine; if not, that is reported.
    func mayName(_ what: String, at place: Located<String>) -> Bool {
        guard case .sent = context.trust else { return true }
        context.report(
            .error, at: place.mark, path: place.path, "a project that was sent to the server can't name \(what)",
            hint: "put the project into the server's folder of projects")
        return false
    }

    /// The key `allow_private`, which only files may set.
    func allowsPrivate(_ block: inout NodeReader) -> Bool {
        let key = "allow_private"
        guard block.bool(key, default: false).value else { return false }
        let place = Located(value: key, mark: block.keyMark(key), path: block.path(of: key))
        return mayName("private addresses", at: place)
    }

    /// Whether the project may name that variable; if not, that is reported.
    func mayRead(_ variable: String, at place: Located<String>) -> Bool {
        guard case .sent(let patterns) = context.trust, !patterns.contains(where: { $0.matches(variable) }) else {
            return true
        }
        context.report(
            .error, at: place.mark, path: place.path,
            "a project that was sent to the server can't read the variable \(variable)",
            hint: "the operator allows it with 'parley serve --allow-env \(variable)'")
        return false
    }
}
