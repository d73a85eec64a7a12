import ProviderKit

/// Two spoken sentences about what the parents said, in words of their own.
struct Summary {
    /// The whole summary; empty when no parent said anything.
    let text: String

    /// Summarises `brief.parents`.
    init(_ brief: Brief) {
        let isOnlyOne = brief.parents.count == 1
        let limit = brief.parents.count > 2 ? Self.shortGist : Self.longestGist
        let said = brief.parents.prefix(Self.most).compactMap { parent in
            let gists = Self.gists(of: parent.text, limit: limit)
            let name = Words.name(parent.agent, else: "one agent")
            return gists.isEmpty ? nil : (name: name, gists: gists, isOwn: parent.agent == brief.agentName)
        }
        guard let first = said.first else {
            text = ""
            return
        }
        if said.count == 1 {
            let opening = isOnlyOne && first.isOwn ? "In short" : "\(first.name) says in short"
            text = Sentences.joined(["\(opening): \(first.gists[0])."] + first.gists.dropFirst().map { "\($0)." })
            return
        }
        let points = said.map { "\($0.name) says: \($0.gists[0])" }
        let half = (points.count + 1) / 2
        text = Sentences.joined([
            "In short, \(points[..<half].joined(separator: "; ")).", "\(points[half...].joined(separator: "; ")).",
        ])
    }

    /// More parents than this are not summed up.
    private static let most = 6
    private static let longestGist = 18
    private static let shortGist = 15

    /// The clauses of `text` that carry something, shortened, without a full stop; at most two.
    static func gists(of text: String, limit: Int = longestGist) -> [String] {
        let sentences = Words.sentences(Words.read(text)).filter { $0.count > 2 }
        let informative = sentences.filter { sentence in
            let start = sentence.prefix(2).map(\.lower)
            let isGreeting = start.first.map(greetings.contains) ?? false
            let isAboutItself = sentence.contains { $0.lower == "offline" } || introduces(sentence)
            return !isGreeting && !isAboutItself && sentence.filter(\.isContent).count >= 3
        }
        let chosen = informative.isEmpty ? Array(sentences.prefix(1)) : Array(informative.prefix(2))
        let gists = chosen.map { shortened($0, limit: limit) }.filter { !$0.isEmpty }
        return gists.isEmpty ? [Words.phrase(Words.read(text), limit: limit)].filter { !$0.isEmpty } : gists
    }

    private static let greetings: Set<String> = [
        "sure", "certainly", "hello", "hi", "thanks", "thank", "great", "absolutely", "okay",
    ]

    /// Whether an agent says what it is about to do instead of what is to be done.
    private static func introduces(_ sentence: [Word]) -> Bool {
        let words = sentence.map(\.lower)
        return words.indices.contains { index in
            let pair = words[index...].prefix(2)
            return pair == ["my", "part"] || pair == ["answer", "as"] || pair == ["went", "first"]
                || pair == ["build", "on"]
        }
    }

    /// The beginning of the sentence up to the last comma within the limit.
    private static func shortened(_ sentence: [Word], limit: Int) -> String {
        var words = sentence[...]
        let connectors: Set<String> = ["then", "next", "first", "second", "finally", "also", "and", "so"]
        while let first = words.first, connectors.contains(first.lower) { words = words.dropFirst() }
        if words.prefix(2).map(\.lower) == ["after", "that"] { words = words.dropFirst(2) }
        if words.count > limit, let comma = words.prefix(limit).lastIndex(where: { $0.end == .comma }),
            comma - words.startIndex >= 5
        {
            words = words[...comma]
        }
        return Words.phrase(words, limit: limit).loweredFirst
    }
}
