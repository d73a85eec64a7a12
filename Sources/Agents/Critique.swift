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
    /// So many beginnings of an object are tried: a text of nothing but brackets is not parsed once for each.
    private static let mostBeginnings = 8

    /// Reads the answer of a model that was asked for `AnswerForm.critique`, with prose around it perhaps. Thoughts are
    /// ignored.
    /// - Returns: nil when the answer does not say whether the draft is good.
    public static func read(_ text: String) -> Critique? {
        let bytes = Array(AnswerFilter.choice(in: String(text.prefix(longestAnswer))).utf8)
        let starts = bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "{") }.prefix(mostBeginnings)
        for start in starts {
            guard let end = JSONPlace.end(of: bytes, from: start),
                let value = try? JSON(reading: bytes[start...end]), case .bool(let isGood)? = value["good"]
            else { continue }
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

/// Where JSON stands in a text.
enum JSONPlace {
    /// Where the object or list ends that begins at `start`.
    static func end(of text: [UInt8], from start: Int) -> Int? {
        var (depth, isInString, isEscaped) = (0, false, false)
        for index in start..<text.count {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isInString: isEscaped = true
            case UInt8(ascii: "\""): isInString.toggle()
            case _ where isInString: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }
}
