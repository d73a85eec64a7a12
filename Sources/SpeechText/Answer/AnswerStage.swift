/// What the stages of an `AnswerFilter` hand on, in the order of the answer.
enum AnswerUnit: Equatable, Sendable {
    /// A scalar of the answer.
    case text(Unicode.Scalar)
    /// A scalar of a fenced block of code, which stays as it is.
    case code(Unicode.Scalar)
    /// Something was dropped here.
    case gap
    /// Everything before was a thought.
    case retraction
}

/// One step of an `AnswerFilter`. It decides scalar by scalar, so how a text is cut cannot change what it gives out.
protocol AnswerStage {
    /// Takes one unit and appends what is now certain to `output`.
    mutating func take(_ unit: AnswerUnit, into output: inout [AnswerUnit])
    /// Ends the text and appends what is left of it to `output`.
    mutating func finish(into output: inout [AnswerUnit])
}

extension AnswerStage {
    /// What becomes of `units`.
    mutating func pass(_ units: [AnswerUnit]) -> [AnswerUnit] {
        var output: [AnswerUnit] = []
        for unit in units { take(unit, into: &output) }
        return output
    }

    /// What becomes of `units`, the last ones.
    mutating func end(_ units: [AnswerUnit]) -> [AnswerUnit] {
        var output = pass(units)
        finish(into: &output)
        return output
    }
}

/// Whether the next scalar may begin something that stands by itself: a sentence, a line.
struct SentenceStart: Equatable, Sendable {
    /// Whether a sentence ended before, or nothing stands before.
    private var hasEnded = true
    /// What stands directly before.
    private(set) var last: Unicode.Scalar?
    /// The last scalar that is no white space.
    private(set) var lastMark: Unicode.Scalar?

    /// Whether a sentence may begin here.
    var isHere: Bool { hasEnded && (last?.isSpace ?? true) }

    /// Takes the scalar that stands here.
    mutating func note(_ scalar: Unicode.Scalar) {
        last = scalar
        if scalar == "\n" || scalar.isTerminator || scalar.isPictogram {
            hasEnded = true
        } else if !scalar.isSpace, !scalar.isClosing, !scalar.belongsToNeighbour {
            hasEnded = false
        }
        if !scalar.isSpace { lastMark = scalar }
    }
}

extension Unicode.Scalar {
    /// Whether it may stand in the name of a tag or a token.
    var isNameScalar: Bool {
        self == "_" || self == "-" || self == "." || self == ":" || self == "▁" || isWordScalar
    }

    /// A letter or a digit.
    var isWordScalar: Bool { properties.isAlphabetic || isDigit }

    /// An emoji or another picture.
    var isPictogram: Bool { properties.generalCategory == .otherSymbol }

    /// The lower-case form, where it is one scalar; else itself.
    var lowercased: Unicode.Scalar {
        let small = properties.lowercaseMapping.unicodeScalars
        return small.count == 1 ? small.first ?? self : self
    }
}

extension Sequence<Unicode.Scalar> {
    /// The text of these scalars.
    var text: String {
        var view = String.UnicodeScalarView()
        for scalar in self { view.append(scalar) }
        return String(view)
    }
}
