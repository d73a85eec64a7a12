import SpeechText

/// Which of several names a model chose.
public enum Choice {
    /// Reads the answer of a model that was asked for one of `names`.
    ///
    /// In this order: a field of JSON that is a name (`{"agent": "Risk"}`); the whole answer or its first line, but for case,
    /// white space, quotation marks, hyphens and Markdown; the names that stand in the answer as whole words. A name within
    /// a longer one does not count beside it ("Stock" beside "Stock Planner"). Of several others the one at the end is
    /// chosen. Thoughts are ignored.
    /// - Returns: one of `names` as it is spelt there; nil when the model chose none of them, or more than one.
    public static func read(_ text: String, among names: [String]) -> String? {
        let text = AnswerFilter.choice(in: text)
        let candidates = names.map { Candidate(name: $0, words: words($0)) }.filter { !$0.words.isEmpty }
        let json = ModelJSON(in: text)
        if !json.fields.isEmpty, let name = read(json, candidates) { return name }
        let whole = text[...]
        let firstLine = whole.split(whereSeparator: \.isNewline).first { !words(String($0)).isEmpty }
        for part in [whole, firstLine ?? whole] {
            if let name = exact(String(part), candidates) { return name }
        }
        return standing(in: text, candidates)
    }

    /// The one of `names` that `text` is, but for case, white space, quotation marks, hyphens and Markdown.
    static func exact(_ text: String, among names: [String]) -> String? {
        exact(text, names.map { Candidate(name: $0, words: words($0)) }.filter { !$0.words.isEmpty })
    }

    private struct Candidate {
        var name: String
        var words: [String]
    }

    private static func read(_ json: ModelJSON, _ candidates: [Candidate]) -> String? {
        let chosen = json.fields.compactMap { field -> (isNamed: Bool, name: String)? in
            guard case .text(let text) = field.value, let name = exact(text, candidates) else { return nil }
            return (fieldNames.contains(field.name.lowercased()), name)
        }
        let named = chosen.filter(\.isNamed)
        let deciding = named.isEmpty ? chosen : named
        guard let first = deciding.first, deciding.allSatisfy({ $0.name == first.name }) else { return nil }
        return first.name
    }

    private static let fieldNames: Set<String> = [
        "agent", "agent_name", "agentname", "name", "answer", "choice", "chosen", "selected", "selection", "route",
    ]

    /// The candidate that `text` is, spelt alike if there is one, else but for what words do not tell.
    private static func exact(_ text: String, _ candidates: [Candidate]) -> String? {
        let trimmed = text.drop(while: isMargin).reversed().drop(while: isMargin).reversed()
        if let same = candidates.first(where: { $0.name.elementsEqual(trimmed) }) { return same.name }
        let letters = words(text).joined()
        let alike = candidates.filter { $0.words.joined() == letters }
        return alike.count == 1 ? alike.first?.name : nil
    }

    private static func isMargin(_ character: Character) -> Bool {
        character.isWhitespace || "*_`\"'“”„#.".contains(character)
    }

    // MARK: Names in a text

    private static func standing(in text: String, _ candidates: [Candidate]) -> String? {
        let all = words(text)
        let found = candidates.filter { stands($0.words, in: all) }
        let longest = found.filter { one in
            !found.contains { $0.words.count > one.words.count && stands(one.words, in: $0.words) }
        }
        if longest.count <= 1 { return longest.first?.name }
        let last = longest.filter { all.suffix($0.words.count).elementsEqual($0.words) }
        return last.count == 1 ? last.first?.name : nil
    }

    /// Whether `words` stand in `text` side by side.
    private static func stands(_ words: [String], in text: [String]) -> Bool {
        guard words.count <= text.count else { return false }
        return (0...(text.count - words.count)).contains { text[$0...].starts(with: words) }
    }

    /// The words of a text in small letters: runs of letters and digits. A character of a script that writes no spaces is a
    /// word by itself.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func close() {
            if !word.isEmpty { words.append(String(word)) }
            word = String.UnicodeScalarView()
        }
        for scalar in text.lowercased().unicodeScalars {
            let isWide = scalar.properties.isIdeographic || (0x3041...0x30FF).contains(scalar.value)
            if isWide { close() }
            if isWide || scalar.properties.isAlphabetic || scalar.properties.isGraphemeExtend
                || scalar.properties.numericType != nil
            {
                word.append(scalar)
                if isWide { close() }
            } else {
                close()
            }
        }
        close()
        return words
    }
}
