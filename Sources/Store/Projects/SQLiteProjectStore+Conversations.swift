import Memory
import Persistence

extension SQLiteProjectStore: ConversationStore {
    /// See `ConversationStore`.
    public func began(_ conversation: ConversationRecord) async throws(StoreError) {
        try await withConversations { tables throws(MemoryError) in try tables.began(conversation) }
    }

    /// See `ConversationStore`.
    public func ended(_ id: String, _ end: ConversationRecord.End) async throws(StoreError) {
        try await withConversations { tables throws(MemoryError) in try tables.ended(id, end) }
    }

    /// See `ConversationStore`.
    public func conversations(
        of tenant: String, project: String?, most: Int
    ) async throws(StoreError) -> [ConversationRecord] {
        try await withConversations { tables throws(MemoryError) in
            try tables.conversations(of: tenant, project: project, most: most)
        }
    }
}
