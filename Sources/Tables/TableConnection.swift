import CSQLite
import JSONText
import ProjectModel
import ProviderKit

/// A connection to tables that is only read from. For one thread at a time: whoever owns it sees to that.
final class TableConnection {
    /// The longest query, in bytes.
    static let longestQuery = 10_000
    /// The longest value that a query may read or make, in bytes.
    static let longestValue: Int32 = 40_000
    /// How long a query waits while another program writes to the file, in milliseconds.
    private static let patience: Int32 = 500

    private let database: OpaquePointer
    /// What queries may do; nil before `seal`.
    private var gate: QueryGate?

    /// Opens a SQLite file for reading, or an empty database in memory.
    init(path: String?) throws(TableError) {
        var opened: OpaquePointer?
        let access = path == nil ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        let code = sqlite3_open_v2(
            path ?? ":memory:", &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened, parley_distrust(opened) == SQLITE_OK else {
            sqlite3_close_v2(opened)
            throw TableError(sqlite: code)
        }
        database = opened
        sqlite3_busy_timeout(database, Self.patience)
        // What a query sorts stays in memory, where it is counted.
        try run("PRAGMA temp_store = MEMORY")
        try run("PRAGMA cell_size_check = ON")
    }

    deinit { sqlite3_close_v2(database) }

    /// Adds a table with the rows of a CSV file.
    /// - Parameter columns: the names of those that are kept.
    func add(_ csv: CSVTable, as table: String, columns: Set<String>) throws(TableError) {
        let kept = csv.columns.indices.filter { columns.contains(csv.columns[$0].name) }
        let declared = kept.map { "\(Self.quoted(csv.columns[$0].name)) \(csv.columns[$0].kind.sqlType)" }
        try run("CREATE TABLE \(Self.quoted(table)) (\(declared.joined(separator: ", ")))")
        try run("BEGIN")
        let places = kept.map { _ in "?" }.joined(separator: ", ")
        let statement = try prepare("INSERT INTO \(Self.quoted(table)) VALUES (\(places))").statement
        defer { sqlite3_finalize(statement) }
        try csv.forEachRow { row throws(TableError) in
            for (place, index) in kept.enumerated() { try bind(row[index], at: Int32(place + 1), of: statement) }
            guard sqlite3_step(statement) == SQLITE_DONE else { throw failure() }
            sqlite3_reset(statement)
        }
        try run("COMMIT")
    }

    /// From here on there are queries only, and these keep to the rules.
    func seal(_ rules: QueryRules) throws(TableError) {
        try run("PRAGMA query_only = ON")
        for (limit, value) in [
            (SQLITE_LIMIT_LENGTH, Self.longestValue), (SQLITE_LIMIT_SQL_LENGTH, Int32(Self.longestQuery)),
            (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_COMPOUND_SELECT, 50), (SQLITE_LIMIT_VDBE_OP, 50_000),
            (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_COLUMN, 200),
            (SQLITE_LIMIT_FUNCTION_ARG, 100), (SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            sqlite3_limit(database, limit, value)
        }
        let gate = QueryGate(rules)
        self.gate = gate
        sqlite3_set_authorizer(
            database,
            { context, action, first, second, database, _ in
                guard let context else { return SQLITE_DENY }
                let gate = Unmanaged<QueryGate>.fromOpaque(context).takeUnretainedValue()
                let isAllowed = gate.allows(action, string(first), string(second), in: string(database))
                return isAllowed ? SQLITE_OK : SQLITE_DENY
            }, Unmanaged.passUnretained(gate).toOpaque())
    }

    /// Runs what a model wrote, if it is one SELECT that keeps to the rules.
    func query(_ sql: String, stop: StopFlag = StopFlag()) throws(TableError) -> QueryResult {
        gate?.forget()
        guard sql.utf8.count <= Self.longestQuery else {
            throw TableError(.query, "the query has more than \(Self.longestQuery) bytes: write a shorter one")
        }
        if sql.utf8.contains(0) { throw TableError(.query, "the query holds a zero byte") }
        let (statement, rest) = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        guard statement != nil else { throw TableError(.query, "the query is empty: write one SELECT") }
        if let hidden = gate?.strangers.first(where: hasTable) {
            throw TableError(.query, gate?.rules.missing(hidden) ?? QueryRules.onlySelect)
        }
        if try hasStatement(rest) { throw TableError(.query, "write one statement, and not several") }
        let count = sqlite3_column_count(statement)
        guard sqlite3_stmt_readonly(statement) != 0, sqlite3_stmt_isexplain(statement) == 0, count > 0 else {
            throw TableError(.query, QueryRules.onlySelect)
        }
        guard count <= QueryResult.mostColumns else {
            throw TableError(.query, "the result has \(count) columns: name at most \(QueryResult.mostColumns)")
        }
        let columns = (0..<count).map { string(sqlite3_column_name(statement, $0)) ?? "" }
        var result = QueryResult(columns: columns)
        try watching(stop) { () throws(TableError) in
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW:
                    if !result.add((0..<count).map { Self.value(of: statement, $0) }) { return }
                case SQLITE_DONE: return
                default: throw failure()
                }
            }
        }
        return result
    }

    /// The first columns of the rows of one of our own statements, as texts. Not for a model's.
    func texts(_ sql: String, _ values: [String] = [], columns: Int32 = 1) throws(TableError) -> [[String]] {
        let (statement, _) = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() { try bind(.text(value), at: Int32(index + 1), of: statement) }
        var rows: [[String]] = []
        try watching(StopFlag()) { () throws(TableError) in
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW: rows.append((0..<columns).map { Self.text(of: statement, $0) })
                case SQLITE_DONE: return
                default: throw failure()
                }
            }
        }
        return rows
    }

    /// A name as SQL writes it.
    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    // MARK: - Parts

    private func run(_ sql: String) throws(TableError) {
        let code = sqlite3_exec(database, sql, nil, nil, nil)
        if code != SQLITE_OK { throw TableError(sqlite: code) }
    }

    /// The first statement of `sql`, nil when there is none, and what follows it.
    private func prepare(_ sql: String) throws(TableError) -> (statement: OpaquePointer?, rest: String) {
        var made: OpaquePointer?
        var rest = ""
        var sql = sql
        let code = sql.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes -> Int32 in
                // A null pointer would be a misuse.
                guard let start = bytes.baseAddress else { return SQLITE_OK }
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(database, start, Int32(bytes.count), 0, &made, &tail)
                let used = tail.map { $0 - start } ?? bytes.count
                rest = String(decoding: bytes[used...].map { UInt8(bitPattern: $0) }, as: UTF8.self)
                return code
            }
        }
        guard code == SQLITE_OK else { throw failure() }
        return (made, rest)
    }

    /// Whether there is more than white space, semicolons and comments. What is no SQL is more.
    private func hasStatement(_ sql: String) throws(TableError) -> Bool {
        var rest = sql
        while rest.contains(where: { !$0.isWhitespace && $0 != ";" }) {
            let next: (statement: OpaquePointer?, rest: String)
            do throws(TableError) { next = try prepare(rest) } catch { return true }
            sqlite3_finalize(next.statement)
            if next.statement != nil { return true }
            if next.rest.utf8.count >= rest.utf8.count { return true }
            rest = next.rest
        }
        return false
    }

    /// Whether the file has a table of that name.
    private func hasTable(_ name: String) -> Bool {
        sqlite3_table_column_metadata(database, nil, name, nil, nil, nil, nil, nil, nil) == SQLITE_OK
    }

    private func watching(_ stop: StopFlag, _ body: () throws(TableError) -> Void) throws(TableError) {
        let watch = QueryWatch(stop)
        sqlite3_progress_handler(
            database, Int32(QueryWatch.interval),
            { context in
                guard let context else { return 1 }
                return Unmanaged<QueryWatch>.fromOpaque(context).takeUnretainedValue().ends() ? 1 : 0
            }, Unmanaged.passUnretained(watch).toOpaque())
        defer { sqlite3_progress_handler(database, 0, nil, nil) }
        do throws(TableError) { try withExtendedLifetime(watch, body) } catch { throw watch.verdict ?? error }
    }

    private func bind(_ value: CellValue, at index: Int32, of statement: OpaquePointer?) throws(TableError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let number): sqlite3_bind_int64(statement, index, number)
            case .real(let number): sqlite3_bind_double(statement, index, number)
            case .text(let text): parley_bind_text(statement, index, text, Int32(text.utf8.count))
            }
        if code != SQLITE_OK { throw TableError(sqlite: code) }
    }

    private static func value(of statement: OpaquePointer?, _ column: Int32) -> JSON {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .int(Int(sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT:
            let number = sqlite3_column_double(statement, column)
            return number.isFinite ? .double(number) : .string(number > 0 ? "infinite" : "negative and infinite")
        case SQLITE_NULL: return .null
        case SQLITE_BLOB: return .string("(\(sqlite3_column_bytes(statement, column)) bytes)")
        default: return .string(text(of: statement, column))
        }
    }

    private static func text(of statement: OpaquePointer?, _ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// What the last failure means. Messages of SQLite quote the model's own words, which only the model is told.
    private func failure() -> TableError {
        if let refusal = gate?.refusal { return TableError(.query, refusal) }
        let code = sqlite3_extended_errcode(database)
        guard code & 0xFF == SQLITE_ERROR else { return TableError(sqlite: code) }
        let message = String((string(sqlite3_errmsg(database)) ?? "").prefix(300))
        let offer = gate.map { "; " + $0.rules.offer } ?? ""
        return TableError(.query, message + (message.hasPrefix("no such") ? offer : ""))
    }
}

/// Judges the actions of statements while they are prepared, and remembers why one may not be.
private final class QueryGate {
    let rules: QueryRules
    private(set) var refusal: String?
    /// Names of which no column is read, and which are not those of our tables. Most are the query's own, but SQLite does
    /// not say so.
    private(set) var strangers: Set<String> = []

    init(_ rules: QueryRules) { self.rules = rules }

    func forget() { (refusal, strangers) = (nil, []) }

    func allows(_ action: Int32, _ first: String?, _ second: String?, in database: String?) -> Bool {
        let found = rules.refusal(of: action, first, second, in: database)
        refusal = refusal ?? found
        if action == SQLITE_READ, let first, !rules.knows(first), found == nil { strangers.insert(first) }
        return found == nil
    }
}

private func string(_ text: UnsafePointer<CChar>?) -> String? { text.map { String(cString: $0) } }

extension TableError {
    /// What a result code of SQLite means.
    init(sqlite code: Int32) {
        let known = String(cString: sqlite3_errstr(code))
        switch code & 0xFF {
        case SQLITE_TOOBIG:
            let most = TableConnection.longestValue
            self.init(.query, "a value or the query is too long: values have at most \(most) bytes")
        case SQLITE_NOMEM: self.init(.tooMuch, "the query takes too much memory: sort and join less")
        case SQLITE_BUSY, SQLITE_LOCKED: self.init(.unreadable, "another program writes to the file: try again")
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            self.init(.unreadable, "the file is damaged, or no SQLite database (\(known))")
        default: self.init(.unreadable, "the file cannot be read (\(known))")
        }
    }
}
