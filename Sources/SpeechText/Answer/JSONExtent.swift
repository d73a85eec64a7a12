/// Where a JSON object or array ends. It follows brackets and strings only, with a counter instead of a stack.
struct JSONExtent: Equatable, Sendable {
    /// So many scalars are enough to tell JSON from text.
    static let longestHead = 96

    /// What the beginning of a text is.
    enum Judgement: Equatable {
        /// It may still become either.
        case unknown
        case text
        /// JSON, with the quotation mark of its strings.
        case json(quote: Unicode.Scalar)
    }

    private let quote: Unicode.Scalar
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    init(quote: Unicode.Scalar) { self.quote = quote }

    /// Takes the next scalar.
    /// - Returns: whether the outermost bracket closes with it.
    mutating func ends(with scalar: Unicode.Scalar) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if isInString {
            if scalar == "\\" { isEscaped = true }
            if scalar == quote { isInString = false }
        } else if scalar == quote {
            isInString = true
        } else if scalar == "{" || scalar == "[" {
            depth += 1
        } else if scalar == "}" || scalar == "]" {
            depth -= 1
            return depth <= 0
        }
        return false
    }

    /// What begins with `text`, whose first scalar is `{` or `[`: an object with a quoted key, an empty object, an array
    /// of objects or of strings. `[1]`, `[see below]` and `{name}` are text.
    static func judge(_ text: [Unicode.Scalar]) -> Judgement {
        if text.count > longestHead { return .text }
        var rest = text[...]
        let isArray = rest.first == "["
        skip(&rest)
        if isArray, rest.first == "{" {
            skip(&rest)
        } else if isArray, let first = rest.first, first != "\"" {
            return .text
        }
        guard let quote = rest.first else { return .unknown }
        if quote == "}" { return .json(quote: "\"") }
        guard quote == "\"" || quote == "'" else { return .text }
        rest.removeFirst()
        while let scalar = rest.first, scalar != quote {
            if scalar == "\n" { return .text }
            rest = rest.dropFirst(scalar == "\\" ? 2 : 1)
        }
        if rest.isEmpty { return .unknown }
        skip(&rest)
        guard let mark = rest.first else { return .unknown }
        let isList = isArray && text.first { $0 == "{" || $0 == "\"" } == "\""
        return mark == ":" && !isList || (isList && (mark == "," || mark == "]")) ? .json(quote: quote) : .text
    }

    /// Takes the first scalar and the white space behind it away.
    private static func skip(_ text: inout ArraySlice<Unicode.Scalar>) {
        text = text.dropFirst().drop { $0.isSpace }
    }
}
