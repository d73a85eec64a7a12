/// Reads tokens such as `[EMAIL_ADDRESS_1]`, also as models mangle them: in small letters, without a bracket or both, with
/// spaces or hyphens, with the backslashes of Markdown.
///
/// - In brackets: a space may stand inside each bracket, and `_`, `\_`, `-` or a space between the words.
/// - The closing bracket may be missing; so may both, and then only `_` and `\_` join the words.
/// - The number has 1…3 digits and no leading zero.
struct TokenReader: Sendable {
    enum Reading: Equatable {
        case none
        /// It depends on what follows.
        case undecided
        /// The token with that name, in small letters, ends before `end`.
        case token(name: String, number: Int, end: Int)
    }

    /// In small letters, word by word.
    private let names: [(name: String, letters: [Unicode.Scalar])]

    /// - Parameter names: as `PIIMasking.isName` wants them.
    init(names: some Sequence<String>) {
        self.names = Set(names.map { $0.lowercased() }).sorted().map { ($0, Array($0.unicodeScalars)) }
    }

    private enum Form { case escaped, bracketed, bare }

    /// What begins at a place of a text.
    /// - Parameters:
    ///   - previous: the scalar before it.
    ///   - isEnd: whether nothing follows the text.
    func read(_ text: [Unicode.Scalar], at start: Int, after previous: Unicode.Scalar?, isEnd: Bool) -> Reading {
        let forms: [(Form, Int)]
        switch text[start] {
        case "\\":
            guard text.indices.contains(start + 1) else { return isEnd ? .none : .undecided }
            guard text[start + 1] == "[" else { return .none }
            forms = [(.escaped, start + 2)]
        case "[": forms = [(.bracketed, start + 1)]
        case let first where first.isASCII && first.properties.isAlphabetic:
            if previous.map({ Scan.isWordly($0) || $0 == "_" }) == true { return .none }
            forms = [(.bare, start)]
        default: return .none
        }
        var isUndecided = false
        for (form, index) in forms {
            for (name, letters) in names {
                switch read(text, letters, at: index, form, isEnd) {
                case .none: continue
                case .undecided: isUndecided = true
                case .token(_, let number, let end): return .token(name: name, number: number, end: end)
                }
            }
        }
        return isUndecided ? .undecided : .none
    }

    private func read(
        _ text: [Unicode.Scalar], _ letters: [Unicode.Scalar], at start: Int, _ form: Form, _ isEnd: Bool
    ) -> Reading {
        let open: Reading = isEnd ? .none : .undecided
        var index = start
        if form != .bare {
            guard index < text.count else { return open }
            if text[index] == " " { index += 1 }
        }
        for letter in letters + ["_"] {
            guard index < text.count else { return open }
            if letter == "_" {
                if text[index] == "\\" {
                    index += 1
                    guard index < text.count else { return open }
                    guard text[index] == "_" else { return .none }
                } else {
                    let isJoint = text[index] == "_" || form != .bare && (text[index] == " " || text[index] == "-")
                    guard isJoint else { return .none }
                }
            } else {
                guard text[index].isASCII, text[index].value | 0x20 == letter.value else { return .none }
            }
            index += 1
        }
        var number = 0
        let first = index
        while index < text.count, (0x30...0x39).contains(text[index].value) {
            number = number * 10 + Int(text[index].value) - 0x30
            index += 1
            if number == 0 || index - first > 3 { return .none }
        }
        guard index < text.count || isEnd else { return .undecided }
        guard index > first else { return .none }
        return close(text, number, at: index, form, isEnd)
    }

    /// What stands behind the number.
    private func close(_ text: [Unicode.Scalar], _ number: Int, at end: Int, _ form: Form, _ isEnd: Bool) -> Reading {
        if end < text.count, Scan.isWordly(text[end]) || text[end] == "_" { return .none }
        let token = Reading.token(name: "", number: number, end: end)
        var index = end
        switch form {
        case .bare: return token
        case .bracketed:
            if index < text.count, text[index] == " " { index += 1 }
            guard index < text.count else { return isEnd ? token : .undecided }
            return text[index] == "]" ? .token(name: "", number: number, end: index + 1) : token
        case .escaped:
            if index < text.count, text[index] == " " { index += 1 }
            guard index + 1 < text.count else { return isEnd ? .none : .undecided }
            return text[index] == "\\" && text[index + 1] == "]"
                ? .token(name: "", number: number, end: index + 2) : .none
        }
    }
}
