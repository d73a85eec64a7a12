import Memory

/// The statements behind `SQLiteStore`. Values are bound; no statement is put together.
struct MemoryTables {
    /// How many entries of its index a search looks at.
    static let candidates: Int64 = 200

    let connection: SQLiteConnection
    let limits: MemoryLimits

    // MARK: - Writing

    func append(_ round: MemoryRound, for owner: MemoryOwner) throws(MemoryError) {
        try connection.transaction { () throws(MemoryError) in
            let id = try touch(owner)
            try connection.run("INSERT INTO rounds (owner) VALUES (?)", [.integer(id)])
            let number = connection.lastRow
            for entry in round.entries { try insert(entry, round: number, owner: id) }
            try connection.run(
                """
                DELETE FROM rounds WHERE id IN (
                    SELECT id FROM rounds WHERE owner = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)
                """, [.integer(id), .integer(Int64(limits.roundsPerUser))])
        }
    }

    private func insert(_ entry: MemoryRound.Entry, round: Int64, owner: Int64) throws(MemoryError) {
        let (speaker, agent): (Int64, String?) =
            switch entry.speaker {
            case .caller: (0, nil)
            case .agent(let name): (1, name)
            }
        try connection.run(
            "INSERT INTO entries (round, speaker, agent, text, interrupted, cut) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(round), .integer(speaker), .optional(agent), .text(entry.text),
                .integer(entry.wasInterrupted ? 1 : 0), .integer(entry.isCut ? 1 : 0),
            ])
        try connection.run(
            "INSERT INTO words (rowid, owner, text, round) VALUES (?, ?, ?, ?)",
            [
                .integer(connection.lastRow), .text(Self.word(of: owner)),
                .text(MemoryWords.of(entry.text).joined(separator: " ")), .integer(round),
            ])
    }

    func change(_ changes: [MemoryChange], of owner: MemoryOwner) throws(MemoryError) {
        try connection.transaction { () throws(MemoryError) in
            let setsSome = changes.contains { $0.value != nil }
            guard let id = try setsSome ? touch(owner) : self.id(of: owner) else { return }
            for change in changes { try self.change(change, of: id) }
        }
    }

    private func change(_ change: MemoryChange, of id: Int64) throws(MemoryError) {
        let name = change.name
        if let value = change.value {
            let others = try connection.integer(
                "SELECT count(*) FROM variables WHERE owner = ? AND name <> ?", [.integer(id), .text(name)])
            try limits.check(variable: name, value: value, existing: Int(others ?? 0))
            try connection.run(
                "INSERT INTO variables (owner, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                [.integer(id), .text(name), .text(value)])
        } else {
            try connection.run("DELETE FROM variables WHERE owner = ? AND name = ?", [.integer(id), .text(name)])
        }
    }

    /// Nothing of them stays in the file.
    func forgetVariables(of owner: MemoryOwner) throws(MemoryError) {
        let existed = try connection.transaction { () throws(MemoryError) in
            guard let id = try self.id(of: owner) else { return false }
            try connection.run("DELETE FROM variables WHERE owner = ?", [.integer(id)])
            return true
        }
        if existed { try connection.run("PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// Nothing of it stays in the file: its index is written anew, and what is left in the log is written over.
    func forget(_ owner: MemoryOwner) throws(MemoryError) {
        let existed = try connection.transaction { () throws(MemoryError) in
            guard let id = try self.id(of: owner) else { return false }
            try connection.run("DELETE FROM owners WHERE id = ?", [.integer(id)])
            try connection.run("INSERT INTO words (words) VALUES ('optimize')")
            return true
        }
        if existed { try connection.run("PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// The number of `owner`, who is known from now on and was heard of last. Whoever is too many is forgotten.
    private func touch(_ owner: MemoryOwner) throws(MemoryError) -> Int64 {
        try connection.run(
            """
            INSERT INTO owners (project, user, touched)
            VALUES (?1, ?2, (SELECT coalesce(max(touched), 0) + 1 FROM owners WHERE project = ?1))
            ON CONFLICT (project, user) DO UPDATE SET touched = excluded.touched
            """, [.text(owner.project), .text(owner.user)])
        try connection.run(
            """
            DELETE FROM owners WHERE id IN (
                SELECT id FROM owners WHERE project = ?1 ORDER BY touched DESC LIMIT -1 OFFSET ?2)
            """, [.text(owner.project), .integer(Int64(limits.usersPerProject))])
        guard let id = try id(of: owner) else {
            throw MemoryError(.damaged, "the file is damaged: what was written is not there")
        }
        return id
    }

    // MARK: - Reading

    private func id(of owner: MemoryOwner) throws(MemoryError) -> Int64? {
        try connection.integer(
            "SELECT id FROM owners WHERE project = ? AND user = ?", [.text(owner.project), .text(owner.user)])
    }

    func rounds(_ count: Int, of owner: MemoryOwner) throws(MemoryError) -> [MemoryRound] {
        guard let id = try id(of: owner) else { return [] }
        let numbers = try connection.rows(
            "SELECT id FROM rounds WHERE owner = ? ORDER BY id DESC LIMIT ?",
            [.integer(id), .integer(Int64(max(0, count)))]
        ) { $0.integer(0) }
        return try numbers.reversed().map { number throws(MemoryError) in try round(number) }
    }

    private func round(_ number: Int64) throws(MemoryError) -> MemoryRound {
        MemoryRound(
            try connection.rows(
                "SELECT speaker, agent, text, interrupted, cut FROM entries WHERE round = ? ORDER BY id",
                [.integer(number)]
            ) { row in
                MemoryRound.Entry(
                    row.integer(0) == 0 ? .caller : .agent(row.text(1)), row.text(2) ?? "",
                    wasInterrupted: row.integer(3) != 0, isCut: row.integer(4) != 0)
            })
    }

    func search(
        _ query: String, of owner: MemoryOwner, top: Int, threshold: Double
    ) throws(MemoryError) -> [Recollection] {
        let words = MemoryWords.ofQuery(query)
        guard !words.isEmpty, let id = try id(of: owner) else { return [] }
        let numbers = try connection.rows(
            "SELECT round FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?",
            [.text(Self.match(words, of: id)), .integer(Self.candidates)]
        ) { $0.integer(0) }
        let rounds = try Set(numbers).sorted().map { number throws(MemoryError) in try round(number) }
        return Relevance.best(of: rounds, for: query, top: top, threshold: threshold)
    }

    func variables(of owner: MemoryOwner) throws(MemoryError) -> [String: String] {
        guard let id = try id(of: owner) else { return [:] }
        let pairs = try connection.rows("SELECT name, value FROM variables WHERE owner = ?", [.integer(id)]) { row in
            (row.text(0) ?? "", row.text(1) ?? "")
        }
        return Dictionary(pairs) { first, _ in first }
    }

    // MARK: - The index

    private static func word(of owner: Int64) -> String { "o\(owner)" }

    /// A query of FTS5 in which every word is in quotes, so that none is an operator.
    static func match(_ words: [String], of owner: Int64) -> String {
        let any = words.map {
            "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
        return "owner : \"\(word(of: owner))\" AND text : (\(any.joined(separator: " OR ")))"
    }
}
