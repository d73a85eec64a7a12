/// Rules for the ends of sentences.
struct SentenceRules: Equatable, Sendable {
    /// Whether a number with a full stop is an ordinal ("am 3. März").
    private let hasDottedOrdinals: Bool
    /// Whether "Sr." stands in front of a name, as "Mr." does.
    private let hasSpanishTitles: Bool
    /// Whether a semicolon asks, as it does in Greek.
    private let asksBySemicolon: Bool

    init(language: String) {
        let primary = language.lowercased().prefix { $0 != "-" && $0 != "_" }
        hasDottedOrdinals = [
            "de", "da", "nb", "nn", "no", "fi", "et", "cs", "sk", "hu", "pl", "hr", "sr", "sl", "is", "lv", "tr",
        ].contains(primary)
        asksBySemicolon = primary == "el"
        hasSpanishTitles = ["es", "pt", "gl", "ca"].contains(primary)
    }

    /// Whether `text`, which ends in something else than white space, ends a sentence whatever comes after the white
    /// space that follows it.
    func endsForSure(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        switch ending(of: text) {
        case .sure: true
        case .none, .wide, .likely, .abbreviation, .numbered: false
        }
    }

    /// Whether `text` ends a sentence when `next` follows it, with white space between if `spaced`.
    func ends(_ text: ArraySlice<Unicode.Scalar>, spaced: Bool, before next: Unicode.Scalar) -> Bool {
        switch ending(of: text) {
        case .none: false
        case .wide: !next.isTerminator
        case .sure: spaced
        case .likely: spaced && !next.properties.isLowercase
        case .abbreviation: spaced && next.properties.isUppercase
        case .numbered: spaced && !next.isDigit && !next.properties.isLowercase
        }
    }

    private enum Ending {
        /// No end of a sentence.
        case none
        /// A mark of a script that writes no spaces.
        case wide
        /// An end when white space follows.
        case sure
        /// An end unless a small letter follows.
        case likely
        /// An end only if a capital follows.
        case abbreviation
        /// An abbreviation in front of a number ("No. 5"), or a word at an end ("The answer is no.").
        case numbered
    }

    private func ending(of text: ArraySlice<Unicode.Scalar>) -> Ending {
        var words = text
        while words.last?.isClosing == true { words.removeLast() }
        guard let mark = words.last else { return .none }
        if asksBySemicolon, mark == ";" { return .sure }
        guard mark.isTerminator else { return .none }
        if mark.isWideTerminator { return .wide }
        let hasClosing = words.count < text.count
        var marks = 0
        var asks = false
        while let last = words.last, last.isTerminator {
            asks = asks || last == "!" || last == "?"
            marks += 1
            words.removeLast()
        }
        if asks { return .sure }
        if marks > 1 || mark == "…" { return .likely }
        let ending = fullStop(after: words)
        return hasClosing && ending == .abbreviation ? .likely : ending
    }

    /// What one full stop behind `text` means.
    private func fullStop(after text: ArraySlice<Unicode.Scalar>) -> Ending {
        let start = text.lastIndex { $0.isSpace || $0.isOpening }.map { $0 + 1 } ?? text.startIndex
        let word = text[start...]
        guard let first = word.first else { return .none }
        if word.allSatisfy(\.isDigit) {
            // "3. " begins an item of a list, when nothing but a line's beginning comes before it.
            let before = text[..<start].last { $0 != " " && $0 != "\t" && !$0.isOpening }
            if before == nil || before == "\n" { return .none }
            return hasDottedOrdinals && word.count <= 2 ? .none : .likely
        }
        if word.count == 1 {
            // An initial ("J. Smith"); "I" is a word.
            return first.properties.isAlphabetic && first.value < 0x2E80 && first != "I" ? .none : .likely
        }
        let small = String(String.UnicodeScalarView(word)).lowercased()
        if Self.titles.contains(small) || (hasSpanishTitles && small == "sr") { return .none }
        if Self.numbered.contains(small) { return .numbered }
        if Self.endings.contains(small) { return .abbreviation }
        if word.contains(".") {
            // "U.S", "z.B": single letters between stops. "example.com" is a word.
            let parts = small.split(separator: ".")
            return parts.allSatisfy { $0.count == 1 } ? .abbreviation : .likely
        }
        return word.count > 4 && word.allSatisfy(\.properties.isAlphabetic) ? .sure : .likely
    }

    /// Abbreviations that something always follows.
    private static let titles: Set<String> = [
        "dr", "mr", "mrs", "ms", "prof", "st", "mt", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "gov", "sen",
        "rep", "maj", "adm", "cmdr", "pres", "messrs", "mx",
        "e.g", "i.e", "eg", "ie", "vs", "cf", "approx", "ca", "ph.d", "viz",
        "z.b", "d.h", "u.a", "i.d.r", "v.a", "s.o", "s.u", "o.g", "bzw", "hr", "hrn", "fr", "str", "sog", "inkl",
        "exkl",
        "ggf", "evtl", "zzgl", "bzgl", "vgl", "bspw", "gem", "dipl", "ing", "mag",
        "mme", "mlle", "p.ex", "sra", "srta", "dra", "ej", "p.ej", "sig", "dott", "avv", "bijv", "dhr", "mevr",
    ]

    /// Abbreviations of what has a number.
    private static let numbered: Set<String> = [
        "no", "nos", "nr", "nrn", "fig", "figs", "vol", "vols", "art", "sec", "ch", "chap", "eq", "pp", "pág", "págs",
        "abs", "kap", "abb", "bd", "núm", "num", "tel", "ext",
    ]

    /// Abbreviations that may stand at the end of a sentence.
    private static let endings: Set<String> = [
        "etc", "inc", "ltd", "co", "corp", "jr", "sr", "a.m", "p.m", "u.s", "u.k", "e.u", "u.n", "u.s.a", "d.c", "dept",
        "est", "min", "max", "ave", "blvd", "rd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
        "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "usw", "usf", "mio", "mrd", "std", "tsd", "al",
        "et al", "gmbh", "bros", "assn",
    ]
}
