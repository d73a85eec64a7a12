/// What is known of the alphabet in which the network reads: IPA, with one letter for each diphthong and affricate.
enum Phonemes {
    static let primary: Unicode.Scalar = "ˈ"
    static let secondary: Unicode.Scalar = "ˌ"

    /// What a word begins with; decides how "the", "to" and others before it are said.
    enum Onset: Equatable { case vowel, consonant }

    private static let vowels = Set("AIOQWYaiuæɑɒɐɔəɛɜɪʊʌᵊᵻ".unicodeScalars)

    static func isVowel(_ scalar: Unicode.Scalar) -> Bool { vowels.contains(scalar) }

    /// nil when nothing is said.
    static func onset(of phonemes: String) -> Onset? {
        phonemes.unicodeScalars.first { $0 != primary && $0 != secondary && $0 != " " }
            .map { isVowel($0) ? .vowel : .consonant }
    }

    static func isStressed(_ phonemes: String) -> Bool {
        phonemes.unicodeScalars.contains { $0 == primary || $0 == secondary }
    }

    /// A word without stress gets `mark` before its first vowel. With the primary mark, a secondary one is raised, too.
    static func stressed(_ phonemes: String, _ mark: Unicode.Scalar) -> String {
        var scalars = Array(phonemes.unicodeScalars)
        if scalars.contains(primary) { return phonemes }
        if let weak = scalars.firstIndex(of: secondary) {
            if mark == primary { scalars[weak] = primary }
        } else if let vowel = scalars.firstIndex(where: isVowel) {
            scalars.insert(mark, at: vowel)
        }
        return text(scalars)
    }

    /// Every primary stress becomes a secondary one.
    static func weakened(_ phonemes: String) -> String {
        text(phonemes.unicodeScalars.map { $0 == primary ? secondary : $0 })
    }

    /// As the network was taught: a flapped t has a letter of its own, a glottal stop is a t.
    static func taught(_ phonemes: String) -> String {
        text(phonemes.unicodeScalars.map { $0 == "ɾ" ? "T" : $0 == "ʔ" ? "t" : $0 })
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
