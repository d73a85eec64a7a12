/// A text, cut into words and marks.
enum Written: Equatable {
    /// A word: its parts (between hyphens, or letters and digits), and where it stands, in characters.
    case word(parts: [String], range: Range<Int>)
    /// A mark that makes a pause or a tone; one of the network's alphabet.
    case mark(Character)

    /// Cuts `text`, which begins `offset` characters after the beginning of what ranges refer to.
    static func split(_ text: Substring, offset: Int = 0) -> [Written] {
        var splitter = Splitter(characters: Array(text), offset: offset)
        return splitter.split()
    }
}

private struct Splitter {
    let characters: [Character]
    let offset: Int
    var index = 0
    var written: [Written] = []

    /// Longer words are cut, in characters.
    private static let longest = 40
    private static let titles: Set<String> = ["Mr", "Mrs", "Ms", "Dr"]
    private static let symbols: [Character: String] = [
        "&": "and", "%": "percent", "@": "at", "+": "plus", "=": "equals", "#": "number", "€": "euros", "$": "dollars",
        "£": "pounds", "°": "degrees", "×": "times",
    ]
    private static let marks: [Character: Character] = [
        ".": ".", ",": ",", ";": ";", ":": ":", "!": "!", "?": "?", "…": "…", "—": "—", "–": "—", "(": "(", ")": ")",
        "[": "(", "]": ")",
    ]

    mutating func split() -> [Written] {
        while let character = at(index) {
            if character.isLetter || character.isNumber || isClipped(index) {
                word()
            } else {
                other(character)
                index += 1
            }
        }
        return written
    }

    private func at(_ index: Int) -> Character? { characters.indices.contains(index) ? characters[index] : nil }

    /// An apostrophe that begins a word such as 'em.
    private func isClipped(_ index: Int) -> Bool {
        guard let first = at(index), "'’".contains(first), at(index + 1)?.isLetter == true else { return false }
        return at(index - 1).map { $0.isWhitespace || "(—".contains($0) } ?? true
    }

    private mutating func other(_ character: Character) {
        if let symbol = Self.symbols[character] {
            written.append(.word(parts: [symbol], range: offset + index..<offset + index + 1))
        } else if let mark = Self.marks[character] {
            if at(index - 1)?.isNumber == true, at(index + 1)?.isNumber == true { return }
            // Of marks in a row, such as "?!" and "...", the first decides.
            if case .mark(let last) = written.last, last != ")", mark != "(" { return }
            written.append(.mark(mark))
        } else if character == "-", at(index - 1)?.isWhitespace == true, at(index + 1)?.isWhitespace == true {
            written.append(.mark("—"))
        } else if character.isNewline, case .word = written.last {
            written.append(.mark("."))
        }
    }

    private mutating func word() {
        let start = index
        if let end = endOfLetters(from: start) {
            let letters = characters[start..<end].filter(\.isLetter)
            written.append(
                .word(parts: [letters.map { $0.uppercased() }.joined()], range: offset + start..<offset + end))
            // The last dot is the letters' own, unless it ends the text.
            index = at(end) == "." && end + 1 < characters.count ? end + 1 : end
            return
        }
        var parts: [String] = []
        var part = ""
        while index < start + Self.longest, let character = at(index) {
            if character.isLetter || character.isNumber {
                if let last = part.last, last != "'", last.isNumber != character.isNumber {
                    parts.append(part)
                    part = ""
                }
                part.append(character)
            } else if "'’".contains(character), isInside(index) || part.isEmpty || part.last == "s" {
                part.append("'")
            } else if "-‐‑".contains(character), isInside(index) {
                parts.append(part)
                part = ""
            } else {
                break
            }
            index += 1
        }
        parts.append(part)
        if at(index) == ".", parts.count == 1, Self.titles.contains(part), index + 1 < characters.count {
            parts = [part + "."]
            index += 1
        }
        written.append(.word(parts: parts, range: offset + start..<offset + index))
    }

    private func isInside(_ index: Int) -> Bool {
        guard let before = at(index - 1), let after = at(index + 1) else { return false }
        return (before.isLetter || before.isNumber) && (after.isLetter || after.isNumber)
    }

    /// Behind the last letter of `U.S.A` or `e.g`; nil where no such thing begins.
    private func endOfLetters(from start: Int) -> Int? {
        var end = start + 1
        while end < start + Self.longest, at(end - 1)?.isLetter == true, at(end) == ".", at(end + 1)?.isLetter == true,
            at(end + 2)?.isLetter != true
        {
            end += 2
        }
        return end > start + 1 ? end : nil
    }
}
