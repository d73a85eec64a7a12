import SpeechText

/// What a model says to a question for yes or no.
public enum Verdict {
    /// Reads the answer of a model: whether a condition holds.
    ///
    /// The first word decides; letters only, so "Yesterday" and "No-one" are neither. A label (`Answer: yes`) and marks of
    /// Markdown may stand before it. In JSON a truth value or a word decides: `{"holds": true}`, `{"answer": "no"}`.
    /// Thoughts are ignored.
    /// - Returns: nil when the model says neither.
    public static func read(_ text: String) -> Bool? {
        let text = AnswerFilter.choice(in: text)
        let json = ModelJSON(in: text)
        if !json.fields.isEmpty, let verdict = read(json) { return verdict }
        var words = Words(text)
        guard var first = words.next() else { return nil }
        if labels.contains(first), words.isBehindColon, let second = words.next() { first = second }
        return word(first)
    }

    private static func read(_ json: ModelJSON) -> Bool? {
        let verdicts = json.fields.compactMap { field -> (isNamed: Bool, holds: Bool)? in
            let isNamed = labels.contains(field.name.lowercased())
            switch field.value {
            case .truth(let holds): return (isNamed, holds)
            case .text(let text):
                var words = Words(text)
                guard let first = words.next(), isNamed || words.next() == nil else { return nil }
                return word(first).map { (isNamed, $0) }
            }
        }
        let named = verdicts.filter(\.isNamed)
        let deciding = named.isEmpty ? verdicts : named
        guard let first = deciding.first, deciding.allSatisfy({ $0.holds == first.holds }) else { return nil }
        return first.holds
    }

    private static func word(_ word: String) -> Bool? {
        if affirmations.contains(word) { return true }
        return negations.contains(word) ? false : nil
    }

    private static let labels: Set<String> = [
        "answer", "verdict", "result", "decision", "holds", "condition", "value", "antwort", "ergebnis", "output",
    ]

    private static let affirmations: Set<String> = [
        "yes", "yeah", "yep", "yup", "true", "correct", "ja", "jawohl", "wahr", "stimmt", "richtig", "oui", "vrai",
        "sí",
        "si", "cierto", "verdadero", "sì", "vero", "sim", "verdadeiro", "waar", "tak", "да", "evet", "是", "是的", "对",
        "はい",
        "예", "네",
    ]

    private static let negations: Set<String> = [
        "no", "nope", "nah", "false", "incorrect", "nein", "falsch", "unwahr", "non", "faux", "falso", "não", "nee",
        "onwaar", "nie", "нет", "hayır", "否", "不", "不是", "いいえ", "아니요",
    ]

    /// The words of a text in small letters: runs of letters, with the hyphens and apostrophes between them.
    private struct Words {
        private var rest: Substring.UnicodeScalarView

        init(_ text: String) { rest = text.lowercased()[...].unicodeScalars }

        /// Whether a colon follows, with marks of Markdown between at most.
        var isBehindColon: Bool {
            rest.first { !"*_` \"".unicodeScalars.contains($0) } == ":"
        }

        mutating func next() -> String? {
            while let first = rest.first, !Self.isLetter(first) { rest.removeFirst() }
            var word = String.UnicodeScalarView()
            while let scalar = rest.first {
                let isJoint =
                    "-'’‑".unicodeScalars.contains(scalar) && rest.dropFirst().first.map(Self.isLetter) == true
                guard Self.isLetter(scalar) || (isJoint && !word.isEmpty) else { break }
                word.append(scalar)
                rest.removeFirst()
            }
            return word.isEmpty ? nil : String(word)
        }

        private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || scalar.properties.isGraphemeExtend || scalar.properties.numericType != nil
        }
    }
}
