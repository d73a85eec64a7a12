import Foundation
import SpeechText

/// How good a model found an answer.
public struct Score: Equatable, Sendable {
    /// Within the scale.
    public var value: Double
    /// Why, in the model's words, on one line; may be empty.
    public var reason: String

    /// How good an answer is.
    public init(value: Double, reason: String = "") {
        self.value = value
        self.reason = reason
    }

    /// A longer reason is cut, in Unicode scalars.
    public static let longestReason = 300

    /// Reads the answer of a model that was asked for a score within `scale`: JSON with a number under `score`, or a number and
    /// nothing else. Thoughts are ignored.
    /// - Returns: nil when there is no such number, or when it lies outside of the scale.
    public static func read(_ text: String, in scale: ClosedRange<Int>) -> Score? {
        let text = AnswerFilter.choice(in: String(text.prefix(Assignment.longestAnswer)))
        for part in EmbeddedJSON.values(in: text) {
            guard let fields = part as? [String: Any], let value = number(fields["score"]) else { continue }
            guard contains(value, scale) else { return nil }
            let reason = Prompt.oneLine(fields["reason"] as? String ?? "")
            return Score(value: value, reason: String(reason.unicodeScalars.prefix(longestReason)))
        }
        guard let value = Double(text.split(whereSeparator: \.isWhitespace).joined(separator: " ")),
            contains(value, scale)
        else { return nil }
        return Score(value: value)
    }

    private static func number(_ value: Any?) -> Double? {
        switch value {
        case let text as String: Double(text)
        // A truth value is a number, too.
        case let number as NSNumber where number.objCType.pointee != CChar(UInt8(ascii: "c")): number.doubleValue
        default: nil
        }
    }

    private static func contains(_ value: Double, _ scale: ClosedRange<Int>) -> Bool {
        value >= Double(scale.lowerBound) && value <= Double(scale.upperBound)
    }
}
