/// The prompt of a `UtilityAgent`, with the caller's words in it.
enum UtilityPrompt {
    /// What stands for the words of a caller whom the model hears itself.
    private static let heard = "what the caller has just said"

    /// `prompt` with `words` for each `{query}`, in whatever case it is written; behind it where there is none.
    ///
    /// The words are not read again, so a caller who says `{query}` changes nothing.
    static func filled(_ prompt: String, with words: String) -> String {
        let parts = split(prompt)
        if parts.count > 1 { return parts.joined(separator: words.isEmpty ? heard : words) }
        return words.isEmpty ? prompt : prompt + "\n\n" + words
    }

    /// What stands around the placeholders.
    private static func split(_ prompt: String) -> [String] {
        let placeholder = Array("{query}".unicodeScalars)
        var parts = [""]
        var rest = Array(prompt.unicodeScalars)[...]
        while let scalar = rest.first {
            if rest.prefix(placeholder.count).elementsEqual(placeholder, by: { $0.lowered == $1 }) {
                parts.append("")
                rest = rest.dropFirst(placeholder.count)
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return parts
    }
}

extension Unicode.Scalar {
    /// A small letter for a capital of ASCII.
    fileprivate var lowered: Unicode.Scalar {
        ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) | 0x20) : self
    }
}
