import ProviderKit

/// Two spoken sentences about what the parents said, in words of their own.
struct Summary {
    /// The whole summary; empty when no parent said anything.
    let text: String

    /// Summarises `brief.parents`.
    init(_ brief: Brief) {
        let parents = brief.parents.filter { !Words.read($0.text).isEmpty }.prefix(Self.most)
        guard let first = parents.first else {
            text = ""
            return
        }
        if parents.count == 1 {
            let gists = Self.gists(of: first.text)
            let name = Words.name(first.agent, else: "The agent")
            let isOwn = first.agent == brief.agentName
            let opening = isOwn ? "In short: \(gists[0])." : "\(name) says in short: \(gists[0])."
            text = Sentences.joined([opening, gists.count > 1 ? "\(gists[1])." : ""])
            return
        }
        let points = parents.map { parent in
            let name = Words.name(parent.agent, else: "one agent")
            let limit = parents.count > 2 ? Self.shortGist : Self.longestGist
            return "\(name) says: \(Self.gists(of: parent.text, limit: limit)[0])"
        }
        let half = (points.count + 1) / 2
        text = Sentences.joined([
            "In short, \(points[..<half].joined(separator: "; ")).", "\(points[half...].joined(separator: "; ")).",
        ])
    }

    /// More parents than this are not summed up.
    private static let most = 6
    private static let longestGist = 18
    private static let shortGist = 12

    /// The clauses of `text` that carry something, shortened, without a full stop; at least one.
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
        return gists.isEmpty ? [Words.phrase(Words.read(text), limit: limit)] : gists
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
