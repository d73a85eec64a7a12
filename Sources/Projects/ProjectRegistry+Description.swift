extension ProjectRegistry.Change: CustomStringConvertible {
    /// What happened, for an operator's terminal: a sentence, then the diagnostics with their places.
    public var description: String {
        let renderer = DiagnosticRenderer(source: "")
        switch self {
        case .loaded(let name, let version, let diagnostics):
            return ["project '\(name)' is in service, version \(version)", renderer.render(diagnostics)].joinedLines
        case .broken(let name, let keeping, let diagnostics):
            let consequence =
                keeping.map { "version \($0) stays in service" } ?? "it is not in service"
            return ["project '\(name)' has errors; \(consequence)", renderer.render(diagnostics)].joinedLines
        case .removed(let name): return "project '\(name)' is gone; running conversations keep it"
        case .defaults(let path, let diagnostics):
            let state = diagnostics.hasErrors ? "have errors; the last good ones stay in use" : "are in use"
            return ["the defaults of \(path) \(state)", renderer.render(diagnostics)].joinedLines
        case .hidden(let name): return "project '\(name)' was sent to the server, too; its file is in service"
        case .unusable(let path, let reason): return "\(path): \(reason)"
        }
    }
}

extension [String] {
    fileprivate var joinedLines: String { filter { !$0.isEmpty }.joined(separator: "\n") }
}
