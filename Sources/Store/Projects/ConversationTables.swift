import Memory
import Persistence

/// The statements for conversations behind `SQLiteProjectStore`.
struct ConversationTables {
    let connection: SQLiteConnection
    let limits: ConversationLimits

    func began(_ conversation: ConversationRecord) throws(MemoryError) {
        try connection.transaction { () throws(MemoryError) in
            try connection.run(
                "INSERT INTO conversations (id, tenant, project, version, user, began) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .text(conversation.id), .text(conversation.tenant), .text(conversation.project),
                    .integer(Int64(conversation.version)), .optional(conversation.user),
                    .integer(Int64(conversation.began)),
                ])
            // Numbers count up, so that the bound costs no count of rows.
            try connection.run(
                "DELETE FROM conversations WHERE number <= ? OR began < ?",
                [
                    .integer(connection.lastRow - Int64(limits.most)),
                    .integer(Int64(conversation.began) - Int64(limits.days) * 86_400_000),
                ])
        }
    }

    func ended(_ id: String, _ end: ConversationRecord.End) throws(MemoryError) {
        try connection.run(
            "UPDATE conversations SET ended = ?, close_code = ?, turns = ? WHERE id = ?",
            [
                .integer(Int64(end.time)), .integer(Int64(end.closeCode)), .integer(Int64(end.turns)),
                .text(id),
            ])
    }

    func conversations(of tenant: String, project: String?, most: Int) throws(MemoryError)
        -> [ConversationRecord]
    {
        try connection.rows(
            """
            SELECT id, project, version, user, began, ended, close_code, turns, ended IS NULL FROM conversations
            WHERE tenant = ?1 AND (?2 IS NULL OR project = ?2) ORDER BY number DESC LIMIT ?3
            """, [.text(tenant), .optional(project), .integer(Int64(max(0, most)))]
        ) { row in
            let end =
                row.integer(8) == 1
                ? nil
                : ConversationRecord.End(
                    time: Int(row.integer(5)), closeCode: Int(row.integer(6)), turns: Int(row.integer(7)))
            return ConversationRecord(
                id: row.text(0) ?? "", tenant: tenant, project: row.text(1) ?? "",
                version: Int(row.integer(2)),
                user: row.text(3), began: Int(row.integer(4)), end: end)
        }
    }
}
