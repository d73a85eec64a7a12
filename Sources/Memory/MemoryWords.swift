import Foundation

/// The words of a text as memories find them: small letters without accents, whole.
///
/// Scripts that put no spaces between words (Han, kana, Hangul, Thai and its neighbours) count as pairs of neighbouring
/// characters: 日本語 is 日本 and 本語. A single character is found only where it stands alone.
public enum MemoryWords {
    /// The most words of a query that count.
    public static let mostOfQuery = 64
    /// Longer words are cut, in Unicode scalars.
    static let longest = 64

    /// The words of `text`, in order.
    public static func of(_ text: String) -> [String] {
        let folded = text.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        var words: [String] = []
        var run: [Unicode.Scalar] = []
        var runIsDense = false
        func end() {
            if run.isEmpty { return }
            if runIsDense, run.count > 1 {
                words += zip(run, run.dropFirst()).map { Self.text([$0, $1]) }
            } else {
                words.append(Self.text(run.prefix(longest)))
            }
            run = []
        }
        for scalar in folded.unicodeScalars {
            guard isPartOfWord(scalar, isFirst: run.isEmpty) else {
                end()
                continue
            }
            let isDense = isDense(scalar)
            if isDense != runIsDense, !isMark(scalar) {
                end()
                runIsDense = isDense
            }
            run.append(scalar)
        }
        end()
        return words
    }

    /// The words of a query, each once.
    public static func ofQuery(_ text: String) -> [String] {
        var seen: Set<String> = []
        var words: [String] = []
        for word in of(text) where words.count < mostOfQuery && seen.insert(word).inserted { words.append(word) }
        return words
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        if isMark(scalar) { return !isFirst }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Whether it is of a script without spaces between words.
    private static func isDense(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isIdeographic { return true }
        return switch scalar.value {
        // Thai and Lao, Myanmar, Hangul letters, Khmer, kana, Hangul syllables.
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x3040...0x30FF, 0x31F0...0x31FF,
            0xAC00...0xD7A3:
            true
        default: false
        }
    }
}
