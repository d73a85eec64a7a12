import ProviderKit

/// What an agent is for, read from the description that its author wrote in whatever form.
struct Role: Equatable {
    /// A clause in the first person without a full stop: `my part is to hedge losses against stock price variance`.
    var clause: String
    /// What the agent looks at: `losses`, `stock price variance`. At most four.
    var focus: [String]

    /// Reads name and description.
    init(name: String, description: String) {
        let words = Words.read(description)
        let first = Words.sentences(words).first ?? []
        focus = Array(NounPhrases.find(in: Self.withoutArticles(words), ignoring: Vocabulary.roleWords).prefix(4))
        // "Currency Planner" says what is planned; "Alice" is only a name.
        let nameWords = Words.read(name)
        if focus.isEmpty, nameWords.contains(where: { Vocabulary.roleWords.contains($0.lower) }) {
            focus = NounPhrases.find(in: nameWords, ignoring: Vocabulary.roleWords)
        }
        clause = Self.clause(first) ?? Self.clause(about: focus)
    }

    /// A clause is cut here, in words.
    private static let longest = 14

    /// One of the things that the agent looks at, chosen by `number`.
    func focus(_ number: Int) -> String {
        focus.isEmpty ? "this part of the work" : focus[number % focus.count]
    }

    private static func clause(about focus: [String]) -> String {
        focus.isEmpty ? "here is what I would do" : "my part covers \(Words.list(Array(focus.prefix(3))))"
    }

    /// nil when the sentence has no form that fits into a clause.
    private static func clause(_ sentence: [Word]) -> String? {
        var words = sentence[...]
        let openings = [
            ["this", "agent", "will"], ["this", "agent"], ["the", "agent"], ["agent", "that"], ["agent", "who"],
            ["an", "agent", "that"], ["an", "agent", "who"], ["you", "will"], ["you", "should"],
            ["your", "job", "is", "to"],
            ["your", "task", "is", "to"], ["your", "role", "is", "to"], ["you"], ["i"], ["to"], ["please"],
        ]
        let isPerson = words.prefix(2).map(\.lower) == ["you", "are"] || words.prefix(2).map(\.lower) == ["i", "am"]
        if isPerson {
            words = words.dropFirst(2)
        } else if let opening = openings.first(where: { words.prefix($0.count).map(\.lower) == $0 }) {
            words = words.dropFirst(opening.count)
        }
        guard let first = words.first else { return nil }
        if isPerson || ["a", "an", "the"].contains(first.lower) {
            guard ["a", "an", "the"].contains(first.lower), words.count > 2 else { return nil }
            let phrase = Words.phrase(words, limit: longest).loweredFirst
            return phrase.wordCount > 1 ? "I answer as \(phrase)" : nil
        }
        guard Vocabulary.baseVerb(first.lower) != nil else { return nil }
        let purpose = purpose(of: words) ?? Array(words)
        let phrase = Words.phrase(inBaseForm(purpose), limit: longest).loweredFirst
        return phrase.wordCount > 1 ? "my part is to \(phrase)" : nil
    }

    /// `Create a detailed plan to hedge losses` is about hedging losses, not about creating plans.
    private static func purpose(of words: ArraySlice<Word>) -> [Word]? {
        guard let plan = words.prefix(7).firstIndex(where: { ["plan", "plans"].contains($0.lower) }),
            plan > words.startIndex
        else { return nil }
        let rest = words[(plan + 1)...]
        guard rest.first?.lower == "to", let verb = rest.dropFirst().first, Vocabulary.verbs.contains(verb.lower)
        else { return nil }
        return Array(rest.dropFirst())
    }

    /// `provides A and answers B` → `provide A and answer B`.
    private static func inBaseForm(_ words: [Word]) -> [Word] {
        guard let first = words.first, !Vocabulary.verbs.contains(first.lower) else { return words }
        var words = words
        for index in words.indices {
            let opens = index == 0 || words[index - 1].lower == "and" || words[index - 1].end == .comma
            if opens, words[index].lower.hasSuffix("s"), let base = Vocabulary.baseVerb(words[index].lower) {
                words[index].text = base
                words[index].lower = base
            }
        }
        return words
    }

    /// Descriptions speak of "a portfolio" in general, not of the one that was named before.
    private static func withoutArticles(_ words: [Word]) -> [Word] {
        words.map { word in
            guard ["a", "an", "this", "that", "your"].contains(word.lower) else { return word }
            return Word(text: "of", lower: "of", end: word.end)
        }
    }
}
