import CSQLite

/// A value that is handed to SQLite beside a statement. Nothing that comes from outside stands in a statement itself.
enum SQLiteValue {
    case integer(Int64)
    case text(String)
    case null

    /// A text, or nothing.
    static func optional(_ text: String?) -> SQLiteValue { text.map(SQLiteValue.text) ?? .null }
}

/// The row at which a statement stands.
struct SQLiteRow {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    /// The integer in that column; 0 when there is none.
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    /// The number in that column; 0 when there is none.
    func double(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    /// The text in that column; nil when there is none. Bytes that are no UTF-8 come out as U+FFFD.
    func text(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(statement, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
