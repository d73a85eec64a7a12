import JSONText

/// What a query gives, within bounds: one JSON object with `columns`, `rows`, and a note where something is left out. Pure.
struct QueryResult {
    /// The most rows that a model is told.
    static let mostRows = 200
    /// The most characters of one value.
    static let longestValue = 500
    /// The most bytes of all rows.
    static let mostBytes = 11_000
    /// The longest name of a column, in characters.
    static let longestName = 64
    /// The most columns.
    static let mostColumns = 64

    private let columns: [JSON]
    private var rows: [JSON] = []
    private var bytes = 0
    private var hasMore = false
    private var hasCutValues = false

    init(columns: [String]) { self.columns = columns.map { .string(String($0.prefix(Self.longestName))) } }

    /// Takes over one row.
    /// - Returns: whether another is wanted.
    mutating func add(_ row: [JSON]) -> Bool {
        var values: [JSON] = []
        for value in row { values.append(fitting(value)) }
        let json = JSON.array(values)
        let size = json.text.utf8.count + 1
        guard rows.count < Self.mostRows, bytes + size <= Self.mostBytes else {
            hasMore = true
            return false
        }
        rows.append(json)
        bytes += size
        return true
    }

    /// The result as a model is told it.
    var text: String {
        var members: [(String, JSON)] = [("columns", .array(columns)), ("rows", .array(rows))]
        var notes: [String] = []
        if hasMore, rows.isEmpty {
            notes.append("The first row is too long to be told: select fewer columns.")
        } else if hasMore {
            notes.append(
                "Only the first \(rows.count) rows are here, and there are more. Count, sum, group or filter in SQL.")
        }
        if hasCutValues { notes.append("Values end in … where they are longer than \(Self.longestValue) characters.") }
        if rows.isEmpty, !hasMore { notes.append("No row fits the query.") }
        if !notes.isEmpty { members.append(("note", .string(notes.joined(separator: " ")))) }
        return JSON.object(members).text
    }

    private mutating func fitting(_ value: JSON) -> JSON {
        guard case .string(let text) = value else { return value }
        let (short, isCut) = Self.cut(text)
        if isCut { hasCutValues = true }
        return .string(short)
    }

    private static func cut(_ text: String) -> (text: String, isCut: Bool) {
        text.count > longestValue ? (text.prefix(longestValue - 1) + "…", true) : (text, false)
    }
}
