import ProjectModel

/// A text as those who look for private details see it: words, and what stands between them.
struct Scan {
    /// A run of letters and digits.
    struct Word {
        /// Where it stands, in Unicode scalars.
        let range: Range<Int>
        /// In small letters.
        let text: String
        /// What stands between it and the word before; of long gaps only the beginning.
        let gap: String
        /// In ASCII, when it has nothing but digits.
        let digits: String?
        /// Whether it begins with a capital letter.
        let isCapitalized: Bool

        /// Whether it has nothing but letters.
        var isLetters: Bool { digits == nil && !text.unicodeScalars.contains { $0.properties.numericType == .decimal } }
    }

    /// The longest gap that anybody looks at.
    private static let longestGap = 8
    /// How far back a word still says what a number is.
    static let reach = 10

    let scalars: [Unicode.Scalar]
    let words: [Word]
    /// The last words of what was said before, in small letters.
    let lead: [String]

    /// - Parameter question: what was said before: it may say what the text is an answer to.
    init(_ text: String, after question: String = "") {
        scalars = Array(text.unicodeScalars)
        words = Self.words(scalars)
        let tail = Array(question.unicodeScalars.suffix(200))
        lead = Self.words(tail).suffix(Self.reach).map(\.text)
    }

    private static func words(_ scalars: [Unicode.Scalar]) -> [Word] {
        var words: [Word] = []
        var (index, end) = (0, 0)
        while index < scalars.count {
            guard isWordly(scalars[index]) else {
                index += 1
                continue
            }
            let start = index
            var digits: String? = ""
            while index < scalars.count, isWordly(scalars[index]) || scalars[index].properties.isGraphemeExtend {
                digits = digit(scalars[index]).flatMap { digit in digits.map { $0 + digit } }
                index += 1
            }
            words.append(
                Word(
                    range: start..<index, text: text(scalars[start..<index]).lowercased(),
                    gap: text(scalars[end..<start].prefix(longestGap)), digits: digits,
                    isCapitalized: scalars[start].properties.isUppercase))
            end = index
        }
        return words
    }

    static func isWordly(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            ? (0x30...0x39).contains(scalar.value) || (0x41...0x5A).contains(scalar.value & ~0x20)
            : scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }

    private static func digit(_ scalar: Unicode.Scalar) -> String? {
        if scalar.isASCII { return (0x30...0x39).contains(scalar.value) ? String(scalar) : nil }
        guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return nil }
        return String(Int(value))
    }

    static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    // MARK: - What there is

    /// What stands there, as it is written.
    func text(_ range: Range<Int>) -> String { Self.text(scalars[range]) }

    /// Where the words of that range stand.
    func range(_ words: Range<Int>) -> Range<Int> {
        words.isEmpty
            ? 0..<0 : self.words[words.lowerBound].range.lowerBound..<self.words[words.upperBound - 1].range.upperBound
    }

    /// The text of a word; empty where there is none.
    func word(_ index: Int) -> String { words.indices.contains(index) ? words[index].text : "" }

    /// What stands before a word; a line break where there is no such word.
    func gap(_ index: Int) -> String { words.indices.contains(index) ? words[index].gap : "\n" }

    /// The scalar before that place.
    func before(_ place: Int) -> Unicode.Scalar? { place > 0 ? scalars[place - 1] : nil }

    /// Whether these words stand before the word `index`, one space between each.
    func stands(_ phrase: [String], before index: Int) -> Bool {
        guard index >= phrase.count else { return false }
        return zip(phrase, words[(index - phrase.count)...]).allSatisfy { $0 == $1.text }
    }

    /// What the nearest word before `index` that says so says of what follows; of what was said before as well.
    func cue(before index: Int, among cues: Set<Cue>) -> Cue? {
        for word in words[max(0, index - Self.reach)..<index].reversed() {
            if let cue = Cue.words[word.text], cues.contains(cue) { return cue }
        }
        for word in lead.reversed().prefix(max(0, Self.reach - index)) {
            if let cue = Cue.words[word], cues.contains(cue) { return cue }
        }
        return nil
    }
}

/// A private detail in a text.
struct Finding: Equatable {
    /// Where it stands, in Unicode scalars.
    var range: Range<Int>
    var entity: PIIEntity
    /// The same for the same detail, however it is written or said.
    var key: String
    /// How it is written, where it was said in words: `john.smith@example.com`.
    var written: String?
}
