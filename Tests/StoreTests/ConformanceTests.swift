import Persistence
import Store
import StoreConformance
import TestSupport
import Testing

/// Each store of projects passes the same checks.
@Suite(.timeLimit(.minutes(2)))
struct ConformanceTests {
    enum Kind: CaseIterable { case process, file }

    private static func with(_ kind: Kind, _ check: (any ProjectStore) async throws -> Void)
        async throws
    {
        switch kind {
        case .process:
            try await check(try SQLiteProjectStore.inProcess(limits: StoreConformance.limits))
        case .file:
            let folder = try ScratchFolder()
            try await check(
                try SQLiteProjectStore(path: folder.path + "/s.sqlite", limits: StoreConformance.limits))
            withExtendedLifetime(folder) {}
        }
    }

    @Test(arguments: Kind.allCases) func countsVersions(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.countsVersions($0) }
    }

    @Test(arguments: Kind.allCases) func keepsTexts(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.keepsTexts($0) }
    }

    @Test(arguments: Kind.allCases) func separatesTenants(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.separatesTenants($0) }
    }

    @Test(arguments: Kind.allCases) func servesAndDeletes(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.servesAndDeletes($0) }
    }

    @Test(arguments: Kind.allCases) func heedsConditions(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.heedsConditions($0) }
    }

    @Test(arguments: Kind.allCases) func letsOneWriterWin(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.letsOneWriterWin($0) }
    }

    @Test(arguments: Kind.allCases) func keepsWithinLimits(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.keepsWithinLimits($0) }
    }

    @Test(arguments: Kind.allCases) func tellsChanges(kind: Kind) async throws {
        try await Self.with(kind) { try await StoreConformance.tellsChanges($0) }
    }

    @Test(arguments: Kind.allCases, 0..<10) func behavesAsItsModel(kind: Kind, seed: Int) async throws {
        try await Self.with(kind) { try await StoreConformance.behavesAsItsModel($0, seed: seed) }
    }

    // MARK: - Conversations

    private static let limits = ConversationLimits(most: 5, days: 2)

    @Test func keepsConversations() async throws {
        let store = try SQLiteProjectStore.inProcess(conversations: Self.limits)
        try await StoreConformance.keepsConversations(store)
    }

    @Test func forgetsOldConversations() async throws {
        let store = try SQLiteProjectStore.inProcess(conversations: Self.limits)
        try await StoreConformance.forgetsOldConversations(store)
    }
}
