import Foundation

/// The one place that parses JSON from elsewhere: Foundation's parsers behind a wall.
///
/// Foundation's `JSONDecoder` ends the process on some texts that nest more than 512 levels deep. So the depth is counted
/// first, in one pass over the bytes, and a text that nests too deeply is never handed on.
public enum JSONReader {
    /// The deepest nesting of arrays and objects that is read, in levels. No protocol here comes near it.
    public static let deepestLevel = 64

    /// Why a text was not handed to a parser.
    public enum Refusal: Error, Equatable, Sendable {
        /// Arrays and objects nest more than `deepestLevel` levels deep.
        case tooDeep
        /// The bytes are not text in UTF-8, or hold a NUL.
        case notText
    }

    /// Decodes a value from JSON in UTF-8.
    /// - Throws: `Refusal`, or what `JSONDecoder` throws.
    public static func decode<Value: Decodable>(_ type: Value.Type, from text: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(type, from: checked(text))
    }

    /// The value of a JSON text in UTF-8 as `JSONSerialization` makes it, of any shape.
    /// - Throws: `Refusal`, or what `JSONSerialization` throws.
    public static func foundationValue(from text: some Sequence<UInt8>) throws -> Any {
        try JSONSerialization.jsonObject(with: checked(text), options: .fragmentsAllowed)
    }

    private static func checked(_ text: some Sequence<UInt8>) throws(Refusal) -> Data {
        let data = Data(text)
        if let refusal = data.withUnsafeBytes({ refusal(of: $0) }) { throw refusal }
        return data
    }

    /// What keeps a text from being parsed; nil when nothing does. Looks at each byte once and knows nothing of grammar.
    static func refusal(of text: UnsafeRawBufferPointer) -> Refusal? {
        var (depth, isInString, isEscaped) = (0, false, false)
        for byte in text {
            // Without NUL no parser takes the text for UTF-16 or UTF-32, in which quotes and brackets stand elsewhere.
            if byte == 0 { return .notText }
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if byte == UInt8(ascii: "\"") { isInString = false } else { isEscaped = byte == UInt8(ascii: "\\") }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    if depth > deepestLevel { return .tooDeep }
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
                default: break
                }
            }
        }
        let isText = text.withMemoryRebound(to: UInt8.self) { (try? UTF8Span(validating: $0.span)) != nil }
        return isText ? nil : .notText
    }
}
