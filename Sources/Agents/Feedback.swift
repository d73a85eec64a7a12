import JSONText
import ProviderKit
import SpeechText

/// What a caller has answered to questions, as a model has read it.
public struct Feedback: Equatable, Sendable {
    /// One answer.
    public struct Value: Equatable, Sendable {
        /// The question's name.
        public var name: String
        /// The answer, as text.
        public var text: String
    }

    /// Longer texts are cut, in characters.
    public static let longestText = 1000

    /// What was answered, in the order of the questions.
    public private(set) var values: [Value] = []

    /// Reads the first object of JSON in a model's `text`. A value that is not of its question's kind was not answered.
    /// - Returns: nil when no object can be read: what the caller meant is not known.
    public init?(reading text: String, of questions: [Question]) {
        let objects = EmbeddedJSON.candidates(in: AnswerFilter.choice(in: text)).lazy.compactMap(Self.object)
        guard let object = objects.first else { return nil }
        for question in questions {
            guard let value = object[question.name].flatMap({ Self.text(of: $0, question.kind) }) else { continue }
            values.append(Value(name: question.name, text: value))
        }
    }

    /// The questions that must be answered and were not.
    public func missing(of questions: [Question]) -> [Question] {
        questions.filter { question in question.isRequired && !values.contains { $0.name == question.name } }
    }

    /// The answers, a line each.
    public var lines: String { values.map { "\($0.name): \($0.text)" }.joined(separator: "\n") }

    private static func object(_ text: ArraySlice<UInt8>) -> JSON? {
        guard let json = try? JSON(reading: text), case .object = json else { return nil }
        return json
    }

    private static func text(of value: JSON, _ kind: Question.Kind) -> String? {
        switch (kind, value) {
        case (.text, .string(let text)):
            let line = Prompt.oneLine(text)
            return line.allSatisfy(\.isWhitespace) ? nil : String(line.prefix(longestText))
        case (.truth, .bool(let holds)): return holds ? "yes" : "no"
        case (.truth, .string(let text)): return Verdict.read(text).map { $0 ? "yes" : "no" }
        case (.integer, .int(let number)), (.number, .int(let number)): return String(number)
        case (.integer, .double(let number)): return Int(exactly: number).map { String($0) }
        case (.number, .double(let number)): return number.isFinite ? String(number) : nil
        case (.integer, .string(let text)): return Int(text).map { String($0) }
        case (.number, .string(let text)):
            return Double(text).flatMap { $0.isFinite ? text : nil }
        default: return nil
        }
    }
}
