import Persistence
import Testing

/// What every `ConversationStore` has to do; it keeps 5 conversations for 2 days.
extension StoreConformance {
    private static func record(_ id: Int, at time: Int, tenant: String = Tenant.standard)
        -> ConversationRecord
    {
        ConversationRecord(
            id: "conv_\(id)", tenant: tenant, project: id.isMultiple(of: 2) ? "even" : "odd", version: id,
            user: id == 0 ? nil : "Ada", began: time)
    }

    /// They come back as they were, the newest first, of their tenant only.
    public static func keepsConversations(_ store: any ConversationStore) async throws {
        for id in 0..<3 { try await store.began(record(id, at: id)) }
        try await store.began(record(3, at: 3, tenant: "other"))
        let end = ConversationRecord.End(time: 99, closeCode: 1000, turns: 7)
        try await store.ended("conv_1", end)
        try await store.ended("nobody", end)
        var ended = record(1, at: 1)
        ended.end = end
        let all = try await store.conversations(of: Tenant.standard, project: nil, most: 9)
        #expect(all == [record(2, at: 2), ended, record(0, at: 0)])
        #expect(try await store.conversations(of: Tenant.standard, project: "odd", most: 9) == [ended])
        #expect(
            try await store.conversations(of: Tenant.standard, project: nil, most: 1) == [
                record(2, at: 2)
            ])
        #expect(
            try await store.conversations(of: "other", project: nil, most: 9).map(\.id) == ["conv_3"])
        #expect(try await store.conversations(of: "x' OR 1", project: nil, most: -1).isEmpty)
    }

    /// The oldest fall out at the bound, and all after their time.
    public static func forgetsOldConversations(_ store: any ConversationStore) async throws {
        for id in 0..<8 { try await store.began(record(id, at: id)) }
        let kept = try await store.conversations(of: Tenant.standard, project: nil, most: 99)
        #expect(kept.map(\.version) == [7, 6, 5, 4, 3])
        try await store.began(record(8, at: 2 * 86_400_000 + 6))
        let later = try await store.conversations(of: Tenant.standard, project: nil, most: 99)
        #expect(later.map(\.version) == [8, 7, 6])
    }
}
