import ProjectModel

/// Collects the results of one load. Only the readers of one file share it.
final class LoadContext {
    /// The largest number of diagnostics that are kept.
    static let maximumDiagnostics = 200

    let file: String
    /// What the project may name of this machine.
    let trust: Trust
    /// Where the file lies; nil for a text that lies nowhere.
    var folder: String?
    /// Where addresses of databases are looked up. Its values are in no diagnostic.
    var environment: [String: String] = [:]
    /// Whom a model can name as its provider; the file's own endpoints are added as soon as they are read.
    var directory: VendorDirectory
    /// Endpoints of the file with an error, which has been told.
    var brokenEndpoints: Set<String> = []
    /// Where agents look things up that name no place of their own.
    var search: ProjectReader.RetrieverKeys?
    private(set) var diagnostics: [Diagnostic] = []
    /// Remembered apart from the list, which has a bound.
    private(set) var errorCount = 0
    var hasErrors: Bool { errorCount > 0 }
    /// What was asked for; noted for tests only, which hold it against the schema.
    private(set) var requests: Set<KeyRequest> = []
    private let notesRequests: Bool
    private var seen: Set<Diagnostic> = []

    /// What must not be seen: values that may be keys, and where they stand.
    private var concealed: [Located<String>] = []

    init(file: String, directory: VendorDirectory, trust: Trust = .file, notesRequests: Bool = false) {
        (self.file, self.trust) = (file, trust)
        self.directory = directory
        self.notesRequests = notesRequests
    }

    func report(
        _ severity: Diagnostic.Severity, at mark: Mark, path: String = "", _ message: String, hint: String? = nil
    ) {
        if severity == .error { errorCount += 1 }
        let diagnostic = Diagnostic(
            severity, file: file, line: mark.line, column: mark.column, path: path, message, hint: hint)
        // A block behind an alias is read at every use; its problems are said once a path.
        if !isFull, seen.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
    }

    /// Whether further diagnostics are dropped.
    var isFull: Bool { seen.count >= Self.maximumDiagnostics }

    /// From here on `shown` does not hold the text of `node`.
    func conceal(_ node: Located<String>) { concealed.append(node) }

    /// `source` as it may be shown with the diagnostics: concealed values, and the rest of the lines that they stand in,
    /// are dots.
    func shown(_ source: String) -> String {
        if concealed.isEmpty, !Self.mentionsKey(source) { return source }
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func hide(_ index: Int, from column: Int) {
            let scalars = lines[index].unicodeScalars
            let kept = scalars.prefix(column)
            lines[index] = String(kept) + String(repeating: "•", count: scalars.count - kept.count)
        }
        for value in concealed where lines.indices.contains(value.mark.line - 1) {
            hide(value.mark.line - 1, from: value.mark.column - 1)
        }
        // Where the file is no YAML, nothing was read.
        for index in lines.indices where Self.mentionsKey(lines[index]) {
            guard let key = lines[index].lowercased().firstRange(of: "api_key:") else { continue }
            let rest = lines[index].unicodeScalars.dropFirst(
                lines[index].lowercased()[..<key.upperBound].unicodeScalars.count)
            let value = rest.drop { " \"'".unicodeScalars.contains($0) }
            if !value.starts(with: "ENV:".unicodeScalars) {
                hide(index, from: lines[index].unicodeScalars.count - rest.count)
            }
        }
        // An alias or a text of several lines has its words elsewhere.
        var text = lines.joined(separator: "\n")
        for part in concealed.flatMap({ $0.value.split(whereSeparator: \.isWhitespace) }) where part.count > 3 {
            text = text.replacing(part, with: String(repeating: "•", count: part.unicodeScalars.count))
        }
        return text
    }

    /// Whether `api_key:` is in it, in either case. Looks at each byte once, for most files have none.
    private static func mentionsKey(_ text: String) -> Bool {
        let word = Array("api_key:".utf8)
        var matched = 0
        for byte in text.utf8 {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            // Only the word's first letter can begin it anew: there is no second one in it.
            matched = lower == word[matched] ? matched + 1 : lower == word[0] ? 1 : 0
            if matched == word.count { return true }
        }
        return false
    }

    func note(_ request: @autoclosure () -> KeyRequest) { if notesRequests { requests.insert(request()) } }

    /// Sorted by position; of one position errors first.
    var sorted: [Diagnostic] {
        let rank = Diagnostic.Severity.allCases
        return diagnostics.enumerated().sorted { a, b in
            let left = (a.element.line, a.element.column, rank.firstIndex(of: a.element.severity) ?? 0, a.offset)
            let right = (b.element.line, b.element.column, rank.firstIndex(of: b.element.severity) ?? 0, b.offset)
            return left < right
        }.map(\.element)
    }
}
