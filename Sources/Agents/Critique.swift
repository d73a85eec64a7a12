import JSONText
import SpeechText

/// What a model finds of a draft of its own answer.
public enum Critique: Equatable, Sendable {
    /// The draft can stand as it is.
    case good
    /// What is to be mended; may be empty when the model does not say.
    case flawed([String])

    /// So many characters of a model's answer are read.
    public static let longestAnswer = 8_000
    /// Further flaws are left out.
    public static let mostFlaws = 8
    /// A flaw is cut at this many Unicode scalars.
    public static let longestFlaw = 500

    /// Reads the answer of a model that was asked for `AnswerForm.critique`, with prose around it perhaps. Thoughts are
    /// ignored.
    /// - Returns: nil when the answer does not say whether the draft is good.
    public static func read(_ text: String) -> Critique? {
        for candidate in EmbeddedJSON.candidates(in: AnswerFilter.choice(in: String(text.prefix(longestAnswer)))) {
            guard let value = try? JSON(reading: candidate), case .bool(let isGood)? = value["good"] else { continue }
            return isGood ? .good : .flawed(flaws(value["flaws"]))
        }
        return nil
    }

    private static func flaws(_ value: JSON?) -> [String] {
        let items: [JSON]
        switch value {
        case .array(let list): items = list
        case let single?: items = [single]
        case nil: items = []
        }
        let texts = items.lazy.compactMap(\.string).map { flaw in
            String(Prompt.oneLine(flaw).unicodeScalars.drop { $0.properties.isWhitespace }.prefix(longestFlaw))
        }
        return Array(texts.filter { !$0.isEmpty }.prefix(mostFlaws))
    }
}
