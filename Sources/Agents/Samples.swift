import Foundation
import SpeechText

/// Questions by which an agent is tried, as a model invented them.
public enum Samples {
    /// A longer question is cut, in Unicode scalars.
    public static let longest = 500

    /// Reads the answer of a model that was asked for questions: JSON with a list under `samples`, or a list alone. Thoughts are
    /// ignored.
    /// - Returns: at most `most`, none twice; empty when there is no such list.
    public static func read(_ text: String, atMost most: Int) -> [String] {
        let text = AnswerFilter.choice(in: String(text.prefix(Assignment.longestAnswer)))
        var found: [String] = []
        for part in EmbeddedJSON.values(in: text) {
            let list = (part as? [String: Any])?["samples"] as? [Any] ?? part as? [Any] ?? []
            for words in list.compactMap({ $0 as? String }) {
                let sample = String(Prompt.oneLine(words).unicodeScalars.prefix(longest))
                guard sample.contains(where: { !$0.isWhitespace }), !found.contains(sample) else { continue }
                found.append(sample)
                if found.count == most { return found }
            }
            if !found.isEmpty { return found }
        }
        return found
    }
}
