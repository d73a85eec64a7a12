/// Which words of a text that is still being spoken can be shown: those on which two decodings in a row agree. At the end,
/// where a word is cut, a decoding is often wrong.
struct Agreement: Equatable, Sendable {
    private var previous: [Substring] = []
    private(set) var text = ""

    /// Takes the next decoding; returns the words to show. They never become fewer.
    mutating func add(_ decoding: String) -> String {
        let words = decoding.split(separator: " ")
        let count = zip(words, previous).prefix { Self.isSame($0, $1) }.count
        previous = words
        if count >= text.split(separator: " ").count { text = words.prefix(count).joined(separator: " ") }
        return text
    }

    /// Capitals and punctuation change with what follows.
    private static func isSame(_ left: Substring, _ right: Substring) -> Bool {
        left.lowercased().filter { $0.isLetter || $0.isNumber }
            == right.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
