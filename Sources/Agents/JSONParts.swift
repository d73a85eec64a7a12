import JSONText

/// The JSON that stands somewhere in a model's answer.
enum JSONParts {
    /// A text of nothing but brackets must not be parsed once for each of them.
    private static let most = 8

    /// The objects and lists in `text`, those inside others as well, in the order in which they begin.
    static func read(in text: String) -> some Sequence<Any> {
        let bytes = Array(text.utf8)
        let starts = bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "{") || bytes[$0] == UInt8(ascii: "[") }
        return starts.prefix(most).lazy.compactMap { start in
            end(of: bytes, from: start).flatMap { try? JSONReader.foundationValue(from: bytes[start...$0]) }
        }
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
