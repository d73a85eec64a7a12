import CSQLite
import Foundation
import Memory

/// An open SQLite file. For one thread at a time: whoever owns it sees to that.
final class SQLiteConnection {
    private let database: OpaquePointer
    /// By the address of their text, which is a literal.
    private var statements: [UnsafePointer<UInt8>: OpaquePointer] = [:]

    /// Opens a file, and makes it if there is none.
    /// - Parameter patience: how long a statement waits while another process writes, in milliseconds.
    init(path: String, patience: Int32) throws(MemoryError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw MemoryError(sqlite: code)
        }
        database = opened
        sqlite3_busy_timeout(database, patience)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(database)
    }

    /// Runs a statement and hands each row to `read`.
    func rows<Value>(
        _ sql: StaticString, _ values: [SQLiteValue] = [], _ read: (SQLiteRow) -> Value
    ) throws(MemoryError) -> [Value] {
        let statement = try prepare(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), of: statement) }
        var rows: [Value] = []
        while true {
            let code = sqlite3_step(statement)
            switch code {
            case SQLITE_ROW: rows.append(read(SQLiteRow(statement)))
            case SQLITE_DONE: return rows
            default: throw MemoryError(sqlite: code)
            }
        }
    }

    /// Runs a statement for what it does.
    func run(_ sql: StaticString, _ values: [SQLiteValue] = []) throws(MemoryError) {
        _ = try rows(sql, values) { _ in }
    }

    /// The first integer of the first row; nil when there is no row.
    func integer(_ sql: StaticString, _ values: [SQLiteValue] = []) throws(MemoryError) -> Int64? {
        try rows(sql, values) { $0.integer(0) }.first
    }

    /// The text in the first column of the first row; nil when there is none.
    func text(_ sql: StaticString) throws(MemoryError) -> String? { try rows(sql) { $0.text(0) }.first ?? nil }

    /// The row that the last insertion made.
    var lastRow: Int64 { sqlite3_last_insert_rowid(database) }

    /// Does all of `body` or, when it throws, nothing. Others cannot write meanwhile.
    func transaction<Value>(_ body: () throws(MemoryError) -> Value) throws(MemoryError) -> Value {
        try run("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try run("COMMIT")
            return value
        } catch {
            // Fails where SQLite has rolled back by itself; there is nothing left to do then.
            try? run("ROLLBACK")
            throw error
        }
    }

    /// Readers never wait for a writer from here on, and a killed process leaves a whole file.
    ///
    /// SQLite does not wait for others here: who opens a new file at the same time is tried again.
    func useLog() throws(MemoryError) {
        for attempt in 1...100 {
            do {
                if try text("PRAGMA journal_mode") == "wal" { return }
                return try run("PRAGMA journal_mode = WAL")
            } catch {
                if error.code != .busy || attempt == 100 { throw error }
                usleep(20_000)
            }
        }
    }

    /// The text is a literal, so that no caller's words can be in it.
    private func prepare(_ sql: StaticString) throws(MemoryError) -> OpaquePointer {
        if let known = statements[sql.utf8Start] { return known }
        var made: OpaquePointer?
        let code = sql.withUTF8Buffer { text in
            text.withMemoryRebound(to: CChar.self) { text in
                sqlite3_prepare_v3(
                    database, text.baseAddress, Int32(text.count), UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
            }
        }
        guard code == SQLITE_OK, let made else { throw MemoryError(sqlite: code) }
        statements[sql.utf8Start] = made
        return made
    }

    private func bind(
        _ value: SQLiteValue, at index: Int32, of statement: OpaquePointer
    ) throws(MemoryError) {
        let code: Int32
        switch value {
        case .integer(let number): code = sqlite3_bind_int64(statement, index, number)
        case .null: code = sqlite3_bind_null(statement, index)
        case .text(var text):
            code = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { bytes in
                    // A null pointer would be no text at all.
                    guard let start = bytes.baseAddress else { return parley_bind_text(statement, index, "", 0) }
                    return parley_bind_text(statement, index, start, Int32(bytes.count))
                }
            }
        }
        if code != SQLITE_OK { throw MemoryError(sqlite: code) }
    }
}

extension SQLiteConnection {
    /// Looks whose file this is before anything is written.
    /// - Parameters:
    ///   - application: the mark of our files of this kind, `PRAGMA application_id`.
    ///   - version: the newest form that can be read.
    ///   - place: what whoever runs the server can name another one of: a file or a folder.
    /// - Throws: `MemoryError` when the file is of another program or of a newer version.
    func checkOwner(_ application: Int64, upTo version: Int64, place: String) throws(MemoryError) {
        let found = try integer("PRAGMA user_version") ?? 0
        let owner = try integer("PRAGMA application_id") ?? 0
        let tables = try integer("SELECT count(*) FROM sqlite_schema") ?? 0
        if owner == application, found > version {
            throw MemoryError(
                .newer,
                "the file has format \(found); this program reads formats up to \(version): use the program that wrote it"
            )
        }
        if owner != application, owner != 0 || found != 0 || tables != 0 {
            throw MemoryError(.damaged, "the file is a database of another program; name another \(place)")
        }
    }
}

extension MemoryError {
    /// What a result code of SQLite means. SQLite's own messages may quote values; these texts do not.
    init(sqlite code: Int32) {
        let known = String(cString: sqlite3_errstr(code))
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            self.init(.damaged, "the file is damaged or no database (\(known)); move it away, and a new one is made")
        case SQLITE_BUSY, SQLITE_LOCKED: self.init(.busy, "another process writes to the file for too long (\(known))")
        case SQLITE_FULL: self.init(.full, "the disk is full (\(known))")
        default: self.init(.unavailable, "the file cannot be used (\(known), code \(code))")
        }
    }
}
