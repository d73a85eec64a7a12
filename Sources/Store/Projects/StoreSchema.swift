import Foundation
import Memory

/// The tables of a store of projects. Each step makes the next form out of the last one; they run in one transaction.
enum StoreSchema {
    /// Marks a file as Parley's store: "PrlS".
    static let application: Int64 = 0x5072_6C53

    /// The form that is written here.
    static let version: Int64 = 2

    /// Makes the form after `found` out of it. A step that was in a release never changes.
    private static func step(from found: Int64, _ connection: SQLiteConnection) throws(MemoryError) {
        switch found {
        case 0: try projects(connection)
        case 1: try conversations(connection)
        default:
            throw MemoryError(.newer, "the file has format \(found), which this program does not know")
        }
    }

    /// Brings a file to this form.
    /// - Throws: `MemoryError` when the file is damaged, of another program or of a newer version.
    static func prepare(_ connection: SQLiteConnection) throws(MemoryError) {
        try connection.transaction { () throws(MemoryError) in
            try connection.checkOwner(application, upTo: version, place: "file")
        }
        try connection.useLog()
        // A write is acknowledged when the disk has it: it survives a loss of power, too.
        try connection.run("PRAGMA synchronous = FULL")
        try connection.run("PRAGMA foreign_keys = ON")
        try connection.run("PRAGMA cell_size_check = ON")
        try connection.transaction { () throws(MemoryError) in
            // Another process may have been faster.
            let found = try connection.integer("PRAGMA user_version") ?? 0
            for number in found..<max(found, version) { try step(from: number, connection) }
        }
        try check(connection)
    }

    /// A file that says it has this form, and has not, is found at once.
    private static func check(_ connection: SQLiteConnection) throws(MemoryError) {
        do {
            _ = try connection.rows("SELECT tenant, name, serving, next, moment FROM projects LIMIT 1") {
                $0.integer(2)
            }
            _ = try connection.rows(
                "SELECT tenant, name, number, hash, format, author, created, text FROM versions LIMIT 1"
            ) { $0.integer(2) }
            _ = try connection.rows("SELECT number, id, tenant, ended FROM conversations LIMIT 1") {
                $0.integer(0)
            }
        } catch {
            if [.busy, .damaged].contains(error.code) { throw error }
            throw MemoryError(
                .damaged, "the file is damaged: tables are missing; restore it from a backup")
        }
    }

    private static func projects(_ connection: SQLiteConnection) throws(MemoryError) {
        // serving: NULL for a deleted project. moment: of its last change.
        try connection.run(
            """
            CREATE TABLE projects (
                tenant TEXT NOT NULL, name TEXT NOT NULL, serving INTEGER, next INTEGER NOT NULL, moment INTEGER NOT NULL,
                PRIMARY KEY (tenant, name)
            ) STRICT
            """)
        try connection.run("CREATE UNIQUE INDEX projects_by_moment ON projects (moment)")
        try connection.run(
            """
            CREATE TABLE versions (
                tenant TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, hash TEXT NOT NULL,
                format TEXT NOT NULL, author TEXT NOT NULL, created INTEGER NOT NULL, text TEXT NOT NULL,
                PRIMARY KEY (tenant, name, number),
                FOREIGN KEY (tenant, name) REFERENCES projects ON DELETE CASCADE
            ) STRICT
            """)
        try connection.run("PRAGMA application_id = 0x50726C53")
        try connection.run("PRAGMA user_version = 1")
    }
    private static func conversations(_ connection: SQLiteConnection) throws(MemoryError) {
        try connection.run(
            """
            CREATE TABLE conversations (
                number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL,
                project TEXT NOT NULL, version INTEGER NOT NULL, user TEXT, began INTEGER NOT NULL, ended INTEGER,
                close_code INTEGER, turns INTEGER
            ) STRICT
            """)
        try connection.run(
            "CREATE INDEX conversations_by_tenant ON conversations (tenant, project, number)")
        try connection.run("CREATE INDEX conversations_by_time ON conversations (began)")
        try connection.run("PRAGMA user_version = 2")
    }
}
