/// What the values of a column are, as far as all of them agree. Pure.
enum ColumnKind: String, CaseIterable {
    case integer = "INTEGER"
    case real = "REAL"
    case date = "TEXT, a date as YYYY-MM-DD"
    case moment = "TEXT, a time as YYYY-MM-DD HH:MM:SS"
    case text = "TEXT"

    /// The type of the column in SQLite.
    var sqlType: String {
        switch self {
        case .integer, .real: rawValue
        case .date, .moment, .text: "TEXT"
        }
    }
}

/// Which kinds a column may still be, after some of its values.
struct ColumnKinds: OptionSet {
    let rawValue: UInt8
    static let integer = ColumnKinds(rawValue: 1)
    static let real = ColumnKinds(rawValue: 2)
    static let date = ColumnKinds(rawValue: 4)
    static let moment = ColumnKinds(rawValue: 8)
    static let all: ColumnKinds = [.integer, .real, .date, .moment]

    /// The narrowest of them.
    var narrowest: ColumnKind {
        if contains(.integer) { return .integer }
        if contains(.real) { return .real }
        if contains(.date) { return .date }
        return contains(.moment) ? .moment : .text
    }
}

/// One value of a CSV file, as it is stored.
enum CellValue: Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    /// The cell as a value of that kind. What does not fit is text, so nothing is lost.
    init(_ cell: String, as kind: ColumnKind, decimalComma: Bool) {
        if cell.isEmpty {
            self = .null
            return
        }
        if kind == .text {
            self = .text(cell)
            return
        }
        let trimmed = Cell.trimmed(cell)
        if Cell.isMissing(trimmed) {
            self = .null
            return
        }
        switch kind {
        case .integer: self = Int64(trimmed).map(CellValue.integer) ?? .text(cell)
        case .real: self = Cell.real(trimmed, decimalComma: decimalComma).map(CellValue.real) ?? .text(cell)
        case .date: self = .text(Cell.date(trimmed) ?? cell)
        case .moment: self = .text(Cell.moment(trimmed) ?? cell)
        case .text: self = .text(cell)
        }
    }

    /// As SQL writes it.
    var literal: String {
        switch self {
        case .null: "NULL"
        case .integer(let number): String(number)
        case .real(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number)).0" : "\(number)"
        case .text(let text): "'" + text.replacing("'", with: "''") + "'"
        }
    }
}

/// Reads single cells.
enum Cell {
    /// Words for "no value", in columns of numbers and dates. In a column of text they may be words.
    private static let missing: Set<String> = ["na", "n/a", "nan", "null", "none", "-"]

    static func isMissing(_ trimmed: String) -> Bool {
        trimmed.isEmpty || trimmed.utf8.count <= 4 && missing.contains(trimmed.lowercased())
    }

    static func trimmed(_ cell: String) -> String {
        guard let first = cell.first, let last = cell.last, first.isWhitespace || last.isWhitespace else { return cell }
        let front = cell.drop(while: \.isWhitespace)
        return String(front.prefix(front.count - front.reversed().prefix(while: \.isWhitespace).count))
    }

    /// What the cell may be besides text; all kinds when it is no value.
    static func kinds(of cell: String, decimalComma: Bool) -> ColumnKinds {
        let trimmed = trimmed(cell)
        if isMissing(trimmed) { return .all }
        if let number = Int64(trimmed), isPlain(number, trimmed) { return [.integer, .real] }
        if real(trimmed, decimalComma: decimalComma) != nil { return .real }
        if date(trimmed) != nil { return .date }
        return moment(trimmed) != nil ? .moment : []
    }

    /// Numbers with leading zeros or very many digits name things, such as telephones: they are text.
    private static func isPlain(_ number: Int64, _ text: String) -> Bool {
        text.utf8.count <= 19 && (String(number) == text || "+\(number)" == text)
    }

    /// A number as in SQL, or with a comma in the place of the point.
    static func real(_ text: String, decimalComma: Bool) -> Double? {
        var bytes = Array(text.utf8)
        if decimalComma, let comma = bytes.firstIndex(of: .comma), !bytes.contains(UInt8(ascii: ".")) {
            bytes[comma] = UInt8(ascii: ".")
        }
        let digits = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        guard let first = digits.first, first.isDigit || first == UInt8(ascii: "."),
            digits.contains(where: \.isDigit),
            digits.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) })
        else { return nil }
        let isWhole = digits.allSatisfy(\.isDigit)
        let hasLeadingZero = digits.count > 1 && first == UInt8(ascii: "0") && digits.dropFirst().first?.isDigit == true
        if hasLeadingZero || isWhole && digits.count > 15 { return nil }
        guard let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite else { return nil }
        return number
    }

    /// The date as `YYYY-MM-DD`; nil for what is no date, and for orders that mean different days to different readers.
    static func date(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10 else { return nil }
        let (year, month, day): (ArraySlice<UInt8>, ArraySlice<UInt8>, ArraySlice<UInt8>)
        switch (bytes[2], bytes[4], bytes[5], bytes[7]) {
        case (_, UInt8(ascii: "-"), _, UInt8(ascii: "-")), (_, UInt8(ascii: "/"), _, UInt8(ascii: "/")):
            (year, month, day) = (bytes[0..<4], bytes[5..<7], bytes[8..<10])
        case (UInt8(ascii: "."), _, UInt8(ascii: "."), _):
            (year, month, day) = (bytes[6..<10], bytes[3..<5], bytes[0..<2])
        default: return nil
        }
        func number(_ digits: ArraySlice<UInt8>) -> Int? {
            digits.allSatisfy(\.isDigit) ? Int(String(decoding: digits, as: UTF8.self)) : nil
        }
        guard number(year) != nil, let months = number(month), let days = number(day), (1...12).contains(months),
            (1...31).contains(days)
        else { return nil }
        return [year, month, day].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    /// A date and a time of the day, as SQLite reads them.
    static func moment(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 16, bytes.count <= 35, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let date = date(String(decoding: bytes[..<10], as: UTF8.self))
        else { return nil }
        let time = bytes[11...]
        let clock = time.prefix { !"Z+-".utf8.contains($0) }
        let parts = clock.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0].count == 2, parts[1].count == 2,
            parts.dropLast().allSatisfy({ $0.allSatisfy(\.isDigit) }),
            parts[parts.count - 1].allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }),
            time.dropFirst(clock.count).allSatisfy({ $0.isDigit || "Z+-:".utf8.contains($0) })
        else { return nil }
        return date + " " + String(decoding: time, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
