/// Holds back the word that is still being written. So the text that was passed on always ends between two words, where
/// another model can take over.
struct WordHold: Equatable, Sendable {
    /// A longer run without a break is given out unfinished, in characters.
    static let limit = 64
    private(set) var held = ""

    /// Takes the next text; returns what may be given out.
    mutating func take(_ text: String) -> String {
        held += text
        guard let last = held.lastIndex(where: { !$0.isWithinWord }) else {
            return held.count > Self.limit ? finish() : ""
        }
        let end = held.index(after: last)
        defer { held.removeSubrange(..<end) }
        return String(held[..<end])
    }

    /// Gives out the rest.
    mutating func finish() -> String {
        defer { held = "" }
        return held
    }
}

/// Joins the text of two models: the second continues what the first began. If the second repeats the last words, or
/// begins again, the repetition is removed.
struct TextSeam: Equatable, Sendable {
    /// This many equal words show that a model has begun again, even if it then says something else.
    private static let wordsOfNewBeginning = 4

    private let before: String
    private let words: [String]
    /// The text of the second model; nil after the seam.
    private var buffer: String?

    /// The seam behind `before`.
    init(after before: String) {
        self.before = before
        words = spokenWords(of: before).map(\.plain)
        buffer = before.isEmpty ? nil : ""
    }

    /// Takes the next text of the second model; returns what is new in it as soon as that is certain.
    mutating func take(_ text: String) -> String {
        guard let earlier = buffer else { return text }
        buffer = earlier + text
        return settle(isWhole: false)
    }

    /// The second model has ended.
    mutating func finish() -> String { settle(isWhole: true) }

    private mutating func settle(isWhole: Bool) -> String {
        guard let text = buffer, let repeated = repetition(in: text, isWhole: isWhole) else { return "" }
        // The marks after a repetition may be repeated, too. The next word decides.
        let isMarksOnly = !text[repeated...].contains(where: \.isSpoken)
        if isMarksOnly && repeated > text.startIndex && !isWhole { return "" }
        buffer = nil
        return joined(text[repeated...], isShortened: repeated > text.startIndex)
    }

    /// Where the repetition at the start of `text` ends; nil while more text may decide otherwise.
    private func repetition(in text: String, isWhole: Bool) -> String.Index? {
        var said = spokenWords(of: text)
        // The last word may still grow.
        if !isWhole, let last = said.last, last.range.upperBound == text.endIndex { said.removeLast() }
        if said.isEmpty && !isWhole { return nil }
        for start in words.indices {
            let count = words.count - start
            let isEqual = zip(words[start...], said).allSatisfy { $0 == $1.plain }
            guard isEqual else { continue }
            if said.count < count {
                if isWhole { continue }
                return nil
            }
            if isTelling(words[start...]) { return said[count - 1].range.upperBound }
        }
        let equal = zip(words, said).prefix { $0 == $1.plain }.count
        guard equal >= Self.wordsOfNewBeginning else { return text.startIndex }
        return equal < said.count ? said[equal].range.lowerBound : said[equal - 1].range.upperBound
    }

    /// A single number is more likely to go on than to be repeated, 5 5 and 5, and so is a single character of a script
    /// without spaces: it is no word.
    private func isTelling(_ words: ArraySlice<String>) -> Bool {
        if words.count == 1, words.first?.first?.isUnspaced == true { return false }
        return words.count >= 3 || words.contains { $0.contains(where: \.isLetter) }
    }

    private func joined(_ rest: Substring, isShortened: Bool) -> String {
        guard let last = before.last else { return String(rest) }
        var rest = rest
        if isShortened {
            let ending = before.reversed().prefix { !$0.isSpoken }
            if ending.contains(where: { !$0.isWhitespace }) {
                rest = rest.drop { !$0.isSpoken }
            } else if !ending.isEmpty {
                rest = rest.drop(while: \.isWhitespace)
            }
        }
        guard let first = rest.first else { return "" }
        let needsSpace = first.isWithinWord && !last.isWhitespace && !last.isUnspaced && !"([{\"“‘«¿¡".contains(last)
        return (needsSpace ? " " : "") + rest
    }
}

/// One word of a text, without case and marks.
private struct PlainWord {
    var plain: String
    var range: Range<String.Index>
}

private func spokenWords(of text: String) -> [PlainWord] {
    var words: [PlainWord] = []
    var index = text.startIndex
    while index < text.endIndex {
        let start = index
        if text[index].isUnspaced {
            index = text.index(after: index)
        } else {
            index = text[index...].firstIndex { !$0.isWithinWord } ?? text.endIndex
        }
        if index == start {
            index = text.index(after: index)
            continue
        }
        let plain = text[start..<index].lowercased().filter { $0.isLetter || $0.isNumber }
        if !plain.isEmpty { words.append(PlainWord(plain: plain, range: start..<index)) }
    }
    return words
}

extension Character {
    /// Whether a word goes on with this, in scripts that put spaces between words.
    var isWithinWord: Bool {
        (isLetter || isNumber || self == "'" || self == "’" || self == "-") && !isUnspaced
    }

    /// Whether this belongs to a script that puts no spaces between words, its punctuation included.
    var isUnspaced: Bool {
        guard let scalar = unicodeScalars.first?.value, scalar >= 0x2E80 else { return false }
        return (0x2E80...0x31FF).contains(scalar) || (0x3400...0x9FFF).contains(scalar)
            || (0xF900...0xFAFF).contains(scalar) || (0xFF00...0xFFEF).contains(scalar)
            || (0x20000...0x3FFFF).contains(scalar)
    }
}
