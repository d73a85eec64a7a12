/// Collects the results of one load. Only the readers of one file share it.
final class LoadContext {
    /// The largest number of diagnostics that are kept.
    static let maximumDiagnostics = 200

    let file: String
    private(set) var diagnostics: [Diagnostic] = []
    /// Remembered apart from the list, which has a bound.
    private(set) var errorCount = 0
    var hasErrors: Bool { errorCount > 0 }
    private(set) var requests: Set<KeyRequest> = []
    private var seen: Set<Diagnostic> = []

    init(file: String) { self.file = file }

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

    func note(_ request: KeyRequest) { requests.insert(request) }

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
