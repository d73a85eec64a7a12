import Memory

/// The tables of a file of memory, and the version of their form.
enum MemorySchema {
    /// The form that is written here. A new form has a new number, and a step below that makes it out of the last one.
    static let version: Int64 = 1
    /// Marks a file as Parley's memory: "PrlM".
    private static let application: Int64 = 0x5072_6C4D

    /// Makes what is missing.
    /// - Throws: `MemoryError` when the file is damaged, of another program or of a newer version.
    static func prepare(_ connection: SQLiteConnection) throws(MemoryError) {
        try connection.transaction { () throws(MemoryError) in
            try connection.checkOwner(application, upTo: version, place: "folder")
        }
        try connection.useLog()
        try connection.run("PRAGMA synchronous = NORMAL")
        try connection.run("PRAGMA foreign_keys = ON")
        try connection.run("PRAGMA secure_delete = ON")
        try connection.run("PRAGMA cell_size_check = ON")
        if try connection.integer("PRAGMA user_version") == version { return try check(connection) }
        try connection.transaction { () throws(MemoryError) in
            // Another process may have been faster.
            if try connection.integer("PRAGMA user_version") == version { return }
            try create(connection)
        }
    }

    /// A file that says it has this form, and has not, is found at once.
    private static func check(_ connection: SQLiteConnection) throws(MemoryError) {
        do {
            _ = try connection.rows("SELECT id, project, user, touched FROM owners LIMIT 1") { $0.integer(0) }
            _ = try connection.rows("SELECT id, owner FROM rounds LIMIT 1") { $0.integer(0) }
            _ = try connection.rows(
                "SELECT id, round, speaker, agent, text, interrupted, cut FROM entries LIMIT 1"
            ) { $0.integer(0) }
            _ = try connection.rows("SELECT rowid, owner, text, round FROM words LIMIT 1") { $0.integer(0) }
            _ = try connection.rows("SELECT owner, name, value FROM variables LIMIT 1") { $0.integer(0) }
        } catch {
            if [.busy, .damaged].contains(error.code) { throw error }
            throw MemoryError(.damaged, "the file is damaged: tables are missing; move it away, and a new one is made")
        }
    }

    private static func create(_ connection: SQLiteConnection) throws(MemoryError) {
        try connection.run(
            """
            CREATE TABLE owners (
                id INTEGER PRIMARY KEY, project TEXT NOT NULL, user TEXT NOT NULL, touched INTEGER NOT NULL,
                UNIQUE (project, user)
            ) STRICT
            """)
        try connection.run("CREATE INDEX owners_by_touch ON owners (project, touched)")
        try connection.run(
            """
            CREATE TABLE rounds (
                id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL REFERENCES owners ON DELETE CASCADE
            ) STRICT
            """)
        try connection.run("CREATE INDEX rounds_by_owner ON rounds (owner, id)")
        // speaker: 0 the caller, 1 an agent; agent: its name, NULL for the orchestrator.
        try connection.run(
            """
            CREATE TABLE entries (
                id INTEGER PRIMARY KEY AUTOINCREMENT, round INTEGER NOT NULL REFERENCES rounds ON DELETE CASCADE,
                speaker INTEGER NOT NULL, agent TEXT, text TEXT NOT NULL, interrupted INTEGER NOT NULL,
                cut INTEGER NOT NULL
            ) STRICT
            """)
        try connection.run("CREATE INDEX entries_by_round ON entries (round, id)")
        // The words of each entry, already cut apart by MemoryWords; the owner is a word as well, so that only its own are
        // looked at.
        try connection.run(
            """
            CREATE VIRTUAL TABLE words USING fts5 (
                owner, text, round UNINDEXED, tokenize = "unicode61 remove_diacritics 2"
            )
            """)
        try connection.run("INSERT INTO words (words, rank) VALUES ('rank', 'bm25(0.0, 1.0)')")
        try connection.run(
            """
            CREATE TRIGGER entries_gone AFTER DELETE ON entries BEGIN
                DELETE FROM words WHERE rowid = old.id;
            END
            """)
        try connection.run(
            """
            CREATE TABLE variables (
                owner INTEGER NOT NULL REFERENCES owners ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
                PRIMARY KEY (owner, name)
            ) STRICT
            """)
        try connection.run("PRAGMA application_id = 0x50726C4D")
        try connection.run("PRAGMA user_version = 1")
    }
}
