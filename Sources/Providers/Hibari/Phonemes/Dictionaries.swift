/// Several lexicons, and the choice among the variants of a word.
struct Dictionaries: Sendable {
    let lexicons: [Lexicon]

    /// The entry of exactly `word` in the first lexicon that has it.
    func entry(_ word: String) -> Lexicon.Entry? {
        for lexicon in lexicons {
            if let entry = lexicon[word] { return entry }
        }
        return nil
    }

    /// How `word` is said where it stands; nil when no lexicon has it. A word with a capital is looked for in small letters,
    /// too, and a word in small letters with a capital.
    func pronounced(_ word: String, _ place: Place) -> String? {
        let small = word.lowercased()
        let spellings = small == word ? [word, word.prefix(1).uppercased() + word.dropFirst()] : [word, small]
        for lexicon in lexicons {
            for spelling in spellings {
                guard let entry = lexicon[spelling] else { continue }
                if let form = Self.form(of: entry, place) { return form }
            }
        }
        return nil
    }

    private static let participleMakers: Set = [
        "have", "has", "had", "i've", "you've", "we've", "they've", "be", "been", "is", "was", "were", "are", "being",
        "it's",
    ]
    private static let verbMakers: Set = [
        "to", "will", "would", "can", "could", "should", "must", "may", "might", "shall", "i", "you", "we", "they",
        "who",
        "don't", "didn't", "doesn't", "can't", "won't", "not", "let's", "please", "i'll", "you'll", "we'll", "they'll",
    ]
    private static let nounMakers: Set = [
        "the", "a", "an", "this", "my", "your", "his", "her", "our", "their", "its", "of", "no", "some", "any",
    ]

    /// The variant that fits the place. The word before tells most of the grammar that matters.
    private static func form(of entry: Lexicon.Entry, _ place: Place) -> String? {
        if place.after == nil, let last = entry["None"] { return last }
        if let before = place.before {
            if participleMakers.contains(before), let form = entry["VBN"] ?? entry["ADJ"] { return form }
            if verbMakers.contains(before), let form = entry["VERB"] { return form }
            if nounMakers.contains(before), let form = entry["NOUN"] { return form }
        }
        return entry.usual
    }
}
