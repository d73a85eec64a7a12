import Foundation

/// Says how written words are spoken: from rules for small words, from the dictionaries, from stems, letter by letter, and
/// at last from a network that guesses.
struct Pronouncer: Sendable {
    /// One word, or one mark between words.
    enum Sound: Equatable, Sendable {
        /// How a word is said, in the network's alphabet; never empty.
        case word(String, range: Range<Int>)
        case mark(Character)
    }

    let dictionaries: Dictionaries
    /// Guesses how an unknown word is said; nil when it cannot.
    let guess: @Sendable (String) -> String?

    /// - Parameters:
    ///   - lexicons: the first that has a word decides.
    ///   - guess: for words that nothing else knows.
    init(lexicons: [Lexicon], guess: @escaping @Sendable (String) -> String?) {
        dictionaries = Dictionaries(lexicons: lexicons)
        self.guess = guess
    }

    /// The sounds of `text`, in order.
    /// - Parameter offset: characters before `text` in what ranges refer to.
    func sounds(of text: Substring, offset: Int = 0) -> [Sound] {
        let written = Written.split(text, offset: offset)
        // In a text of capitals, capitals say nothing.
        let isShouted = written.count > 1 && text.allSatisfy { !$0.isLowercase }
        var sounds: [Sound] = []
        var following: Neighbour?
        for index in written.indices.reversed() {
            switch written[index] {
            case .mark(let mark):
                sounds.append(.mark(mark))
                following = nil
            case .word(var parts, let range):
                if isShouted { parts = parts.map { $0.lowercased() } }
                let place = Place(before: Self.word(before: index, in: written), after: following)
                let phonemes = Phonemes.taught(pronounced(parts, place))
                guard let onset = Phonemes.onset(of: phonemes) else { continue }
                sounds.append(.word(phonemes, range: range))
                following = Neighbour(word: parts[0].lowercased(), onset: onset)
            }
        }
        return sounds.reversed()
    }

    private static func word(before index: Int, in written: [Written]) -> String? {
        guard index > 0, case .word(let parts, _) = written[index - 1] else { return nil }
        return parts.last?.lowercased()
    }

    /// A word of one part or several.
    private func pronounced(_ parts: [String], _ place: Place) -> String {
        if parts.count == 1 { return single(parts[0], place) }
        for separator in ["-", ""] {
            if let whole = dictionaries.pronounced(parts.joined(separator: separator), place) { return whole }
        }
        var spoken = parts.enumerated().map { index, part in
            let isLast = index == parts.count - 1
            let before = index == 0 ? place.before : parts[index - 1].lowercased()
            return single(part, Place(before: before, after: isLast ? place.after : .inWord))
        }
        // The last part of a compound is the strongest, but for numbers such as twenty-five.
        let strongest = parts[0].lowercased().hasSuffix("ty") && parts.count == 2 ? 0 : parts.count - 1
        for index in spoken.indices where index != strongest { spoken[index] = Phonemes.weakened(spoken[index]) }
        return spoken.joined(separator: parts.contains { $0.first?.isNumber == true } ? " " : "")
    }

    private func single(_ word: String, _ place: Place) -> String {
        if word.first?.isNumber == true { return digits(word) }
        if let small = SmallWords.pronounced(word, place) { return small }
        if Letters.areMeant(by: word, dictionaries) { return Letters.spoken(word, dictionaries) }
        if let known = dictionaries.pronounced(word, place) { return Self.stressed(known, as: word) }
        if let derived = Stems.pronounced(word, stem: { stem($0, place) }) { return Self.stressed(derived, as: word) }
        let plain = word.folding(options: .diacriticInsensitive, locale: nil)
        if plain != word { return single(plain, place) }
        let humps = Self.humps(of: word)
        if humps.count > 1 { return pronounced(humps, place) }
        return guessed(word)
    }

    /// A word that nothing knows. The ending of a possessive is not guessed.
    private func guessed(_ word: String) -> String {
        if word.hasSuffix("'s"), let whole = Stems.pronounced(word, stem: { guessed($0) }) { return whole }
        let letters = word.filter { $0 != "'" }
        if let guessed = guess(letters.allSatisfy { !$0.isLowercase } ? letters.lowercased() : letters) {
            return guessed
        }
        return Letters.spoken(letters, dictionaries)
    }

    /// A stem must be known; letters may have endings, too.
    private func stem(_ word: String, _ place: Place) -> String? {
        if Letters.areMeant(by: word, dictionaries) { return Letters.spoken(word, dictionaries) }
        return dictionaries.pronounced(word, Place(before: place.before, after: .inWord))
    }

    /// A capital gives a weak word some stress, capitals give it more.
    private static func stressed(_ phonemes: String, as word: String) -> String {
        guard word.first?.isUppercase == true else { return phonemes }
        let isLoud = word.count > 1 && word.allSatisfy { !$0.isLowercase }
        return Phonemes.stressed(phonemes, isLoud ? Phonemes.primary : Phonemes.secondary)
    }

    /// Digits that are still here are read one by one.
    private func digits(_ digits: String) -> String {
        let names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        let place = Place(before: nil, after: .inWord)
        return digits.compactMap { digit in
            digit.wholeNumberValue.flatMap { names.indices.contains($0) ? names[$0] : nil }
        }.compactMap { dictionaries.pronounced($0, place) }.joined(separator: " ")
    }

    /// `Open` and `AI` of `OpenAI`.
    private static func humps(of word: String) -> [String] {
        var humps: [String] = []
        var hump = ""
        for character in word {
            if character.isUppercase, hump.last?.isLowercase == true, hump != "Mc", hump != "Mac" {
                humps.append(hump)
                hump = ""
            }
            hump.append(character)
        }
        return humps + [hump]
    }
}

/// What is around a word.
struct Place: Equatable {
    /// The word before it, in small letters, unless a mark is between them.
    var before: String?
    /// The word behind it, unless a mark is between them.
    var after: Neighbour?
}

/// The word that follows.
struct Neighbour: Equatable {
    /// In small letters.
    var word: String
    var onset: Phonemes.Onset

    /// What goes on within a word.
    static let inWord = Neighbour(word: "", onset: .consonant)
}
