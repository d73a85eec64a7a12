/// A CSV file whose records and types are checked. Pure.
struct CSVTable {
    /// One column, as the whole file has it.
    struct Column {
        /// As queries name it: letters, digits and `_`.
        var name: String
        /// As the file's header has it.
        var header: String
        var kind: ColumnKind
        /// At most `mostSamples` different values, from the first row on.
        var samples: [CellValue]
        var samplesAreAll: Bool
    }

    /// The largest file, in bytes: 32 MiB.
    static let mostBytes = 32 << 20
    /// The most rows behind the header.
    static let mostRows = 500_000
    /// So many different values are told of a column that has no others; of other columns three.
    static let mostSamples = 8
    private static let fewSamples = 3
    /// The longest name of a column, in characters.
    private static let longestName = 64
    /// Longer values are no examples.
    private static let longestSample = 40

    let columns: [Column]
    let rowCount: Int
    private let bytes: [UInt8]
    private let delimiter: UInt8

    /// Files with semicolons come from places where numbers have a decimal comma.
    private var hasDecimalComma: Bool { delimiter == .semicolon }

    /// Reads all of a file.
    /// - Parameter textColumns: names of columns whose values stay as they are, in the file's or in our spelling.
    init(
        _ bytes: [UInt8], textColumns: Set<String> = [], mostRows: Int = Self.mostRows
    ) throws(TableError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw TableError(.unreadable, "line 1 is UTF-16: save the file as UTF-8")
        }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw TableError(.foreign, "it is a workbook or an archive: save the table as CSV")
        }
        var reader = CSVReader(bytes)
        self.bytes = bytes
        delimiter = reader.delimiter
        guard let header = try reader.next() else { throw TableError(.unreadable, "it is empty") }
        let names = Self.names(for: header.cells)
        let decimalComma = reader.delimiter == .semicolon
        var kinds = header.cells.map { _ in ColumnKinds.all }
        var hasValues = header.cells.map { _ in false }
        var samples = header.cells.map { _ in [String]() }
        var count = 0
        while let record = try reader.next() {
            count += 1
            if count > mostRows {
                throw CSVReader.problem(record.line, "is one too many: at most \(mostRows) rows are read")
            }
            for (index, cell) in record.cells.enumerated() where !cell.isEmpty {
                if !kinds[index].isEmpty {
                    kinds[index].formIntersection(Cell.kinds(of: cell, decimalComma: decimalComma))
                }
                if !hasValues[index] { hasValues[index] = !Cell.isMissing(Cell.trimmed(cell)) }
                if samples[index].count <= Self.mostSamples, !samples[index].contains(cell) {
                    samples[index].append(cell)
                }
            }
        }
        rowCount = count
        columns = names.indices.map { index in
            let isText = textColumns.contains(names[index]) || textColumns.contains(header.cells[index])
            let kind = isText || !hasValues[index] ? .text : kinds[index].narrowest
            let isAll = samples[index].count <= Self.mostSamples
            let values = samples[index].map { CellValue($0, as: kind, decimalComma: decimalComma) }
                .filter { $0 != .null && $0.literal.count <= Self.longestSample }
            return Column(
                name: names[index], header: header.cells[index], kind: kind,
                samples: isAll ? values : Array(values.prefix(Self.fewSamples)),
                samplesAreAll: isAll && kind == .text && values.count == samples[index].count)
        }
    }

    /// The rows from the first to the last.
    func forEachRow(_ body: ([CellValue]) throws(TableError) -> Void) throws(TableError) {
        var reader = CSVReader(bytes, delimiter: delimiter)
        _ = try reader.next()
        while let record = try reader.next() {
            try body(
                zip(record.cells, columns).map { CellValue($0, as: $1.kind, decimalComma: hasDecimalComma) })
        }
    }

    /// Names that need no quotes in a query, none twice, whatever the case.
    static func names(for headers: [String]) -> [String] {
        var taken: Set<String> = []
        return headers.enumerated().map { index, header in
            let plain = plainName(header)
            let name = plain.isEmpty ? "column_\(index + 1)" : plain
            var unique = name
            var number = 1
            while !taken.insert(unique.lowercased()).inserted {
                number += 1
                unique = "\(name)_\(number)"
            }
            return unique
        }
    }

    /// `Unit price (€)` becomes `Unit_price`.
    static func plainName(_ text: String) -> String {
        var name = ""
        for character in text.prefix(4 * longestName) {
            if character.isLetter || character.isNumber || character == "_" {
                name.append(character)
            } else if name.last != "_", !name.isEmpty {
                name.append("_")
            }
        }
        while name.count > longestName || name.last == "_" { name.removeLast() }
        return name.first?.isNumber == true ? "n\(name)" : name
    }
}
