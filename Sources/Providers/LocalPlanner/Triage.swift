import ProviderKit

/// Decides for an agent that passes a request on: which of the conditions on its ways holds for what the caller said.
enum Triage {
    /// One sentence that says which conditions hold; nil when they are not all about the caller's request.
    static func decision(for brief: Brief) -> String? {
        guard !brief.conditions.isEmpty, brief.conditions.allSatisfy(Judgement.isAboutCaller) else { return nil }
        let asked = Set(Words.read(brief.callerWords).filter(\.isContent).map(\.stem))
        let holding = brief.conditions.filter { holds($0, asked) }.prefix(most).map { condition in
            Words.phrase(Words.read(condition), limit: longest).loweredFirst
        }
        // Nothing of a condition may be in the words that say that none holds.
        return holding.isEmpty
            ? "I pass this on to everybody." : "I see that \(holding.joined(separator: " and that "))."
    }

    private static let most = 3
    /// A condition is cut here, in words.
    private static let longest = 16

    /// Whether the caller names what the condition names, or something of the same field.
    private static func holds(_ condition: String, _ asked: Set<String>) -> Bool {
        let wanted = Judgement.content(of: condition)
        guard asked.isDisjoint(with: wanted) else { return true }
        return Field.all.contains { !$0.signs.isDisjoint(with: wanted) && !$0.signs.isDisjoint(with: asked) }
    }
}
