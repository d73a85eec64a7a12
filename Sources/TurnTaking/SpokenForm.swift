/// When one word of a piece of speech is over, as the voice that speaks it tells.
public struct SpokenWord: Equatable, Codable, Sendable {
    /// Where it ends in the spoken text: an offset in characters.
    public var textEnd: Int
    /// When it ends, from the first sample of the piece.
    public var end: Duration

    /// A word that ends there and then.
    public init(textEnd: Int, end: Duration) {
        self.textEnd = textEnd
        self.end = end
    }
}

/// Lays the spoken form of a text ("three hundred dollars") on the written one ("$300"), word by word.
///
/// Words that are alike on both sides are anchors. Between two anchors the words go in pairs where both sides have as many;
/// otherwise what is written there counts only when all that is spoken there was heard: claiming a word that was not heard
/// is the worse error.
struct SpokenForm {
    /// A word, or one character of a script that writes no spaces.
    struct Token: Equatable {
        /// Its letters and digits, small; empty for marks.
        var key: String
        /// Where it ends in the text, with the marks behind it.
        var end: Int
        /// Where its last letter or digit ends: what is behind it makes no sound.
        var soundEnd: Int
    }

    /// The words of `text`.
    static func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        var isInWord = false
        for (offset, character) in text.enumerated() {
            if character.isWhitespace {
                isInWord = false
                continue
            }
            let sounds = character.isLetter || character.isNumber
            let standsAlone = character.isWordByItself
            if !isInWord || (sounds && (standsAlone || tokens.last?.standsAlone == true)) {
                tokens.append(Token(key: "", end: offset + 1, soundEnd: offset))
            }
            isInWord = true
            tokens[tokens.count - 1].end = offset + 1
            guard sounds else { continue }
            tokens[tokens.count - 1].key += character.lowercased()
            tokens[tokens.count - 1].soundEnd = offset + 1
        }
        return tokens
    }

    /// What of `shown` was heard when the first `characters` of `spoken` were.
    static func heard(of shown: String, spoken: String, characters: Int) -> String {
        if characters <= 0 { return "" }
        let (spokenTokens, shownTokens) = (tokens(of: spoken), tokens(of: shown))
        let heard = spokenTokens.prefix { $0.soundEnd <= characters }.count
        let words = needed(shownTokens.map(\.key), spokenTokens.map(\.key)).prefix { $0 <= heard }.count
        return words == 0 ? "" : String(shown.prefix(shownTokens[words - 1].end))
    }

    /// How many of the spoken words have to be heard for each of the shown ones. Never decreases.
    static func needed(_ shown: [String], _ spoken: [String]) -> [Int] {
        var needed: [Int] = []
        var heard = 0
        for anchor in anchors(shown, spoken) + [(shown.count, spoken.count)] {
            let pairs = anchor.0 - needed.count == anchor.1 - heard
            while needed.count < anchor.0 {
                heard += pairs ? 1 : 0
                needed.append(pairs ? heard : anchor.1)
            }
            heard = anchor.1 + 1
            if anchor.0 < shown.count { needed.append(heard) }
        }
        return needed
    }

    /// The longest sequence of words that both sides have, as (shown, spoken); of several the one that is spoken latest.
    private static func anchors(_ shown: [String], _ spoken: [String]) -> [(Int, Int)] {
        let same = zip(shown, spoken).prefix { $0 == $1 }.count
        let (rows, columns) = (shown.count - same, spoken.count - same)
        var result = (0..<same).map { ($0, $0) }
        // Sentences are cut at a few hundred characters; more than that is not worth the table.
        guard rows > 0, columns > 0, rows * columns <= 250_000 else { return result }
        let width = columns + 1
        var longest = Array(repeating: 0, count: (rows + 1) * width)
        for row in stride(from: rows - 1, through: 0, by: -1) {
            for column in stride(from: columns - 1, through: 0, by: -1) {
                let isPair = shown[same + row] == spoken[same + column] && !shown[same + row].isEmpty
                longest[row * width + column] = max(
                    longest[(row + 1) * width + column], longest[row * width + column + 1],
                    isPair ? longest[(row + 1) * width + column + 1] + 1 : 0)
            }
        }
        var (row, column) = (0, 0)
        while row < rows, column < columns {
            let length = longest[row * width + column]
            if length == 0 { break }
            if longest[row * width + column + 1] == length {
                column += 1
            } else if longest[(row + 1) * width + column] == length {
                row += 1
            } else {
                result.append((same + row, same + column))
                (row, column) = (row + 1, column + 1)
            }
        }
        return result
    }
}

extension SpokenForm.Token {
    fileprivate var standsAlone: Bool { key.first?.isWordByItself == true }

    /// About how long it takes to say, in characters of a script with spaces.
    var weight: Int { standsAlone ? 3 : max(key.count, 1) + 1 }
}

extension Character {
    /// Whether it is of a script that writes no spaces: Han, Hiragana, Katakana.
    fileprivate var isWordByItself: Bool {
        guard let scalar = unicodeScalars.first else { return false }
        return scalar.properties.isIdeographic || (0x3041...0x30FF).contains(scalar.value)
    }
}
