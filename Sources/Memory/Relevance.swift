import Foundation

/// How much earlier rounds have to do with what is said now. All stores rank by this, so that a threshold means the same
/// everywhere.
///
/// A round is as relevant as the share of the query's words that it holds, from 0 to 1. Words that few rounds hold count
/// more: with `n` rounds that hold any word of the query, a word that `d` of them hold counts `log(1 + n / (1 + d))`.
public enum Relevance {
    /// The most relevant of `rounds`, the best first, the newest of equals first.
    /// - Parameters:
    ///   - rounds: the oldest first.
    ///   - threshold: 0…1; what is less relevant, or holds no word of the query, is left out.
    public static func best(
        of rounds: [MemoryRound], for query: String, top: Int, threshold: Double
    ) -> [Recollection] {
        let wanted = MemoryWords.ofQuery(query)
        let wantedSet = Set(wanted)
        let found = rounds.map { round in
            Set(round.entries.flatMap { MemoryWords.of($0.text) }).intersection(wantedSet)
        }
        let candidates = found.count { !$0.isEmpty }
        if candidates == 0 || top < 1 { return [] }
        var holders: [String: Int] = [:]
        for words in found { for word in words { holders[word, default: 0] += 1 } }
        let weight = { (word: String) in log(1 + Double(candidates) / Double(1 + holders[word, default: 0])) }
        // In the order of the query: sums of the same numbers are the same only in the same order.
        let all = wanted.reduce(0) { $0 + weight($1) }
        return zip(rounds, found).enumerated()
            .compactMap { index, pair -> (index: Int, recollection: Recollection)? in
                let (round, words) = pair
                if words.isEmpty { return nil }
                let share = wanted.reduce(0) { words.contains($1) ? $0 + weight($1) : $0 } / all
                return share < threshold ? nil : (index, Recollection(round, relevance: share))
            }
            .sorted { ($0.recollection.relevance, $0.index) > ($1.recollection.relevance, $1.index) }
            .prefix(top).map(\.recollection)
    }
}
