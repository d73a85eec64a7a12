/// A word between white space: marks in front, the word itself, marks behind.
struct Word {
    var front = ""
    var core = ""
    var back = ""

    private static let opening: Set<Character> = ["\"", "'", "“", "‘", "(", "[", "«", "¿", "¡"]
    private static let closing: Set<Character> = [
        "\"", "'", "”", "’", ")", "]", "»", ".", ",", ";", ":", "!", "?", "…", "。", "，", "、", "！", "？", "؟", "،", "।",
    ]

    /// Takes the marks off both ends of `text`.
    init(_ text: [Character]) {
        var core = text[...]
        while let first = core.first, Self.opening.contains(first) {
            // "'80s" keeps its apostrophe.
            if first == "'" || first == "’" || first == "‘", core.dropFirst().first?.isDigit == true { break }
            front.append(core.removeFirst())
        }
        var back: [Character] = []
        while let last = core.last, Self.closing.contains(last) {
            // "401(k)" keeps its bracket.
            if last == ")", core.contains("(") { break }
            back.append(core.removeLast())
        }
        self.core = String(core)
        self.back = String(back.reversed())
    }
}

/// The result of reading a word.
struct Reading {
    var text: String
    /// How many of the words that follow it are in it.
    var taken = 0
    /// What remains of the marks in front; nil is all of them.
    var front: String?
    /// What remains of the marks behind; nil is all of them.
    var back: String?
}
