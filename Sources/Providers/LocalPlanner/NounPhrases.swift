/// Finds what a text is about: runs of words that carry meaning, with the article or possessive before them.
enum NounPhrases {
    /// The phrases of `words`, in order, none twice.
    /// - Parameters:
    ///   - words: somebody's text; a caller's must already be turned towards the caller (`my` → `your`).
    ///   - ignored: further words that carry no meaning here.
    ///   - firstIsVerb: the first word is what is to be done, not what it is done to.
    static func find(in words: [Word], ignoring ignored: Set<String> = [], firstIsVerb: Bool = false) -> [String] {
        var phrases: [String] = []
        var run: [Word] = []
        var before: Word?
        func close() {
            defer { run = [] }
            guard let phrase = phrase(run, before: before) else { return }
            if !phrases.contains(where: { $0.lowercased() == phrase.lowercased() }) { phrases.append(phrase) }
        }
        var previous: Word?
        for (index, word) in words.enumerated() {
            let isVerb = index == 0 && firstIsVerb
            if word.isContent && !ignored.contains(word.lower) && !isVerb {
                if run.isEmpty { before = previous }
                run.append(word)
            } else {
                close()
            }
            if word.end != .nothing { close() }
            previous = word.end == .nothing ? word : nil
        }
        close()
        return phrases
    }

    private static func phrase(_ run: [Word], before: Word?) -> String? {
        var run = run
        // "to book flights": the verb is not part of what it is about.
        let follows = before?.lower ?? "to"
        let asksForVerb = ["to", "and", "i", "you", "we", "who", "that", "can", "will", "should"].contains(follows)
        if asksForVerb, let first = run.first, Vocabulary.baseVerb(first.lower) != nil { run.removeFirst() }
        // The last words are the head of an English phrase.
        run = run.suffix(3)
        guard let last = run.last, run.contains(where: { $0.text.contains(where: \.isLetter) }) else { return nil }
        if run.count == 1 && last.lower.hasSuffix("ed") { return nil }
        let text = run.map(\.text).joined(separator: " ")
        return determiner(before).map { "\($0) \(text)" } ?? text
    }

    private static func determiner(_ word: Word?) -> String? {
        switch word?.lower {
        case "a", "an", "the", "this", "that", "these", "those": "the"
        case "your", "his", "her", "their", "its": word?.lower
        default: nil
        }
    }
}
