/// Diagnostics as text for people, each with its line of the source and a caret under the place.
public struct DiagnosticRenderer: Sendable {
    private let lines: [Substring.UnicodeScalarView]

    /// A renderer for diagnostics about `source`.
    public init(source: String) {
        lines = source.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" }
            .map { $0.last == "\r" ? $0.dropLast() : $0 }
    }

    /// One diagnostic, without a newline at the end:
    /// ```
    /// project.yaml:3:5: error: unknown key 'voise' [agents[0].voise]
    ///  3 |     voise: ada
    ///    |     ^
    ///    = did you mean 'voice'?
    /// ```
    public func render(_ diagnostic: Diagnostic) -> String {
        var plain = diagnostic
        plain.hint = nil
        var text = Self.visible(plain.summary)
        let number = String(diagnostic.line)
        let margin = String(repeating: " ", count: number.count + 2)
        if lines.indices.contains(diagnostic.line - 1), !lines[diagnostic.line - 1].isEmpty {
            let (source, caret) = excerpt(of: lines[diagnostic.line - 1], column: diagnostic.column)
            text += "\n \(number) | \(source)\n\(margin)| \(caret)^"
        }
        if let hint = diagnostic.hint { text += "\n\(margin)= \(Self.visible(hint))" }
        return text
    }

    /// All of them, and a last line that counts them; empty when there are none.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        if diagnostics.isEmpty { return "" }
        let counts = Diagnostic.Severity.allCases.compactMap { severity -> String? in
            let count = diagnostics.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        var texts: [String] = []
        var said: Set<Diagnostic> = []
        let alike = Dictionary(grouping: diagnostics, by: \.withoutPlace)
        for diagnostic in diagnostics {
            let group = alike[diagnostic.withoutPlace] ?? []
            guard group.count >= Self.fewestAlike else {
                texts.append(render(diagnostic))
                continue
            }
            guard said.insert(diagnostic.withoutPlace).inserted else { continue }
            let others = group.dropFirst().map { "\($0.line):\($0.column)" }
            let margin = String(repeating: " ", count: String(diagnostic.line).count + 2)
            texts.append(render(diagnostic) + "\n\(margin)= also at \(others.joined(separator: ", "))")
        }
        return (texts + [counts.joined(separator: ", ")]).joined(separator: "\n") + "\n"
    }

    /// So many problems that differ in their places only are said once, with all places.
    private static let fewestAlike = 3

    /// The part of a line that a terminal can show, and the blanks in front of the caret.
    private func excerpt(of line: Substring.UnicodeScalarView, column: Int) -> (source: String, caret: String) {
        let first = max(0, column - 1 - 80)
        let shown = line.dropFirst(first).prefix(120)
        let source = (first > 0 ? "…" : "") + shown.map(Self.visible).joined() + (line.count > first + 120 ? "…" : "")
        let before = line.dropFirst(first).prefix(column - 1 - first)
        let caret = (first > 0 ? " " : "") + String(repeating: " ", count: before.map(Self.visible).joined().count)
        return (source, caret)
    }

    /// Control characters of a file must not reach a terminal.
    private static func visible(_ text: String) -> String { text.unicodeScalars.map(visible).joined() }

    private static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control where scalar == "\t": " "
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "\u{FFFD}"
        default: String(scalar)
        }
    }
}

extension Diagnostic {
    /// What is wrong, wherever it is.
    fileprivate var withoutPlace: Diagnostic {
        Diagnostic(severity, file: file, line: 0, column: 0, message, hint: hint)
    }
}
