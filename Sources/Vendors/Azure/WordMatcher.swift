/// Finds the words that Azure reports, one after the other, in the text that it was asked to speak.
struct WordMatcher {
    /// How far ahead of the last word a word may stand, in characters. What Azure reads differently from how it is
    /// written is passed over; a word that happens to stand at the end of a long text must not be taken for this one.
    private static let reach = 64

    /// The text as Azure sees it, in small letters, and where each character stands in the request's text.
    private let characters: [Character]
    private let offsets: [Int]
    private var next = 0

    /// A matcher for the text of one request.
    init(_ text: String) {
        var characters: [Character] = []
        var offsets: [Int] = []
        for (offset, character) in text.enumerated() {
            let sayable = String(String.UnicodeScalarView(character.unicodeScalars.compactMap(SSML.sayable)))
            // More than one only for the rare letter whose small form has two.
            for small in sayable.lowercased() {
                characters.append(small)
                offsets.append(offset)
            }
        }
        self.characters = characters
        self.offsets = offsets
    }

    /// Where `word` stands, in characters of the request's text, behind the words found before; nil when it is not there.
    mutating func find(_ word: String) -> Range<Int>? {
        // The service has been seen to report words as they stand in the markup.
        for form in [word, Self.unescaped(word)] {
            let wanted = Array(form.lowercased())
            guard !wanted.isEmpty, wanted.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            let last = min(next + Self.reach, characters.count - wanted.count)
            guard next <= last else { continue }
            if let start = (next...last).first(where: { matches(wanted, at: $0) }) {
                next = start + wanted.count
                return offsets[start]..<offsets[next - 1] + 1
            }
        }
        return nil
    }

    private func matches(_ wanted: [Character], at start: Int) -> Bool {
        // Not in the middle of another word, unless the last word ended there: not all languages part words.
        if start > next, isWord(characters[start - 1]), isWord(characters[start]), characters[start].isASCII {
            return false
        }
        return characters[start..<start + wanted.count].elementsEqual(wanted)
    }

    private func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    private static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&apos;", with: "'").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}
