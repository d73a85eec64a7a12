/// Reads the records of a CSV text, as RFC 4180 has them: values in quotes may hold delimiters, line breaks and doubled
/// quotes. Lines end in CRLF, LF or CR. Empty lines are passed over. Pure.
struct CSVReader {
    /// One record.
    struct Record: Equatable {
        /// The line that it begins in, from 1.
        var line: Int
        var cells: [String]
    }

    /// The largest record, in bytes. It fits into what SQLite takes for one row here.
    static let longestRecord = 32_000
    /// The most values of one record.
    static let mostCells = 200
    /// What may stand between values; the first wins where several would do.
    static let delimiters: [UInt8] = [.comma, .semicolon, .tab, .bar]

    let delimiter: UInt8
    private let bytes: [UInt8]
    private var place: Int
    private var line = 1
    private var width: Int?

    /// - Parameter bytes: UTF-8; a byte order mark is passed over.
    init(_ bytes: [UInt8], delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// A reader with the delimiter that the first records agree on.
    init(_ bytes: [UInt8]) {
        func width(_ delimiter: UInt8) -> Int {
            var reader = CSVReader(bytes, delimiter: delimiter)
            var width = 0
            for _ in 0..<20 {
                guard let record = try? reader.next() else { return reader.isAtEnd ? width : 0 }
                width = record.cells.count
            }
            return width
        }
        let widths = Self.delimiters.map { (delimiter: $0, width: width($0)) }
        let most = widths.map(\.width).max() ?? 0
        let best = widths.first { $0.width == most }?.delimiter ?? .comma
        // Where the records do not agree, the delimiter that the header has most of tells best what is wrong.
        let header = bytes.prefix { $0 != .lineFeed && $0 != .carriageReturn }
        let counts = Self.delimiters.map { delimiter in header.count { $0 == delimiter } }
        let frequent = zip(Self.delimiters, counts).first { $0.1 == counts.max() && $0.1 > 0 }?.0
        self.init(bytes, delimiter: most > 1 ? best : frequent ?? best)
    }

    /// Whether there is nothing more to read.
    var isAtEnd: Bool { place >= bytes.count }

    /// The next record; nil at the end. All records have as many values as the first.
    mutating func next() throws(TableError) -> Record? {
        while place < bytes.count {
            let start = (place: place, line: line)
            let cells = try record(from: start.place)
            let isEmpty = cells == [""] && bytes[start.place] != .quote
            if isEmpty { continue }
            let wanted = width ?? cells.count
            guard cells.count == wanted else {
                throw Self.problem(
                    start.line, "has \(Self.values(cells.count)), and the header has \(wanted)")
            }
            width = wanted
            return Record(line: start.line, cells: cells)
        }
        return nil
    }

    // MARK: - Parts

    private mutating func record(from start: Int) throws(TableError) -> [String] {
        var cells: [String] = []
        while true {
            let first = line
            let cell = place < bytes.count && bytes[place] == .quote ? try quoted() : plain()
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw Self.problem(first, "is no text in UTF-8: save the file as UTF-8")
            }
            if text.utf8.contains(0) { throw Self.problem(first, "holds a zero byte: it is no text") }
            cells.append(text)
            if cells.count > Self.mostCells { throw Self.problem(first, "has more than \(Self.mostCells) values") }
            if place - start > Self.longestRecord {
                throw Self.problem(first, "is longer than \(Self.longestRecord) bytes")
            }
            guard place < bytes.count, bytes[place] == delimiter else { break }
            place += 1
        }
        skipLineBreak()
        return cells
    }

    private mutating func plain() -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, bytes[place] != delimiter, bytes[place] != .lineFeed,
            bytes[place] != .carriageReturn
        {
            place += 1
        }
        return bytes[start..<place]
    }

    private mutating func quoted() throws(TableError) -> ArraySlice<UInt8> {
        let first = line
        var cell: [UInt8] = []
        place += 1
        while true {
            guard place < bytes.count else {
                throw Self.problem(first, "begins a value with a quote that is never closed")
            }
            let byte = bytes[place]
            if byte == .quote {
                place += 1
                guard place < bytes.count, bytes[place] == .quote else { break }
            } else if byte == .lineFeed || byte == .carriageReturn && !isLineFeed(at: place + 1) {
                line += 1
            }
            cell.append(byte)
            place += 1
            if cell.count > Self.longestRecord {
                throw Self.problem(first, "has a value of more than \(Self.longestRecord) bytes, or a quote too many")
            }
        }
        guard
            place >= bytes.count || bytes[place] == delimiter || bytes[place] == .lineFeed
                || bytes[place] == .carriageReturn
        else {
            throw Self.problem(line, "goes on behind a closing quote: write a quote within a value twice")
        }
        return cell[...]
    }

    private mutating func skipLineBreak() {
        guard place < bytes.count else { return }
        place += bytes[place] == .carriageReturn && isLineFeed(at: place + 1) ? 2 : 1
        line += 1
    }

    private func isLineFeed(at index: Int) -> Bool { index < bytes.count && bytes[index] == .lineFeed }

    private static func values(_ count: Int) -> String { count == 1 ? "1 value" : "\(count) values" }

    static func problem(_ line: Int, _ message: String) -> TableError {
        TableError(.unreadable, "line \(line) \(message)")
    }
}

extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let tab = UInt8(ascii: "\t")
    static let bar = UInt8(ascii: "|")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
}
