/// Codes: `XK-4471`, `A1B2C3`, digits that are a name and no number. They are said character by character.
enum WrittenCode {
    /// The pieces of `text` between its hyphens, if it is a code: capitals and digits, with at least three digits or three
    /// changes between the two.
    static func pieces(of text: String) -> [Substring]? {
        guard text.count <= 24, text.allSatisfy({ $0.isDigit || $0 == "-" || isCapital($0) }) else { return nil }
        let digits = text.count(where: \.isDigit)
        guard digits > 0, text.contains(where: isCapital) else { return nil }
        let changes = zip(text, text.dropFirst()).count { isCapital($0) != isCapital($1) && $0 != "-" && $1 != "-" }
        guard digits >= 3 || changes >= 3 else { return nil }
        return text.split(separator: "-")
    }

    /// Whether `text` is so many digits in a row that nobody counts them: nine or more, round numbers excepted.
    static func isName(_ text: String) -> Bool {
        text.count >= 9 && text.allSatisfy(\.isDigit) && !text.hasSuffix("000")
    }

    private static func isCapital(_ character: Character) -> Bool { ("A"..."Z").contains(character) }
}
