/// Where the first piece of a text may end when there is no time to wait for the end of its sentence.
///
/// A clause of 20 characters lasts more than a second, which is what the next piece needs to be written and to be
/// synthesised; four words keep it from being a mere "Unfortunately,". In scripts without spaces eight characters last as
/// long. Numbers, quotations, parentheses, code and abbreviations are not torn.
enum ClauseRules {
    static let minimumCharacters = 20
    static let minimumWords = 4
    static let minimumWideCharacters = 8
    static let minimumUnmarkedCharacters = 12

    /// Whether `text` ends with a clause when `next`, no white space, follows it.
    static func ends(_ text: ArraySlice<Unicode.Scalar>, before next: Unicode.Scalar) -> Bool {
        let spaces = text.reversed().prefix { $0.isSpace }.count
        let clause = text.dropLast(spaces)
        guard let mark = clause.last else { return false }
        // Where spaces stand between clauses and not between words.
        if spaces > 0, mark.value >= 0x0E00, clause.count(where: \.isOfUnmarkedScript) >= minimumUnmarkedCharacters {
            return isBalanced(clause)
        }
        guard separates(mark, isSpaced: spaces > 0) else { return false }
        var words = clause.dropLast()
        let isApart = words.last?.isSpace == true
        while words.last?.isSpace == true { words.removeLast() }
        guard let last = words.last, last != ".", !last.isTerminator else { return false }
        // A hyphen or a dash at a word is a part of it.
        if mark == "-" || mark == "–", !isApart { return false }
        if last.isDigit, next.isDigit { return false }
        return isLongEnough(words) && isBalanced(words)
    }

    private static func separates(_ mark: Unicode.Scalar, isSpaced: Bool) -> Bool {
        mark.isWideClauseMark || mark == "—" || (isSpaced && ",;:–-،؛፣፤".unicodeScalars.contains(mark))
    }

    private static func isLongEnough(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var (characters, wide, words, isInWord) = (0, 0, 0, false)
        for scalar in text {
            if scalar.isSpace {
                isInWord = false
                characters += characters > 0 ? 1 : 0
                continue
            }
            characters += 1
            if scalar.isWide { wide += 1 }
            if !isInWord, scalar.isDigit || scalar.properties.isAlphabetic {
                isInWord = true
                words += 1
            }
        }
        return wide >= minimumWideCharacters || (characters >= minimumCharacters && words >= minimumWords)
    }

    /// Whether everything that `text` opens it also closes. Marks that open in one language close in another, so of
    /// quotation marks there must be an even number.
    private static func isBalanced(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var (quotes, brackets, code, stars) = (0, 0, 0, 0)
        var before: Unicode.Scalar?
        for scalar in text {
            switch scalar {
            case "\"", "“", "”", "„", "«", "»", "‹", "›": quotes += 1
            case "(", "[", "{", "「", "『", "（", "【", "〈", "《": brackets += 1
            case ")", "]", "}", "」", "』", "）", "】", "〉", "》": brackets -= 1
            case "`": code += 1
            case "*" where before != "*": stars += 1
            default: break
            }
            before = scalar
        }
        return quotes.isMultiple(of: 2) && brackets == 0 && code.isMultiple(of: 2) && stars.isMultiple(of: 2)
    }
}
