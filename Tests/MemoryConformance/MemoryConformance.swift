import Memory
import TestSupport
import Testing

/// What every `MemoryStore` has to do. A store's tests make empty stores with these limits and call the checks.
public enum MemoryConformance {
    /// The limits of the stores under test: small, so that each is reached.
    public static let limits = MemoryLimits(
        roundsPerUser: 5, entriesPerRound: 4, charactersPerEntry: 200, usersPerProject: 3, variablesPerUser: 2,
        charactersPerValue: 10)

    private static let ada = MemoryOwner(project: "harbour", user: "Ada")

    /// A round of one question and one answer.
    public static func round(_ question: String, _ answer: String = "I see.") -> MemoryRound {
        MemoryRound([.init(.caller, question), .init(.agent("Pilot"), answer)])
    }

    // MARK: - Keeping

    /// Rounds come back as they were, the last ones, of their owner only.
    public static func keepsRounds(_ store: any MemoryStore) async throws {
        let interrupted = MemoryRound([
            .init(.caller, "What's the \"tide\" -- at 5?\0\n日本語"),
            .init(.agent("Pilot"), "It is", wasInterrupted: true),
            .init(.agent(nil), "High."),
        ])
        try await store.append(round("One"), for: ada)
        try await store.append(interrupted, for: ada)
        try await store.append(MemoryRound([.init(.caller, "")]), for: ada)
        #expect(try await store.rounds(9, of: ada) == [round("One"), interrupted])
        #expect(try await store.rounds(1, of: ada) == [interrupted])
        #expect(try await store.rounds(0, of: ada).isEmpty)
        #expect(try await store.rounds(-1, of: ada).isEmpty)
        for other in [MemoryOwner(project: "harbour", user: "ada"), MemoryOwner(project: "port", user: "Ada")] {
            #expect(try await store.rounds(9, of: other).isEmpty)
            #expect(try await store.search("One", of: other, top: 9, threshold: 0).isEmpty)
        }
    }

    /// At each limit the oldest falls out, or the end is cut, or a variable is refused.
    public static func keepsWithinLimits(_ store: any MemoryStore) async throws {
        for number in 0..<9 { try await store.append(round("number \(number)"), for: ada) }
        #expect(try await store.rounds(99, of: ada) == (4..<9).map { round("number \($0)") })
        #expect(try await store.search("number", of: ada, top: 99, threshold: 0).count == 5)
        let long = String(repeating: "ä", count: 201)
        try await store.append(MemoryRound((0..<5).map { .init(.agent("\($0)"), long) }), for: ada)
        let kept = try #require(try await store.rounds(1, of: ada).first).entries
        #expect(kept.count == 4 && kept.allSatisfy { $0.isCut && $0.text == String(repeating: "ä", count: 200) })
        for user in ["Bob", "Cleo", "Dora"] {
            try await store.append(round(user), for: MemoryOwner(project: "harbour", user: user))
        }
        #expect(try await store.rounds(9, of: ada).isEmpty, "the user that was not heard of for the longest time")
        #expect(try await store.rounds(9, of: MemoryOwner(project: "harbour", user: "Bob")) == [round("Bob")])
        let name = String(repeating: "x", count: MemoryLimits.longestName + 1)
        for owner in [MemoryOwner(project: "harbour", user: ""), MemoryOwner(project: "harbour", user: name)] {
            let error = await #expect(throws: MemoryError.self) { try await store.append(round("x"), for: owner) }
            #expect(error?.code == .refused)
        }
    }

    /// Variables are set, changed, removed; too many and too long ones are refused.
    public static func keepsVariables(_ store: any MemoryStore) async throws {
        try await store.set("city", to: "Ghent", of: ada)
        try await store.set("city", to: "Bruges", of: ada)
        try await store.set("berth", to: "", of: ada)
        #expect(try await store.variables(of: ada) == ["city": "Bruges", "berth": ""])
        #expect(try await store.variable("city", of: ada) == "Bruges")
        for (name, value) in [("third", "x"), ("city", String(repeating: "x", count: 11)), ("", "x")] {
            let error = await #expect(throws: MemoryError.self) { try await store.set(name, to: value, of: ada) }
            #expect(error?.code == .refused)
        }
        try await store.set("city", to: nil, of: ada)
        try await store.set("city", to: nil, of: MemoryOwner(project: "harbour", user: "nobody"))
        #expect(try await store.variables(of: ada) == ["berth": ""])
        // All changes of one call count, or none.
        let error = await #expect(throws: MemoryError.self) {
            try await store.change([.init("berth", "7"), .init("a", "1"), .init("b", "2")], of: ada)
        }
        #expect(error?.code == .refused)
        #expect(try await store.variables(of: ada) == ["berth": ""])
        try await store.change([.init("berth", nil), .init("a", "1"), .init("b", "2")], of: ada)
        #expect(try await store.variables(of: ada) == ["a": "1", "b": "2"])
        try await store.append(round("One"), for: ada)
        try await store.forgetVariables(of: ada)
        try await store.forgetVariables(of: MemoryOwner(project: "harbour", user: "nobody"))
        #expect(try await store.variables(of: ada).isEmpty)
        #expect(try await store.rounds(9, of: ada) == [round("One")], "rounds stay")
    }

    /// Nothing is left of who is forgotten; others stay.
    public static func forgets(_ store: any MemoryStore) async throws {
        let bob = MemoryOwner(project: "harbour", user: "Bob")
        for owner in [ada, bob] {
            try await store.append(round("The tide"), for: owner)
            try await store.set("city", to: "Ghent", of: owner)
        }
        try await store.forget(ada)
        try await store.forget(MemoryOwner(project: "harbour", user: "nobody"))
        #expect(try await store.rounds(9, of: ada).isEmpty)
        #expect(try await store.variables(of: ada).isEmpty)
        #expect(try await store.search("tide", of: ada, top: 9, threshold: 0).isEmpty)
        #expect(try await store.rounds(9, of: bob) == [round("The tide")])
        #expect(try await store.variables(of: bob) == ["city": "Ghent"])
        #expect(try await store.search("tide", of: bob, top: 9, threshold: 0).count == 1)
    }

    // MARK: - Finding

    /// Words are found without regard to case, accents, width and script; nothing in a query is an operator.
    public static func finds(_ store: any MemoryStore) async throws {
        let said = ["Die Fähre nach Århus", "東京で日本語を話します", "ЁЛКА на площади", "The O'Hara tide AND the moon"]
        for text in said { try await store.append(round(text, "…"), for: ada) }
        func found(_ query: String) async throws -> [String] {
            try await store.search(query, of: ada, top: 1, threshold: 0).map { $0.round.entries[0].text }
        }
        #expect(try await found("fahre") == [said[0]])
        #expect(try await found("FÄHRE?") == [said[0]])
        #expect(try await found("日本語") == [said[1]])
        #expect(try await found("елка") == [said[2]])
        #expect(try await found("moon") == [said[3]])
        for query in [
            "", " ", "\"", "*", "NOT", "NEAR(", "owner:o1", "^", "text : x", "fähre\" OR \"moon\0", "();--", "…",
        ] {
            _ = try await found(query)
        }
        #expect(try await found("zebra*").isEmpty)
        #expect(try await found("fäh*").isEmpty, "whole words are found")
        #expect(try await found("NOT fähre") == [said[0]])
        #expect(try await store.search("tide", of: ada, top: 0, threshold: 0).isEmpty)
        #expect(try await store.search("tide zebra lion", of: ada, top: 9, threshold: 0.9).isEmpty)
        #expect(
            try await store.search(String(repeating: "tide ", count: 9999), of: ada, top: 9, threshold: 1).count == 1)
    }

    // MARK: - Against a model

    /// Does what `seed` decides, and compares with lists in arrays.
    public static func behavesAsItsModel(_ store: any MemoryStore, seed: Int) async throws {
        var random = Seeded(seed)
        var model: [MemoryOwner: [MemoryRound]] = [:]
        var order: [MemoryOwner] = []
        let owners = ["Ada", "Bob", "Cleo", "Dora"].map { MemoryOwner(project: "p", user: $0) }
        let vocabulary = ["tide", "moon", "Fähre", "東京", "and", "OR", "\"", "boat", "Ebbe", "O'Hara", "*"]
        func words(_ random: inout Seeded) -> String {
            (0..<Int.random(in: 1...6, using: &random)).map { _ in vocabulary.randomElement(using: &random) ?? "" }
                .joined(separator: " ")
        }
        for step in 0..<60 {
            let owner = owners.randomElement(using: &random) ?? owners[0]
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let round = round(words(&random), words(&random))
                try await store.append(round, for: owner)
                model[owner] = ((model[owner] ?? []) + [round]).suffix(limits.roundsPerUser)
                order = order.filter { $0 != owner } + [owner]
                if order.count > limits.usersPerProject { model[order.removeFirst()] = nil }
            case 5:
                try await store.forget(owner)
                model[owner] = nil
                order.removeAll { $0 == owner }
            case 6, 7:
                let count = Int.random(in: 0...6, using: &random)
                let expected = Array((model[owner] ?? []).suffix(count))
                #expect(try await store.rounds(count, of: owner) == expected, "seed \(seed), step \(step)")
            default:
                let (query, top) = (words(&random), Int.random(in: 1...6, using: &random))
                let threshold = Double.random(in: 0...1, using: &random)
                let found = try await store.search(query, of: owner, top: top, threshold: threshold)
                check(
                    found, query: query, top: top, threshold: threshold, all: model[owner] ?? [],
                    "seed \(seed), step \(step)")
            }
        }
    }

    private static func check(
        _ found: [Recollection], query: String, top: Int, threshold: Double, all: [MemoryRound], _ place: String
    ) {
        let wanted = Set(MemoryWords.of(query))
        func holds(_ round: MemoryRound) -> Set<String> {
            wanted.intersection(round.entries.flatMap { MemoryWords.of($0.text) })
        }
        #expect(found.count <= top, "\(place)")
        #expect(found.allSatisfy { all.contains($0.round) && !holds($0.round).isEmpty }, "\(place)")
        #expect(found.allSatisfy { $0.relevance >= threshold && $0.relevance <= 1 }, "\(place)")
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.relevance >= $1.relevance }, "\(place)")
        #expect(found.allSatisfy { ($0.relevance == 1) == (holds($0.round) == wanted) }, "\(place)")
        if top >= all.count {
            // A round that holds all the words is always relevant enough.
            #expect(found.count >= all.count { !wanted.isEmpty && holds($0) == wanted }, "\(place)")
        }
        if threshold == 0 || top < all.count { return }
        #expect(found.count <= all.count { !holds($0).isEmpty }, "\(place)")
    }
}
