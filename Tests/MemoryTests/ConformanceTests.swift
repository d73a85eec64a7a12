import Memory
import MemoryConformance
import Store
import TestSupport
import Testing

/// Each store passes the same checks.
@Suite(.timeLimit(.minutes(2)))
struct ConformanceTests {
    enum Kind: CaseIterable { case process, file }

    /// A file is gone with its folder.
    private static func with(
        _ kind: Kind, _ check: (any MemoryStore) async throws -> Void
    ) async throws {
        switch kind {
        case .process: try await check(InMemoryStore(limits: MemoryConformance.limits))
        case .file:
            let folder = try Folder()
            try await check(try SQLiteStore(path: folder.path("m.sqlite"), limits: MemoryConformance.limits))
            withExtendedLifetime(folder) {}
        }
    }

    @Test(arguments: Kind.allCases) func keepsRounds(kind: Kind) async throws {
        try await Self.with(kind) { try await MemoryConformance.keepsRounds($0) }
    }

    @Test(arguments: Kind.allCases) func keepsWithinLimits(kind: Kind) async throws {
        try await Self.with(kind) { try await MemoryConformance.keepsWithinLimits($0) }
    }

    @Test(arguments: Kind.allCases) func keepsVariables(kind: Kind) async throws {
        try await Self.with(kind) { try await MemoryConformance.keepsVariables($0) }
    }

    @Test(arguments: Kind.allCases) func forgets(kind: Kind) async throws {
        try await Self.with(kind) { try await MemoryConformance.forgets($0) }
    }

    @Test(arguments: Kind.allCases) func finds(kind: Kind) async throws {
        try await Self.with(kind) { try await MemoryConformance.finds($0) }
    }

    @Test(arguments: Kind.allCases, 0..<20) func behavesAsItsModel(kind: Kind, seed: Int) async throws {
        try await Self.with(kind) { try await MemoryConformance.behavesAsItsModel($0, seed: seed) }
    }

    /// The index looks at no more than it has to, and still finds the same.
    @Test func bothFindTheSame() async throws {
        let folder = try Folder()
        let file = try SQLiteStore(path: folder.path("m.sqlite"))
        let process = InMemoryStore()
        let owner = MemoryOwner(project: "p", user: "u")
        var random = Seeded(7)
        let vocabulary = (0..<40).map { "word\($0)" } + ["Ebbe", "flüssig", "東京都"]
        func words(_ count: Int) -> String {
            (0..<count).map { _ in vocabulary.randomElement(using: &random) ?? "" }.joined(separator: " ")
        }
        for _ in 0..<80 {
            let round = MemoryConformance.round(words(5), words(8))
            try await file.append(round, for: owner)
            try await process.append(round, for: owner)
        }
        for _ in 0..<50 {
            let query = words(4)
            let found = try await file.search(query, of: owner, top: 9, threshold: 0.3)
            #expect(try await process.search(query, of: owner, top: 9, threshold: 0.3) == found, "\(query)")
        }
        withExtendedLifetime(folder) {}
    }
}
