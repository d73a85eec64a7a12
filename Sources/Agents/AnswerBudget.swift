import ProviderKit

/// How much of the answers before it one agent is given.
public enum AnswerBudget {
    /// Characters (Unicode scalars) over all of them.
    public static let characters = 24_000

    /// `answers` within a budget, in their order; what does not fit is cut and says so (`isCut`).
    ///
    /// Each answer keeps the beginning that its equal share allows. What is left of the budget goes to the nearest, which
    /// stand last, so that an agent knows whole what it directly follows. An answer of which nothing fits is left out.
    /// - Parameters:
    ///   - answers: in graph order, the nearest last.
    ///   - budget: in Unicode scalars; at least 0.
    public static func fitting(_ answers: [Brief.Answer], within budget: Int = characters) -> [Brief.Answer] {
        let lengths = answers.map { $0.text.unicodeScalars.count }
        guard lengths.reduce(0, +) > budget else { return answers }
        let share = max(0, budget) / max(1, answers.count)
        var kept = lengths.map { min($0, share) }
        var left = max(0, budget) - kept.reduce(0, +)
        for index in answers.indices.reversed() {
            let more = min(lengths[index] - kept[index], left)
            kept[index] += more
            left -= more
        }
        return answers.indices.compactMap { index in
            if kept[index] == lengths[index] { return answers[index] }
            if kept[index] == 0 { return nil }
            var answer = answers[index]
            answer.text = String(answer.text.unicodeScalars.prefix(kept[index]))
            answer.isCut = true
            return answer
        }
    }
}
