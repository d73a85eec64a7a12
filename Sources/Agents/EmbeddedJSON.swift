import JSONText

/// Objects and lists of JSON that stand somewhere in what a model wrote.
enum EmbeddedJSON {
    /// A text of nothing but brackets must not be parsed once for each of them.
    private static let mostTries = 8

    /// Texts that begin with a bracket and end with the one that closes it, in their order; the first few.
    static func candidates(in text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        return bytes.indices.lazy
            .filter { bytes[$0] == UInt8(ascii: "{") || bytes[$0] == UInt8(ascii: "[") }
            .prefix(mostTries)
            .compactMap { start in end(of: bytes, from: start).map { bytes[start...$0] } }
    }

    /// Their values as Foundation has them; what is no JSON is left out.
    static func values(in text: String) -> [Any] {
        candidates(in: text).compactMap { try? JSONReader.foundationValue(from: $0) }
    }

    /// Where the object or list ends that begins at `start`.
    private static func end(of text: [UInt8], from start: Int) -> Int? {
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
