import ProviderKit

/// An answer from what was looked up: the sentences of passages that have most to do with the caller's words, word for word,
/// and where they stand.
struct Lookup {
    /// The whole answer.
    let text: String

    /// A quotation has about so many characters.
    private static let longestQuotation = 400

    /// Answers `brief` from `finding`.
    init(_ brief: Brief, _ finding: Finding) {
        switch finding {
        case .failed: text = "I could not look that up."
        case .passages(let passages):
            let asked = Set(Words.read(brief.callerWords).filter(\.isContent).map(\.stem))
            guard let best = passages.first else {
                text = "I found nothing about that."
                return
            }
            let quotation = Self.quotation(of: best.text, asked)
            let name = best.name.isEmpty ? "what I found" : best.name
            text = quotation.isEmpty ? "I found nothing about that." : "\(name) says: \(quotation)"
        }
    }

    /// The sentence with most of the words that were asked for, and what follows it, as far as there is room.
    private static func quotation(of text: String, _ asked: Set<String>) -> String {
        let sentences = sentences(of: text)
        let hits = sentences.map { sentence in asked.intersection(Words.read(sentence).map(\.stem)).count }
        guard let most = hits.max(), let start = hits.firstIndex(of: most) else { return "" }
        var quotation = String(sentences[start].prefix(longestQuotation))
        for sentence in sentences[(start + 1)...] where quotation.count + sentence.count < longestQuotation {
            quotation += " " + sentence
            break
        }
        return quotation
    }

    /// Cut behind full stops and at ends of lines, each with words in it.
    private static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var current = ""
        func close() {
            let sentence = current.drop { $0.isWhitespace || "#*->".contains($0) }
            if sentence.contains(where: \.isLetter) {
                let ends = sentence.last.map { ".!?:;".contains($0) } ?? true
                sentences.append(String(sentence) + (ends ? "" : "."))
            }
            current = ""
        }
        for character in text {
            if character.isNewline {
                close()
            } else if character.isWhitespace, let last = current.last, ".!?".contains(last) {
                close()
            } else {
                current.append(character)
            }
        }
        close()
        return sentences
    }
}
