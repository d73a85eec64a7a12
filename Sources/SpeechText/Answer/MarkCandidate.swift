/// What may become a control mark: `<think a="b">`, `</think>`, `<|im_end|>`, `<｜end▁of▁sentence｜>`, `<|channel>`,
/// `<channel|>`, `<function=name>`, `[INST]`, `◁think▷`.
struct MarkCandidate: Sendable {
    /// A mark is at most this many scalars long; what is longer is text.
    static let longest = 128

    /// What one more scalar makes of it.
    enum Step {
        case more
        case mark(ControlMark)
        /// It is text; the scalar does not belong to it.
        case text
    }

    /// What was taken, as it stands in the text.
    private(set) var scalars: [Unicode.Scalar]
    /// Whether it stands behind a backtick that opens code: with one behind it, too, it is a quotation.
    let isQuoted: Bool
    private var part: Part
    private var name = ""
    private var isClosing = false

    /// The part of the mark that comes next.
    private enum Part {
        /// A mark that has one spelling only.
        case literal
        /// `<` was taken.
        case beginning
        /// The name of a tag.
        case tag
        /// White space, an attribute or the end of a tag.
        case attributes
        case attributeName
        case attributeValue
        case quotedValue(Unicode.Scalar)
        /// `/` before the end of a tag.
        case slash
        /// The name behind `=` in `<function=name>`.
        case argument
        /// `<|` was taken.
        case token
        /// `<|name|` was taken.
        case tokenEnd
        /// `<name|` was taken.
        case halfTokenEnd
    }

    /// Nil when no mark begins with `scalar`.
    init?(_ scalar: Unicode.Scalar, isQuoted: Bool) {
        switch scalar {
        case "<": part = .beginning
        case "[", "◁": part = .literal
        default: return nil
        }
        scalars = [scalar]
        self.isQuoted = isQuoted
    }

    /// Whether so much of it is there that it cannot be meant as text, should the answer end here.
    var isCertain: Bool { scalars.count >= 4 }

    /// Takes the next scalar.
    mutating func append(_ scalar: Unicode.Scalar) -> Step {
        if scalars.count >= Self.longest { return .text }
        let step = step(scalar)
        if case .text = step { return step }
        scalars.append(scalar)
        return step
    }

    private mutating func step(_ scalar: Unicode.Scalar) -> Step {
        let isBar = scalar == "|" || scalar == "｜"
        switch part {
        case .literal: return literal(scalar)
        case .beginning:
            if scalar == "<" || (isClosing && scalars.first == "<" && scalar == "<") {
                part = .literal
                return literal(scalar)
            }
            if scalar == "/", !isClosing {
                isClosing = true
            } else if isBar {
                part = .token
            } else if isClosing, scalar == " ", scalars.count < 4 {
                return .more
            } else {
                part = .tag
                return scalar.isWordScalar ? named(scalar) : .text
            }
            return .more
        case .tag: return tag(scalar, isBar: isBar)
        case .attributes, .attributeName, .attributeValue, .quotedValue, .slash: return attribute(scalar)
        case .argument:
            if scalar == ">" { return ending() }
            return scalar.isNameScalar ? .more : .text
        case .token: return token(scalar, isBar: isBar)
        case .tokenEnd:
            if scalar == ">" { return .mark(ControlMark.token(name, isClosing: isClosing)) }
            guard ControlMark.isNameSpace(name), scalar.isWordScalar else { return .text }
            (part, name) = (.tag, "")
            return named(scalar)
        case .halfTokenEnd:
            guard scalar == ">" else { return .text }
            return ControlMark.halfToken(name, isClosing: true).map { .mark($0) } ?? .text
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> Step {
        let text = (scalars + [scalar]).text
        if let mark = ControlMark.literal(text) { return .mark(mark) }
        return ControlMark.mayBecomeLiteral(text) ? .more : .text
    }

    // MARK: Tags

    private mutating func named(_ scalar: Unicode.Scalar) -> Step {
        if scalar == "_" || scalar == "-" { return .more }
        name.unicodeScalars.append(scalar.lowercased)
        return ControlMark.mayBecomeTag(name) || ControlMark.mayBecomeHalfToken(name) ? .more : .text
    }

    private mutating func tag(_ scalar: Unicode.Scalar, isBar: Bool) -> Step {
        switch scalar {
        case ">": return ending()
        case ":":
            guard ControlMark.isNameSpace(name) else { return .text }
            name = ""
        case "=":
            guard name == "function" || name == "invoke" else { return .text }
            part = .argument
        case "/":
            part = .slash
        case _ where scalar.isSpace:
            guard ControlMark.tag(name, isClosing: isClosing) != nil else { return .text }
            part = .attributes
        case _ where isBar:
            guard !isClosing else { return .text }
            part = .halfTokenEnd
        default: return scalar.isNameScalar ? named(scalar) : .text
        }
        return .more
    }

    private func ending() -> Step {
        ControlMark.tag(name, isClosing: isClosing).map { .mark($0) } ?? .text
    }

    private mutating func attribute(_ scalar: Unicode.Scalar) -> Step {
        switch part {
        case .quotedValue(let quote):
            if scalar == quote { part = .attributes }
        case .attributeName:
            if scalar == "=" {
                part = .attributeValue
            } else if !scalar.isNameScalar {
                return .text
            }
        case .attributeValue where scalar == "\"" || scalar == "'":
            part = .quotedValue(scalar)
        case .slash:
            guard scalar == ">", let mark = ControlMark.tag(name, isClosing: isClosing) else { return .text }
            // A block without content.
            if case .opens = mark { return .mark(.nothing) }
            return .mark(mark)
        default:
            if scalar == ">" { return ending() }
            if scalar == "/" {
                part = .slash
            } else if scalar.isSpace {
                part = .attributes
            } else if case .attributeValue = part {
                return scalar == "<" ? .text : .more
            } else if scalar.isWordScalar, ControlMark.takesAttributes(name) {
                part = .attributeName
            } else {
                return .text
            }
        }
        return .more
    }

    // MARK: Tokens

    private mutating func token(_ scalar: Unicode.Scalar, isBar: Bool) -> Step {
        if isBar {
            part = .tokenEnd
            return name.isEmpty ? .text : .more
        }
        if scalar == ">" {
            return ControlMark.halfToken(name, isClosing: false).map { .mark($0) } ?? .text
        }
        if scalar == "/", name.isEmpty, !isClosing {
            isClosing = true
            return .more
        }
        guard scalar.isNameScalar else { return .text }
        name.unicodeScalars.append(scalar == "▁" ? "_" : scalar.lowercased)
        return .more
    }
}
