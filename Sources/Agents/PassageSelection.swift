import ProviderKit

/// Chooses among passages and shortens them, by the words that they share with what is asked. No model is asked. Pure.
public enum PassageSelection {
    /// The best passages, each once.
    ///
    /// A passage is good when it holds many of the words of the questions, rare ones counting more, and when whoever found it
    /// set it first.
    /// - Parameters:
    ///   - found: what each search has found, the best first.
    ///   - questions: what was asked.
    ///   - most: at most so many.
    /// - Returns: the best first; of equals, the one that was found first.
    public static func best(of found: [[Passage]], for questions: [String], most: Int) -> [Passage] {
        var candidates: [(passage: Passage, rank: Int)] = []
        for rank in 0..<(found.map(\.count).max() ?? 0) {
            for list in found where rank < list.count {
                let passage = list[rank]
                let isKnown = candidates.contains {
                    $0.passage.text == passage.text && $0.passage.source == passage.source
                }
                if !isKnown { candidates.append((passage, rank)) }
            }
        }
        let words = candidates.map { Set(Self.words(of: $0.passage.text + " " + $0.passage.title)) }
        let weights = Self.weights(of: questions, in: words)
        let whole = weights.values.reduce(0, +)
        let scored = candidates.enumerated().map { index, candidate -> (score: Double, index: Int) in
            // In the order of the words: a sum of fractions depends on its order.
            let held = weights.keys.sorted().reduce(0.0) { $0 + (words[index].contains($1) ? weights[$1] ?? 0 : 0) }
            return ((whole > 0 ? held / whole : 0) + 0.5 / Double(1 + candidate.rank), index)
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(max(0, most))
            .map { candidates[$0.index].passage }
    }

    /// Passages with the sentences alone that have to do with the questions, at least one of each.
    /// - Parameter share: how much of each text is kept, above 0 and below 1.
    public static func shortened(_ passages: [Passage], for questions: [String], to share: Double) -> [Passage] {
        guard share > 0, share < 1 else { return passages }
        let wanted = Set(questions.flatMap(words))
        return passages.map { passage in
            let sentences = Self.sentences(of: passage.text)
            let room = Double(passage.text.unicodeScalars.count) * share
            let order = sentences.indices.sorted { a, b in
                let (first, second) = (hits(sentences[a], wanted), hits(sentences[b], wanted))
                return (second, a) < (first, b)
            }
            var (kept, length): (Set<Int>, Double) = ([], 0)
            for index in order {
                let more = Double(sentences[index].unicodeScalars.count)
                if !kept.isEmpty, length + more > room { break }
                kept.insert(index)
                length += more
            }
            var shortened = passage
            shortened.text = sentences.indices.filter(kept.contains).map { sentences[$0] }.joined(separator: " … ")
            return shortened
        }
    }

    /// The first passages that have at most so many characters (Unicode scalars) in all; at least one.
    public static func fitting(_ passages: [Passage], characters: Int) -> [Passage] {
        var left = characters
        let fitting = passages.prefix { passage in
            left -= passage.text.unicodeScalars.count
            return left >= 0
        }
        return fitting.isEmpty ? Array(passages.prefix(1)) : Array(fitting)
    }

    // MARK: - Words

    private static func hits(_ sentence: String, _ wanted: Set<String>) -> Int {
        Set(words(of: sentence)).intersection(wanted).count
    }

    /// How much each word of the questions counts: a word that all passages hold says nothing.
    private static func weights(of questions: [String], in passages: [Set<String>]) -> [String: Double] {
        var weights: [String: Double] = [:]
        for word in questions.flatMap(words) {
            let holders = passages.count { $0.contains(word) }
            weights[word] = 1 / Double(1 + holders)
        }
        return weights
    }

    /// Runs of letters and digits, small; ideographs one by one.
    static func words(of text: String) -> [String] {
        var (words, word): ([String], String) = ([], "")
        for scalar in text.lowercased().unicodeScalars {
            let isLone = scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value)
            let isPart = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isPart, !isLone {
                word.unicodeScalars.append(scalar)
                continue
            }
            if !word.isEmpty { words.append(word) }
            word = ""
            if isLone { words.append(String(scalar)) }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func sentences(of text: String) -> [String] {
        var (sentences, sentence): ([String], String) = ([], "")
        func end() {
            let words = sentence.drop { $0.isWhitespace }
            if !words.isEmpty { sentences.append(String(words)) }
            sentence = ""
        }
        var last: Character = " "
        for character in text {
            if character.isNewline || character.isWhitespace && ".!?".contains(last) {
                end()
            } else {
                sentence.append(character)
                if "。！？".contains(character) { end() }
            }
            last = character
        }
        end()
        return sentences
    }
}
