import CSQLite
import ProjectModel

/// What a query may do: read the columns of its tables, and call functions that only compute. Pure.
struct QueryRules {
    /// What may be read: names of columns by the name of their table, both in lower case.
    private let readable: [String: Set<String>]
    /// The tables with their columns, for whoever has to mend a query.
    private let summary: String

    /// The rules for queries on those tables.
    init(_ tables: [DataTable]) {
        readable = Dictionary(
            tables.map { ($0.name.lowercased(), Set($0.columns.map { $0.name.lowercased() })) },
            uniquingKeysWith: { first, _ in first })
        let lines = tables.map { table in
            "\"\(table.name)\" (" + table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ") + ")"
        }
        let all = lines.joined(separator: ", ")
        summary = all.count > 1500 ? all.prefix(1500) + "…" : all
    }

    /// What there is to read, in a sentence.
    var offer: String { "there are: \(summary)" }

    /// Why anything but a SELECT is refused.
    static let onlySelect = "only SELECT is allowed, and only on these tables: they are read and never changed"

    /// Judges one action of a statement, as SQLite's authorizer tells it.
    /// - Returns: nil when it is allowed, else why not.
    func refusal(of action: Int32, _ first: String?, _ second: String?, in database: String?) -> String? {
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE: nil
        case SQLITE_FUNCTION: refusal(ofFunction: second ?? "")
        case SQLITE_READ: refusal(ofReading: second ?? "", of: first ?? "", in: database)
        default: Self.onlySelect
        }
    }

    private func refusal(ofFunction name: String) -> String? {
        Self.functions.contains(name.lowercased()) ? nil : "the function \(Self.shown(name)) is not available here"
    }

    private func refusal(ofReading column: String, of table: String, in database: String?) -> String? {
        let name = column.lowercased()
        guard let columns = readable[table.lowercased()], database ?? "main" == "main" else {
            // What a query itself calls so has no columns here: see `QueryGate.strangers`.
            let mayBeOfQuery = name.isEmpty && database == nil && !table.lowercased().hasPrefix("sqlite_")
            return mayBeOfQuery ? nil : missing(table)
        }
        // count(*) reads no column; the number of a row says nothing.
        if name.isEmpty || name == "rowid" || columns.contains(name) { return nil }
        return "the column \(Self.shown(column)) may not be read; \(offer)"
    }

    /// Why a table may not be read.
    func missing(_ table: String) -> String { "there is no table \(Self.shown(table)) here; \(offer)" }

    /// Whether a query may read something of that table.
    func knows(_ table: String) -> Bool { readable[table.lowercased()] != nil }

    private static func shown(_ name: String) -> String { "\"\(name.prefix(64))\"" }

    /// Functions that only compute, and whose results are no longer than what goes in or `SQLITE_LIMIT_LENGTH`.
    private static let functions: Set<String> = [
        // of rows
        "avg", "count", "group_concat", "max", "min", "string_agg", "sum", "total",
        // of windows
        "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value", "ntile", "percent_rank",
        "rank", "row_number",
        // of texts
        "char", "format", "glob", "hex", "instr", "length", "like", "lower", "ltrim", "printf", "quote", "replace",
        "rtrim", "substr", "substring", "trim", "unicode", "upper",
        // of numbers
        "abs", "acos", "asin", "atan", "atan2", "ceil", "ceiling", "cos", "degrees", "exp", "floor", "ln", "log",
        "log10", "log2", "mod", "pi", "pow", "power", "radians", "random", "round", "sign", "sin", "sqrt", "tan",
        "trunc",
        // of dates
        "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday", "strftime", "time",
        "timediff", "unixepoch",
        // of anything
        "coalesce", "ifnull", "iif", "if", "likelihood", "likely", "nullif", "typeof", "unlikely",
    ]
}
