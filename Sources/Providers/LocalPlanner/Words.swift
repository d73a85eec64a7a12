/// One word of somebody's text, without the marks around it.
struct Word: Equatable {
    /// As it was written.
    var text: String
    /// In lower case, with a plain apostrophe.
    var lower: String
    /// What stood right after it.
    var end: End

    /// What stands after a word.
    enum End { case nothing, comma, sentence }

    var isStopWord: Bool { Vocabulary.stopWords.contains(lower) }
    var isContent: Bool { !isStopWord && lower.contains { $0.isLetter || $0.isNumber } }
    var stem: String { Vocabulary.stem(lower) }
}

/// Reading text that anybody may have written: nothing but words comes out, and only so many.
enum Words {
    /// Text beyond this is not read, in characters.
    static let readingLimit = 4000
    /// Longer words are no words (or are somebody's attack), in characters and in bytes.
    static let longestWord = 28

    /// The words of `text`, without marks, without the same word twice in a row.
    static func read(_ text: String) -> [Word] {
        var words: [Word] = []
        let characters = Array(text.prefix(readingLimit))
        var index = 0
        while index < characters.count {
            guard isWordPart(characters[index]) else {
                mark(characters[index], after: &words)
                index += 1
                continue
            }
            var word = ""
            while index < characters.count {
                let character = characters[index]
                let following = index + 1 < characters.count ? characters[index + 1] : " "
                let joins = "'’-&".contains(character) && !word.isEmpty && isWordPart(following)
                let isDecimal = ".,".contains(character) && word.last?.isNumber == true && following.isNumber
                guard isWordPart(character) || joins || isDecimal else { break }
                word.append(character == "’" ? "'" : character)
                index += 1
            }
            append(word, to: &words)
        }
        return words
    }

    private static func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    private static func append(_ text: String, to words: inout [Word]) {
        let lower = text.lowercased()
        let isTooLong = text.count > longestWord || text.utf8.count > 4 * longestWord
        let isAddress = lower == "http" || lower == "https" || lower == "www"
        let isRepeated = words.last.map { $0.lower == lower } ?? false
        if isTooLong || isAddress || isRepeated { return }
        words.append(Word(text: text, lower: lower, end: .nothing))
    }

    private static func mark(_ character: Character, after words: inout [Word]) {
        guard let last = words.indices.last else { return }
        if ".!?;。？！".contains(character) || character.isNewline {
            words[last].end = .sentence
        } else if ",:()–—".contains(character) && words[last].end == .nothing {
            words[last].end = .comma
        }
    }

    /// The sentences of `words`.
    static func sentences(_ words: [Word]) -> [[Word]] {
        words.split(whereSeparatorFollows: { $0.end == .sentence })
    }

    /// The words as text again: at most `limit` of them, with their commas, with no word left hanging at the end.
    static func phrase(_ words: some Collection<Word>, limit: Int) -> String {
        var kept = Array(words.prefix(limit))
        // What was cut in the middle must not end in "against the".
        while let last = kept.last, Vocabulary.hanging.contains(last.lower) { kept.removeLast() }
        var text = ""
        for (index, word) in kept.enumerated() {
            text += (index == 0 ? "" : " ") + word.text
            if word.end == .comma && index < kept.count - 1 { text += "," }
        }
        return text
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ items: [String]) -> String {
        guard let last = items.last else { return "" }
        return items.count == 1 ? last : items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// A name that is safe to say: its words, at most 40 characters of them.
    static func name(_ text: String, else fallback: String) -> String {
        var name = ""
        for word in read(text) where name.count + word.text.count < 40 {
            name += (name.isEmpty ? "" : " ") + word.text
        }
        return name.isEmpty ? fallback : name
    }
}

extension Array {
    /// The stretches that end after each element for which `isLast` holds.
    func split(whereSeparatorFollows isLast: (Element) -> Bool) -> [[Element]] {
        var stretches: [[Element]] = [[]]
        for element in self {
            stretches[stretches.count - 1].append(element)
            if isLast(element) { stretches.append([]) }
        }
        return stretches.filter { !$0.isEmpty }
    }
}

extension String {
    /// The same with its first letter in upper case.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// The same with its first letter in lower case, unless the first word is all capitals or `I`.
    var loweredFirst: String {
        let first = prefix { $0 != " " }
        let isAcronym = first.count > 1 && first.allSatisfy { !$0.isLowercase }
        return isAcronym || first == "I" || first.hasPrefix("I'") ? self : prefix(1).lowercased() + dropFirst()
    }

    /// How many words it has.
    var wordCount: Int { split(separator: " ").count }
}
