import ProviderKit

/// Questions to the caller, and what is answered to them, as far as words tell without a language model.
enum Inquiry {
    /// The questions as they stand in the project.
    static func question(_ questions: [Question]) -> String {
        let texts = questions.map { $0.text.isEmpty ? "What about \($0.name)?" : $0.text }
        return texts.isEmpty ? "What do you say to that?" : texts.joined(separator: " ")
    }

    /// The answers as JSON: yes or no by the first word that says so, numbers in digits in their order, and all that was said
    /// for a text.
    static func answers(to questions: [Question], in words: String) -> String {
        let read = Words.read(words)
        var numbers = read.compactMap { Double($0.text) }[...]
        let fields = questions.map { question -> String in
            let value: String? =
                switch question.kind {
                case .text: words.isEmpty ? nil : quoted(words)
                case .truth: read.lazy.compactMap { truth($0.lower) }.first
                case .integer: numbers.popFirst().flatMap { Int(exactly: $0) }.map { String($0) }
                case .number: numbers.popFirst().map { String($0) }
                }
            return "\(quoted(question.name)): \(value ?? "null")"
        }
        return "{" + fields.joined(separator: ", ") + "}"
    }

    private static func truth(_ word: String) -> String? {
        if ["yes", "yeah", "yep", "sure", "okay", "ok", "fine", "great", "good", "true"].contains(word) {
            return "true"
        }
        return ["no", "nope", "not", "never", "false"].contains(word) ? "false" : nil
    }

    private static func quoted(_ text: String) -> String {
        let plain = text.map { character -> String in
            if character == "\"" || character == "\\" { return "\\\(character)" }
            return character.unicodeScalars.contains { $0.value < 0x20 } ? " " : String(character)
        }
        return "\"" + plain.joined() + "\""
    }
}
