/// Places in a text where a value is to stand: a name in braces, such as `{caller}`.
///
/// A name has 1…64 letters, digits and underscores of ASCII and does not begin with a digit. Other text in braces is text.
public enum Placeholders {
    /// The longest name.
    public static let longestName = 64

    /// Whether something can have that name.
    public static func isName(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= longestName, !isDigit(first) else { return false }
        return bytes.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
    }

    /// The names in `text`, each once, in the order in which they stand.
    public static func names(in text: String) -> [String] {
        parts(of: text).reduce(into: []) { names, part in
            if case .name(let name) = part, !names.contains(name) { names.append(name) }
        }
    }

    /// `text` with what `value` gives for each name; where it gives nil the placeholder stays. A value is not read again.
    public static func replaced(in text: String, _ value: (String) -> String?) -> String {
        parts(of: text).map { part in
            switch part {
            case .text(let text): text
            case .name(let name): value(name) ?? "{\(name)}"
            }
        }
        .joined()
    }

    /// The same for a line that is said: what has no value, or an empty one, is left out, and the spaces around it are mended.
    public static func spoken(_ line: String, _ value: (String) -> String?) -> String {
        var result = ""
        var isMending = false
        for part in parts(of: line) {
            switch part {
            case .name(let name):
                let found = value(name) ?? ""
                isMending = isMending || found.isEmpty
                if !found.isEmpty { append(found, to: &result, &isMending) }
            case .text(let text): append(text, to: &result, &isMending)
            }
        }
        if isMending { while result.last?.isWhitespace == true { result.removeLast() } }
        return result
    }

    /// Adds what follows. Behind a gap no space comes twice, none at the beginning, and none before a mark of punctuation;
    /// a comma before the gap goes where the sentence ends.
    private static func append(_ text: String, to result: inout String, _ isMending: inout Bool) {
        defer { isMending = false }
        guard isMending else { return result += text }
        var rest = text[...]
        if result.isEmpty || result.last?.isWhitespace == true { rest = rest.drop(while: \.isWhitespace) }
        if let mark = rest.first, ",.;:!?".contains(mark) {
            while let last = result.last, last.isWhitespace || last == "," { result.removeLast() }
            if result.isEmpty { rest = rest.dropFirst().drop(while: \.isWhitespace) }
        }
        result += rest
    }

    private enum Part {
        case text(String)
        case name(String)
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            let inside = rest[rest.index(after: open)...]
            plain += rest[..<open]
            guard let close = inside.firstIndex(where: { $0 == "}" || $0 == "{" }), inside[close] == "}",
                isName(inside[..<close])
            else {
                plain += "{"
                rest = inside
                continue
            }
            if !plain.isEmpty { parts.append(.text(plain)) }
            plain = ""
            parts.append(.name(String(inside[..<close])))
            rest = inside[inside.index(after: close)...]
        }
        plain += rest
        return plain.isEmpty ? parts : parts + [.text(plain)]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
