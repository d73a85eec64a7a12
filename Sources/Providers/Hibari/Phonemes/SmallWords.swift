/// Words that are said one way before vowels, another before consonants, another before a pause.
enum SmallWords {
    /// How `word` is said, if it is one of them.
    static func pronounced(_ word: String, _ place: Place) -> String? {
        let isLast = place.after == nil
        let isBeforeVowel = place.after?.onset == .vowel
        switch word.lowercased() {
        case "the": return isBeforeVowel ? "ði" : "ðə"
        case "a":
            // Behind a word, a capital is the name of a letter.
            return place.before != nil && (word == "A" || isLast) ? "ˈA" : "ɐ"
        case "an": return "ɐn"
        case "am": return word == "AM" ? nil : isLast ? "æm" : "ɐm"
        case "i": return isLast ? "ˈI" : "ˌI"
        case "to": return isLast ? "tu" : isBeforeVowel ? "tʊ" : "tə"
        case "in": return word == "IN" ? nil : isLast ? "ˈɪn" : "ɪn"
        case "used": return place.after?.word == "to" ? "jˈust" : nil
        case "vs": return "vˈɜɹsəs"
        case "that":
            // It points at something where it begins or ends a clause; elsewhere it joins clauses.
            return isLast || place.before == nil || place.after.map { pointed.contains($0.word) } == true ? "ðˈæt" : nil
        case "that's": return place.before == nil ? "ðˈæts" : nil
        default: return nil
        }
    }

    /// Words before which "that" points at something.
    private static let pointed: Set = ["is", "was", "would", "will", "one", "way", "time", "day"]
}

/// Words that are spelled: `FBI`, `U.S.`
enum Letters {
    /// Longer capitals are loud words.
    private static let longest = 5
    /// Written in capitals, these are loud words and no abbreviations.
    private static let loud: Set = [
        "IS", "AS", "BE", "HE", "IN", "HI", "HM", "HMM", "DO", "GO", "NO", "OR", "SO", "WE",
    ]

    /// Whether `word` is spelled letter by letter.
    static func areMeant(by word: String, _ dictionaries: Dictionaries) -> Bool {
        guard word.count > 1, word.allSatisfy(\.isUppercase), !loud.contains(word) else { return false }
        if let known = dictionaries.entry(word) { return known.isSpelled }
        if let known = dictionaries.entry(word.lowercased()) { return known.isSpelled }
        return word.count <= longest || !word.contains { "AEIOUY".contains($0) }
    }

    /// The names of the letters; the last one is the strongest.
    static func spoken(_ word: String, _ dictionaries: Dictionaries) -> String {
        let names = word.compactMap { letter -> String? in
            let plain = letter.uppercased()
            return dictionaries.entry(plain)?.usual ?? dictionaries.entry(plain.lowercased())?.usual
        }
        return (names.dropLast().map(Phonemes.weakened) + names.suffix(1)).joined()
    }
}
