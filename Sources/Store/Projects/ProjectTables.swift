import Memory
import Persistence

/// The statements behind `SQLiteProjectStore`. Values are bound; no statement is put together.
struct ProjectTables {
    let connection: SQLiteConnection
    let limits: ProjectLimits

    /// What became of a change.
    enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        case refused(StoreError)
    }

    private struct Row {
        var serving: ProjectVersion?
        var next: Int64
    }

    // MARK: - Changing

    func put(
        _ text: ProjectText, hash: String, as project: ProjectKey, by author: String,
        if condition: ProjectCondition,
        at now: Int
    ) throws(MemoryError) -> Outcome<ProjectReceipt> {
        try connection.transaction { () throws(MemoryError) in
            let row = try self.row(of: project)
            guard condition.holds(for: row?.serving) else { return .refused(.conflicting(row?.serving)) }
            if let serving = row?.serving, serving.hash == hash {
                return .done(ProjectReceipt(version: serving, isNew: false, isFirst: false))
            }
            if row == nil, try count(of: project.tenant) >= limits.projectsPerTenant {
                return .refused(.tooMany(limits))
            }
            let version = ProjectVersion(
                number: Int(row?.next ?? 0), hash: hash, format: text.format, author: author, created: now)
            try connection.run(
                """
                INSERT INTO projects (tenant, name, serving, next, moment)
                VALUES (?1, ?2, ?3, ?3 + 1, (SELECT coalesce(max(moment), 0) + 1 FROM projects))
                ON CONFLICT DO UPDATE SET serving = excluded.serving, next = excluded.next, moment = excluded.moment
                """, project.values + [.integer(Int64(version.number))])
            try connection.run(
                """
                INSERT INTO versions (tenant, name, number, hash, format, author, created, text)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                project.values + [
                    .integer(Int64(version.number)), .text(hash), .text(text.format.rawValue), .text(author),
                    .integer(Int64(now)), .text(text.text),
                ])
            try connection.run(
                """
                DELETE FROM versions WHERE tenant = ?1 AND name = ?2 AND number IN (
                    SELECT number FROM versions WHERE tenant = ?1 AND name = ?2 ORDER BY number DESC LIMIT -1 OFFSET ?3)
                """, project.values + [.integer(Int64(limits.versionsPerProject))])
            return .done(ProjectReceipt(version: version, isNew: true, isFirst: row?.serving == nil))
        }
    }

    func serve(
        _ project: ProjectKey, version: Int, if condition: ProjectCondition
    ) throws(MemoryError) -> Outcome<ProjectVersion> {
        try connection.transaction { () throws(MemoryError) in
            let row = try self.row(of: project)
            guard condition.holds(for: row?.serving) else { return .refused(.conflicting(row?.serving)) }
            guard let wanted = try self.version(Int64(version), of: project) else {
                return .refused(StoreError(.missing, "there is no such version"))
            }
            if row?.serving != wanted { try set(.integer(Int64(version)), for: project) }
            return .done(wanted)
        }
    }

    func delete(_ project: ProjectKey, if condition: ProjectCondition) throws(MemoryError) -> Outcome<
        Bool
    > {
        try connection.transaction { () throws(MemoryError) in
            let serving = try row(of: project)?.serving
            guard condition.holds(for: serving) else { return .refused(.conflicting(serving)) }
            guard serving != nil else { return .done(false) }
            try set(.null, for: project)
            return .done(true)
        }
    }

    private func set(_ serving: SQLiteValue, for project: ProjectKey) throws(MemoryError) {
        try connection.run(
            """
            UPDATE projects SET serving = ?3, moment = (SELECT max(moment) + 1 FROM projects)
            WHERE tenant = ?1 AND name = ?2
            """, project.values + [serving])
    }

    // MARK: - Reading

    private func row(of project: ProjectKey) throws(MemoryError) -> Row? {
        let found = try connection.rows(
            "SELECT next, serving, serving IS NULL FROM projects WHERE tenant = ? AND name = ?",
            project.values
        ) { (next: $0.integer(0), serving: $0.integer(2) == 1 ? nil : $0.integer(1)) }.first
        guard let found else { return nil }
        let serving = try found.serving.map { number throws(MemoryError) in
            try version(number, of: project)
        }
        return Row(serving: serving ?? nil, next: found.next)
    }

    private func version(_ number: Int64, of project: ProjectKey) throws(MemoryError)
        -> ProjectVersion?
    {
        try connection.rows(
            """
            SELECT number, hash, format, author, created FROM versions WHERE tenant = ? AND name = ? AND number = ?
            """, project.values + [.integer(number)]
        ) { $0.version(from: 0) }.first
    }

    private func count(of tenant: String) throws(MemoryError) -> Int {
        Int(
            try connection.integer("SELECT count(*) FROM projects WHERE tenant = ?", [.text(tenant)]) ?? 0
        )
    }

    func text(
        of project: ProjectKey, version: Int
    ) throws(MemoryError) -> (version: ProjectVersion, text: ProjectText)? {
        try connection.rows(
            """
            SELECT number, hash, format, author, created, text FROM versions
            WHERE tenant = ? AND name = ? AND number = ?
            """, project.values + [.integer(Int64(version))]
        ) { row in
            let version = row.version(from: 0)
            return (version: version, text: ProjectText(row.text(5) ?? "", version.format))
        }.first
    }

    func list(of tenant: String) throws(MemoryError) -> [ProjectListing] {
        try connection.rows(
            """
            SELECT p.name, v.number, v.hash, v.format, v.author, v.created FROM projects p
            JOIN versions v ON v.tenant = p.tenant AND v.name = p.name AND v.number = p.serving
            WHERE p.tenant = ? ORDER BY p.name
            """, [.text(tenant)]
        ) {
            ProjectListing(key: ProjectKey($0.text(0) ?? "", of: tenant), serving: $0.version(from: 1))
        }
    }

    func history(of project: ProjectKey) throws(MemoryError) -> ProjectHistory? {
        guard let row = try row(of: project) else { return nil }
        let versions = try connection.rows(
            """
            SELECT number, hash, format, author, created FROM versions WHERE tenant = ? AND name = ?
            ORDER BY number DESC
            """, project.values
        ) { $0.version(from: 0) }
        return ProjectHistory(serving: row.serving?.number, versions: versions)
    }

    func changes(since moment: Int) throws(MemoryError) -> ProjectChanges {
        let changes = try connection.rows(
            """
            SELECT p.moment, p.tenant, p.name, v.number, v.hash, v.format, v.author, v.created, v.number IS NULL
            FROM projects p
            LEFT JOIN versions v ON v.tenant = p.tenant AND v.name = p.name AND v.number = p.serving
            WHERE p.moment > ? ORDER BY p.moment
            """, [.integer(Int64(moment))]
        ) { row in
            let key = ProjectKey(row.text(2) ?? "", of: row.text(1) ?? "")
            let serving = row.integer(8) == 1 ? nil : row.version(from: 3)
            return ProjectChanges.Change(key: key, serving: serving, moment: Int(row.integer(0)))
        }
        return ProjectChanges(moment: changes.last?.moment ?? moment, changes: changes)
    }
}

extension ProjectKey {
    fileprivate var values: [SQLiteValue] { [.text(tenant), .text(name)] }
}

extension SQLiteRow {
    /// Number, hash, format, author and time, from that column on.
    fileprivate func version(from column: Int32) -> ProjectVersion {
        ProjectVersion(
            number: Int(integer(column)), hash: text(column + 1) ?? "",
            format: ProjectText.Format(rawValue: text(column + 2) ?? "") ?? .yaml,
            author: text(column + 3) ?? "",
            created: Int(integer(column + 4)))
    }
}

extension StoreError {
    /// What to tell whoever was slower.
    static func conflicting(_ serving: ProjectVersion?) -> StoreError {
        let state =
            serving.map { "version \($0.number) is in service" } ?? "the project is not in service"
        return StoreError(.conflict, "\(state): read it again, and make the change there")
    }

    static func tooMany(_ limits: ProjectLimits) -> StoreError {
        StoreError(
            .refused,
            "there are \(limits.projectsPerTenant) projects, as many as may be, deleted ones included")
    }
}
