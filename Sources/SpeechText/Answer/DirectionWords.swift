/// The words of stage directions, English and German.
enum DirectionWords {
    /// What stands between the marks.
    enum Reading: Equatable {
        /// Words of the answer.
        case text
        /// Our mark of an interruption.
        case interruption
        /// A direction.
        case direction
        /// A direction, unless a small letter follows: `*Laughter* is healthy`.
        case unlessSmallFollows
    }

    /// A direction has at most this many words.
    static let most = 7

    /// Reads what stands between two marks.
    /// - Parameter isEmphasis: whether the marks are those of emphasis in Markdown, which need more care.
    static func read(_ scalars: [Unicode.Scalar], isEmphasis: Bool) -> Reading {
        let words = split(scalars)
        guard let first = words.first, words.count <= most else { return .text }
        let small = words.map { $0.lowercased() }
        if small[0] == "interrupted", small.count == 1 { return .interruption }
        // `(he smiles)`, `*leise lachend*`: who and how may stand in front.
        let act = small.first { !leads.contains($0) && !manners.contains($0) }
        guard isEmphasis || words.count <= 5 else { return .text }
        if let act, acts.contains(act) { return isCapital(first) && isEmphasis ? .unlessSmallFollows : .direction }
        if small.allSatisfy({ manners.contains($0) || leads.contains($0) }), small.contains(where: manners.contains) {
            return isEmphasis ? .unlessSmallFollows : .direction
        }
        if isEmphasis, !isCapital(first), let act, doubtful.contains(act) { return .unlessSmallFollows }
        return .text
    }

    /// Whether a direction may begin with `scalars`.
    static func mayBegin(_ scalars: [Unicode.Scalar]) -> Bool {
        guard scalars.allSatisfy({ isPart($0) }), scalars.first?.isSpace == false else { return false }
        var words = split(scalars).map { $0.lowercased() }
        guard let last = scalars.last, words.count <= most, let open = words.last else { return words.isEmpty }
        if !(last.isSpace || ",.…!".unicodeScalars.contains(last)) { words.removeLast() }
        // Only the words up to the first that is none of the leading ones decide.
        if let act = words.first(where: { !leads.contains($0) && !manners.contains($0) }) {
            return acts.contains(act) || doubtful.contains(act)
        }
        if words.contains(where: manners.contains) || words.count == split(scalars).count { return true }
        return prefixes.contains(open)
    }

    /// Whether `[INTERRUPTED]` may begin with a bracket and `scalars`.
    static func mayBeInterruption(_ scalars: [Unicode.Scalar]) -> Bool {
        let small = scalars.drop { $0 == " " }.map(\.lowercased).text
        if small.hasPrefix("interrupted") { return small.dropFirst(11).allSatisfy { $0 == " " || $0 == "." } }
        return "interrupted".hasPrefix(small)
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar == " " || scalar.belongsToNeighbour
            || "'’-,.…!".unicodeScalars.contains(scalar)
    }

    private static func isCapital(_ word: String) -> Bool {
        word.unicodeScalars.first?.properties.isUppercase == true
    }

    private static func split(_ scalars: [Unicode.Scalar]) -> [String] {
        scalars.split { $0.isSpace || ",.…!".unicodeScalars.contains($0) }.map(\.text)
    }

    /// Words that may stand in front of what is done.
    private static let leads: Set<String> = [
        "he", "she", "they", "i", "a", "the", "and", "er", "sie", "es", "ich", "ein", "eine", "mit", "with", "kurze",
        "kurzes", "short", "long", "lange", "small", "slight", "leichtes",
    ]

    /// How something is said, and acts whose words begin other sentences, too (`(Smile more!)`): directions when nothing else stands between the marks.
    private static let manners: Set<String> = [
        "softly", "gently", "warmly", "cheerfully", "quietly", "excitedly", "enthusiastically", "nervously", "sadly",
        "thoughtfully", "playfully", "sarcastically", "jokingly", "whispering", "pause", "beat", "silence",
        "leise", "sanft", "fröhlich", "nachdenklich", "freundlich", "traurig", "stille", "flüsternd",
        "smile", "laugh", "laughter", "sigh", "giggle", "chuckle", "gasp", "lachen", "lächeln", "gelächter", "applause",
        "applaus", "seufzer", "bows", "beams", "nodding",
    ]

    /// What is done: directions wherever a sentence may begin.
    private static let acts: Set<String> = [
        "smiles", "smiling", "laughs", "laughing", "chuckles", "chuckling",
        "giggles", "giggling", "sighs", "sighing", "grins", "grinning", "nods", "winks",
        "winking", "smirks", "smirking", "clears", "coughs", "shrugs", "shrugging", "whispers", "gasps", "sniffs",
        "sniffles", "hums", "humming", "frowns", "yawns", "snorts", "groans", "blushes", "sobs", "pauses",
        "claps", "lächelt", "lächle", "lächelnd", "lacht", "lache", "lachend", "seufzt",
        "seufze", "seufzen", "seufzend", "schmunzelt", "schmunzelnd", "schmunzle", "grinst", "grinsend",
        "nickt", "nicke", "nickend", "zwinkert", "zwinkernd", "zwinkere", "räuspert", "räuspern", "räuspere", "hustet",
        "kichert", "kichernd", "pausiert", "flüstert", "gähnt", "schnaubt", "stöhnt", "strahlt",
    ]

    /// What may be done, or be a word of the answer: directions only in emphasis that begins with a small letter.
    private static let doubtful: Set<String> = [
        "looks", "looking", "leans", "leaning", "thinks", "thinking", "waves", "waving", "gestures", "tilts", "raises",
        "takes", "types", "typing", "turns", "rolls", "scratches", "shakes", "points", "adjusts", "checks", "sits",
        "stands", "steps", "speaks", "sings", "rubs", "crosses", "folds", "cheers",
        "schaut", "blickt", "lehnt", "denkt", "überlegt", "winkt", "verbeugt", "runzelt", "klatscht", "zuckt", "legt",
        "hebt", "atmet", "holt", "tippt", "schüttelt", "dreht", "zeigt", "singt",
    ]

    private static let prefixes = Set(
        leads.union(manners).union(acts).union(doubtful).union(["interrupted"]).flatMap { word in
            (1...word.count).map { String(word.prefix($0)) }
        })
}
