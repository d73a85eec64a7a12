/// The marks with which a chat tells the model what is not words: they are ours alone, so whoever says one of them
/// literally has it changed into something that only looks like it.
enum Mark {
    /// What an interrupted answer ends in.
    static let interrupted = "[INTERRUPTED]"
    /// What a text ends in of which only the beginning is there.
    static let cut = "[CUT]"

    /// The tag around what was said in earlier conversations.
    static let earlier = "earlier"

    private static let bracketed = ["interrupted", "cut"].map { Array($0.unicodeScalars) }
    private static let tags = ["answer", "conversation", "tool", "passage", "draft", earlier].map {
        Array($0.unicodeScalars)
    }

    /// `text` between the tags `name`.
    static func tagged(_ name: String, _ attributes: String = "", _ text: String) -> String {
        "<\(name)\(attributes)>\(text)</\(name)>"
    }

    /// `text` without anything that reads as a mark, in whatever case it is written: `[CUT]` becomes `(CUT)`, `</answer>`
    /// becomes `< /answer>`.
    ///
    /// It works on Unicode scalars: a mark whose last character carries an accent reads as a mark, too.
    static func escaped(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let rest = scalars[(index + 1)...]
            switch scalars[index] {
            case "[":
                if let word = bracketed.first(where: { begins(rest, with: $0) && rest.dropFirst($0.count).first == "]" }
                ) {
                    result.append("(")
                    result.append(contentsOf: rest.prefix(word.count))
                    result.append(")")
                    index += word.count + 2
                    continue
                }
                result.append("[")
            case "<":
                result.append("<")
                let name = rest.first == "/" ? rest.dropFirst() : rest
                if tags.contains(where: { begins(name, with: $0) }) { result.append(" ") }
            case let other: result.append(other)
            }
            index += 1
        }
        return String(result)
    }

    /// Whether `text` begins with `word`, which is in small ASCII letters.
    private static func begins(_ text: ArraySlice<Unicode.Scalar>, with word: [Unicode.Scalar]) -> Bool {
        text.count >= word.count
            && zip(text, word).allSatisfy { scalar, letter in
                scalar == letter || scalar.isASCII && scalar.value | 0x20 == letter.value
            }
    }
}
