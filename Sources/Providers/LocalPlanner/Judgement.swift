import ProviderKit

/// Decisions by the words that two texts share.
enum Judgement {
    /// Whether `condition` is true of the last parent's answer: at least half of its words that mean something occur
    /// there. A condition that speaks of the caller is held against the caller's words as well; one that denies
    /// (`no`, `not`, `without`) is true when the rest is not.
    static func holds(_ condition: String, for brief: Brief) -> Bool {
        let words = Words.read(condition)
        let isDenied = words.contains { denials.contains($0.lower) || $0.lower.hasSuffix("n't") }
        let wanted = content(of: condition)
        if wanted.isEmpty { return false }
        var evidence = brief.parents.last?.text ?? ""
        if brief.parents.isEmpty || words.contains(where: { ofCaller.contains($0.lower) }) {
            evidence += "\n" + String(brief.callerWords.prefix(Words.readingLimit / 2))
        }
        let found = wanted.intersection(Words.read(evidence).map(\.stem)).count
        return (found * 2 >= wanted.count) != isDenied
    }

    /// Whether `condition` speaks of the caller or the request, and not of an answer.
    static func isAboutCaller(_ condition: String) -> Bool {
        Words.read(condition).contains { ofCaller.contains($0.lower) }
    }

    /// What `condition` is about, as stems.
    static func content(of condition: String) -> Set<String> {
        Set(Words.read(condition).filter { $0.isContent && !frame.contains($0.lower) }.map(\.stem))
    }

    private static let denials: Set<String> = ["no", "not", "none", "never", "without"]
    private static let ofCaller: Set<String> = [
        "caller", "callers", "user", "users", "customer", "customers", "question", "request", "asks", "asked", "wants",
    ]
    /// Words with which conditions are put rather than filled.
    private static let frame = ofCaller.union([
        "answer", "answers", "agent", "plan", "result", "response", "output", "mention", "mentions", "mentioned",
        "contain", "contains", "include", "includes", "discusses", "discuss", "shows", "suggests", "states", "found",
        "true", "condition", "topic", "related", "relates", "concerns",
    ])

    /// The name of the first rule that `words` break; `none` without one. A rule is broken when its examples of a violation,
    /// or its text where it has none, share at least half of their words with `words`. An example that keeps to the rule and
    /// shares as much or more speaks against it.
    static func violated(of rules: [Brief.Rule], by words: String) -> String {
        let said = Set(Words.read(words).filter(\.isContent).map(\.stem))
        func share(_ texts: [String]) -> Double {
            texts.map { text in
                let wanted = Set(Words.read(text).filter(\.isContent).map(\.stem))
                return wanted.isEmpty ? 0 : Double(wanted.intersection(said).count) / Double(wanted.count)
            }.max() ?? 0
        }
        let violated = rules.first { rule in
            let likeness = share(rule.failing.isEmpty ? [rule.text] : rule.failing)
            return likeness >= 0.5 && likeness > share(rule.passing)
        }
        return violated?.name ?? AnswerForm.nobody
    }

    /// The name of the candidate whose name and description share most with the caller's words; the first on ties.
    static func best(of candidates: [Brief.Answer], for callerWords: String) -> String {
        var best: (name: String, score: Int)?
        for (candidate, score) in zip(candidates, scores(of: candidates, for: callerWords))
        where score > best?.score ?? -1 {
            best = (candidate.agent, score)
        }
        return best?.name ?? ""
    }

    /// The name of the one candidate that shares words with `text`; nil when several do, or none.
    static func only(of candidates: [Brief.Answer], for text: String) -> String? {
        let sharing = zip(candidates, scores(of: candidates, for: text)).filter { $0.1 > 0 }
        return sharing.count == 1 ? sharing[0].0.agent : nil
    }

    private static func scores(of candidates: [Brief.Answer], for words: String) -> [Int] {
        let asked = Set(Words.read(words).filter(\.isContent).map(\.stem))
        return candidates.map { candidate in
            let name = Set(Words.read(candidate.agent).filter(\.isContent).map(\.stem))
            let description = Set(Words.read(candidate.text).filter(\.isContent).map(\.stem))
            // A word of the name says more than one of the description.
            return 2 * asked.intersection(name).count + asked.intersection(description.subtracting(name)).count
        }
    }
}
