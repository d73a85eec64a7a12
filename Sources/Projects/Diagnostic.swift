/// One problem of a project file, and its place.
public struct Diagnostic: Equatable, Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Equatable, Sendable, CaseIterable {
        /// The project cannot run.
        case error
        /// The project runs, but perhaps not as intended.
        case warning
        /// Information.
        case note
    }

    /// How bad it is.
    public var severity: Severity
    /// The file as the caller of the loader named it.
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// The key, such as `utility_agents[1].config.speech_config.speed`; empty when the whole file is meant.
    public var path: String
    /// One sentence without a full stop. Holds names and keys of the file, never a secret.
    public var message: String
    /// What to do about it.
    public var hint: String?

    /// Something to say about one place of a file.
    public init(
        _ severity: Severity, file: String, line: Int, column: Int, path: String = "", _ message: String,
        hint: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
        self.hint = hint
    }

    /// All of it on one line, for logs: `file:3:5: error: … [path]; hint`.
    public var summary: String {
        let place = path.isEmpty ? "" : " [\(path)]"
        let advice = hint.map { "; \($0)" } ?? ""
        return "\(file):\(line):\(column): \(severity.rawValue): \(message)\(place)\(advice)"
    }
}

extension Sequence<Diagnostic> {
    /// Whether one of them keeps the project from running.
    public var hasErrors: Bool { contains { $0.severity == .error } }
}
