/// Words with the endings -s, -ed and -ing, from the sound of their stems.
enum Stems {
    /// How `word` is said when its stem is known; nil otherwise.
    static func pronounced(_ word: String, stem: (String) -> String?) -> String? {
        plural(word, stem) ?? past(word, stem) ?? progressive(word, stem)
    }

    // MARK: - Endings

    private static func plural(_ word: String, _ stem: (String) -> String?) -> String? {
        var stems: [String] = []
        if word.hasSuffix("s'") { stems = [String(word.dropLast()), String(word.dropLast(2))] }
        if word.hasSuffix("'s") { stems = [String(word.dropLast(2))] }
        if word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("'s"), word.count > 2 {
            stems.append(String(word.dropLast()))
            if word.hasSuffix("ies"), word.count > 4 { stems.append(word.dropLast(3) + "y") }
            if word.hasSuffix("es"), word.count > 4 { stems.append(String(word.dropLast(2))) }
        }
        // A plural that is known as it is takes nothing more.
        if word.hasSuffix("s'"), let whole = stems.first.flatMap(stem) { return whole }
        return stems.lazy.compactMap(stem).first.flatMap(withS)
    }

    private static func past(_ word: String, _ stem: (String) -> String?) -> String? {
        guard word.hasSuffix("ed"), word.count > 3 else { return nil }
        let base = String(word.dropLast(2))
        var stems = [base + "e", base]
        if let single = undoubled(base) { stems.append(single) }
        if base.hasSuffix("i") { stems.append(base.dropLast() + "y") }
        return stems.lazy.compactMap(stem).first.flatMap(withED)
    }

    private static func progressive(_ word: String, _ stem: (String) -> String?) -> String? {
        guard word.hasSuffix("ing"), word.count > 4 else { return nil }
        let base = String(word.dropLast(3))
        let stems = [base, base + "e"] + (undoubled(base).map { [$0] } ?? [])
        return stems.lazy.compactMap(stem).first.map(withING)
    }

    /// `stop` of `stopp`.
    private static func undoubled(_ base: String) -> String? {
        guard base.count > 3, let last = base.last, base.dropLast().last == last, !"aeiou".contains(last) else {
            return nil
        }
        return String(base.dropLast())
    }

    // MARK: - Sounds

    /// Vowels after which an American t becomes a tap.
    private static let tapping = Set("AIOWYiuæɑəɛɪɹʊʌ".unicodeScalars)

    private static func withS(_ stem: String) -> String? {
        guard let last = stem.unicodeScalars.last else { return nil }
        if "ptkfθ".unicodeScalars.contains(last) { return stem + "s" }
        return stem + ("szʃʒʧʤ".unicodeScalars.contains(last) ? "ᵻz" : "z")
    }

    private static func withED(_ stem: String) -> String? {
        guard let last = stem.unicodeScalars.last else { return nil }
        if "pkfθʃsʧ".unicodeScalars.contains(last) { return stem + "t" }
        if last == "d" { return stem + "ᵻd" }
        return last == "t" ? tapped(stem) + "ᵻd" : stem + "d"
    }

    private static func withING(_ stem: String) -> String {
        (stem.unicodeScalars.last == "t" ? tapped(stem) : stem) + "ɪŋ"
    }

    /// The stem, its last t a tap if a vowel is before it.
    private static func tapped(_ stem: String) -> String {
        guard let before = stem.unicodeScalars.dropLast().last, tapping.contains(before) else { return stem }
        return stem.dropLast() + "ɾ"
    }
}
