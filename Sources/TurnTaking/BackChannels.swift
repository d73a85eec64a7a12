/// Words by which a listener says "go on": they hold an answer for a moment, but do not end it.
public enum BackChannels {
    /// The usual ones of a language, in lower case; empty where none are known.
    /// - Parameter language: BCP-47.
    public static func usual(in language: String) -> [String] {
        let tag = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        return lists[String(tag)] ?? []
    }

    /// Whether `words` are nothing but back-channels of that list; no words are none.
    public static func isOnly(_ words: String, of list: [String]) -> Bool {
        if list.isEmpty { return false }
        // Entries may have several words: "i see". The longest that fits is taken.
        let known = Set(list.map(tokens(of:)))
        let longest = known.map(\.count).max() ?? 0
        var rest = tokens(of: words)[...]
        if rest.isEmpty { return false }
        while !rest.isEmpty {
            let lengths = (0...min(longest, rest.count)).dropFirst().reversed()
            guard let length = lengths.first(where: { known.contains(Array(rest.prefix($0))) }) else { return false }
            rest = rest.dropFirst(length)
        }
        return true
    }

    /// How many words there are; each character counts in scripts without spaces.
    public static func wordCount(_ words: String) -> Int { SpokenForm.tokens(of: words).count { !$0.key.isEmpty } }

    private static func tokens(of words: String) -> [String] {
        words.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "-") }.map(String.init)
    }

    private static let lists = [
        "en": [
            "mhm", "mm-hmm", "mm", "mmm", "hmm", "uh-huh", "uh", "huh", "ah", "oh", "okay", "ok", "yeah", "yep",
            "right",
            "i see", "sure", "aha",
        ],
        "de": ["mhm", "hm", "hmm", "aha", "ah", "ach", "ok", "okay", "ja", "genau", "ach so", "klar", "so"],
        "fr": ["mhm", "hm", "hmm", "ah", "oui", "ouais", "ok", "d'accord", "voilà"],
        "es": ["mhm", "hm", "ajá", "ah", "sí", "ok", "vale", "claro", "ya"],
        "it": ["mhm", "hm", "ah", "sì", "ok", "certo", "già"],
    ]
}
