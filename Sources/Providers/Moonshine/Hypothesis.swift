import Foundation

/// What the model made of a piece of audio.
struct Hypothesis: Equatable, Sendable {
    /// The words, with capitals and punctuation.
    let text: String
    /// How sure the model was of each token: natural logarithms of probabilities, the end's included.
    let logProbabilities: [Double]

    /// The mean of the tokens' logarithms; speech has about -0.1, in noise -0.2.
    var meanLogProbability: Double {
        logProbabilities.isEmpty ? 0 : logProbabilities.reduce(0, +) / Double(logProbabilities.count)
    }

    /// How sure the model was of a token, as a geometric mean; 0…1.
    var confidence: Double { exp(meanLogProbability) }

    /// One after the other, without those that are hardly speech.
    static func joining(_ pieces: [Hypothesis]) -> Hypothesis {
        let spoken = pieces.filter { !$0.plausibleText.isEmpty }
        return Hypothesis(
            text: spoken.map(\.text).joined(separator: " "), logProbabilities: spoken.flatMap(\.logProbabilities))
    }

    /// The words, or none when the audio was hardly speech.
    ///
    /// The model was trained on speech alone, so it finds words in coughs and hums, too. It is unsure of them; and without
    /// speech it falls back on what subtitles end with. docs/adr/0015-local-neural-engines.md has the measurements.
    var plausibleText: String {
        let mean = meanLogProbability
        if mean < -0.8 || !text.unicodeScalars.contains(where: \.isLatinOrDigit) { return "" }
        switch text.lowercased().filter(\.isLetter) {
        // Of some knocks it is as sure as of speech. Hardly anybody says this word alone.
        case "you": return ""
        case "thankyouforwatching", "thanksforwatching": return mean < -0.25 ? "" : text
        default: return text
        }
    }
}

extension Unicode.Scalar {
    /// Whether English is written with it.
    fileprivate var isLatinOrDigit: Bool {
        switch self {
        case "0"..."9", "a"..."z", "A"..."Z", "\u{C0}"..."\u{24F}": true
        default: false
        }
    }
}
