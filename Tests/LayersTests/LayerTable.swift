/// The table of targets in `docs/architecture.md`: what each may import, from the ground up.
struct LayerTable: Equatable {
    /// One target.
    struct Row: Equatable {
        /// The target's name in the manifest.
        var target: String
        /// Which of our targets, and which libraries of the distribution, it may import.
        var mayImport: [String]
        /// Whether it must do without Foundation and the C library.
        var isPure: Bool
    }

    /// From the ground up.
    var rows: [Row]

    /// Reads the one table whose first line of cells begins with `target`.
    ///
    /// Cells hold names between backticks; the third is `pure` or empty. A row whose first cell says `(planned)` is left out.
    init(markdown: String) {
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        let start = lines.firstIndex { Self.cells($0).first?.lowercased() == "target" } ?? lines.endIndex
        rows = lines[start...].dropFirst(2).prefix { $0.hasPrefix("|") }.compactMap { line in
            let cells = Self.cells(line)
            guard cells.count == 4, let target = Self.names(cells[0]).first, !cells[0].contains("(planned)")
            else { return nil }
            return Row(target: target, mayImport: Self.names(cells[3]), isPure: cells[2].contains("pure"))
        }
    }

    /// The row of `target`.
    subscript(_ target: String) -> Row? { rows.first { $0.target == target } }

    private static func cells(_ line: Substring) -> [String] {
        guard line.hasPrefix("|") else { return [] }
        return line.split(separator: "|").map { cell in
            String(cell.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }
    }

    private static func names(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
