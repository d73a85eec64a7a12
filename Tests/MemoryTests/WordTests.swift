import Memory
import Testing

@Suite struct WordTests {
    @Test(
        arguments: [
            ("", []), ("  … -- ", []), ("The Tide, at 5!", ["the", "tide", "at", "5"]),
            ("Fähre ÅRHUS élan", ["fahre", "arhus", "elan"]),
            ("日本語", ["日本", "本語"]), ("語", ["語"]), ("東京tower", ["東京", "tower"]), ("O'Hara's", ["o", "hara", "s"]),
            ("ＡＢＣ", ["abc"]), ("한국어", ["한국", "국어"]), ("e\u{301}t\u{301}e", ["ete"]),
        ] as [(String, [String])])
    func wordsAre(text: String, words: [String]) { #expect(MemoryWords.of(text) == words) }

    @Test func aQueryHasABound() {
        let query = (0..<200).map { "w\($0) w\($0)" }.joined(separator: " ")
        #expect(MemoryWords.ofQuery(query) == (0..<MemoryWords.mostOfQuery).map { "w\($0)" })
        #expect(MemoryWords.of(String(repeating: "x", count: 1000)) == [String(repeating: "x", count: 64)])
    }

    /// Rare words count more than common ones.
    @Test func rareWordsWeighMore() {
        let rounds = ["the boat", "the sea", "the moon", "a lighthouse"].map { MemoryRound([.init(.caller, $0)]) }
        let best = Relevance.best(of: rounds, for: "the lighthouse", top: 9, threshold: 0)
        #expect(best.first?.round == rounds[3])
        #expect(best.count == 4 && best[1].round == rounds[2], "of equals the newest comes first")
    }
}
