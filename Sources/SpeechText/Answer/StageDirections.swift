/// Takes stage directions (`*smiles*`, `(laughs softly)`, `[clears throat]`) and the mark of an interruption
/// (`[INTERRUPTED]`) out of a model's text.
///
/// A direction must stand where a sentence may begin: at the beginning of the answer, of a line or behind a sentence or an
/// emoji. Its words must be those of a direction (`DirectionWords`). So `*very*` in a sentence, `*Kein* Problem`,
/// `(about ten euros)`, `* item`, `[1]` and `[text](address)` stay. When in doubt the text stays: a direction that is read
/// out does less harm than words that are lost. The mark of an interruption goes wherever it stands.
struct StageDirections: AnswerStage, Sendable {
    /// A direction is at most this many scalars long.
    static let longest = 64

    private enum State {
        /// Text comes.
        case text
        /// Behind a mark that may open a direction. `canDirect`: whether a sentence may begin there.
        case inside([Unicode.Scalar], canDirect: Bool)
        /// Behind a direction, if what follows allows it. What was taken, with the white space behind it.
        case behind([Unicode.Scalar], DirectionWords.Reading)
        /// Behind a direction that is gone: its full stop goes, too.
        case gone
    }

    private var state = State.text
    private var start = SentenceStart()

    mutating func take(_ unit: AnswerUnit, into output: inout [AnswerUnit]) {
        switch unit {
        case .text(let scalar): take(scalar, &output)
        case .code(let scalar):
            release(&output)
            start.note(scalar)
            output.append(unit)
        case .gap:
            if case .inside = state { return }
            output.append(unit)
        case .retraction:
            self = StageDirections()
            output.append(unit)
        }
    }

    mutating func finish(into output: inout [AnswerUnit]) {
        if case .inside(let taken, _) = state, taken.count >= 5, DirectionWords.mayBeInterruption(Self.words(in: taken))
        {
            state = .text
        }
        release(&output)
    }

    /// Gives out what was held, unless it is a direction.
    private mutating func release(_ output: inout [AnswerUnit]) {
        switch state {
        case .text: break
        case .inside(let taken, _): say(taken, &output)
        case .behind, .gone: output.append(.gap)
        }
        state = .text
    }

    private mutating func take(_ scalar: Unicode.Scalar, _ output: inout [AnswerUnit]) {
        switch state {
        case .text: begin(scalar, &output)
        case .inside(let taken, let canDirect): take(scalar, behind: taken, canDirect, &output)
        case .behind(let taken, let reading): take(scalar, behind: taken, reading, &output)
        case .gone:
            if scalar.isTerminator { return }
            output.append(.gap)
            state = .text
            begin(scalar, &output)
        }
    }

    private mutating func begin(_ scalar: Unicode.Scalar, _ output: inout [AnswerUnit]) {
        let isBracket = Self.closing(scalar) != nil && scalar != "*" && scalar != "_"
        if isBracket || (start.isHere && Self.closing(scalar) != nil) {
            state = .inside([scalar], canDirect: start.isHere)
        } else {
            say([scalar], &output)
        }
    }

    private mutating func say(_ scalars: [Unicode.Scalar], _ output: inout [AnswerUnit]) {
        for scalar in scalars {
            start.note(scalar)
            output.append(.text(scalar))
        }
    }

    private static func closing(_ opening: Unicode.Scalar) -> Unicode.Scalar? {
        switch opening {
        case "*", "_": opening
        case "(": ")"
        case "（": "）"
        case "[": "]"
        default: nil
        }
    }

    private static func words(in taken: [Unicode.Scalar]) -> [Unicode.Scalar] { Array(taken.dropFirst()) }

    private mutating func take(
        _ scalar: Unicode.Scalar, behind taken: [Unicode.Scalar], _ canDirect: Bool, _ output: inout [AnswerUnit]
    ) {
        let words = Self.words(in: taken)
        if scalar == Self.closing(taken[0]) {
            let isEmphasis = scalar == "*" || scalar == "_"
            let reading = DirectionWords.read(words, isEmphasis: isEmphasis)
            if reading == .interruption {
                state = .text
                output.append(.gap)
            } else if canDirect, reading != .text {
                state = .behind(taken + [scalar], reading)
            } else {
                state = .text
                say(taken + [scalar], &output)
            }
            return
        }
        let more = words + [scalar]
        let mayDirect = canDirect && DirectionWords.mayBegin(more)
        if taken.count < Self.longest, mayDirect || (taken[0] != "_" && DirectionWords.mayBeInterruption(more)) {
            state = .inside(taken + [scalar], canDirect: canDirect)
        } else {
            state = .text
            say(taken, &output)
            begin(scalar, &output)
        }
    }

    private mutating func take(
        _ scalar: Unicode.Scalar, behind taken: [Unicode.Scalar], _ reading: DirectionWords.Reading,
        _ output: inout [AnswerUnit]
    ) {
        let isAdjacent = Self.closing(taken[0]) == taken.last
        var goes: Bool
        switch reading {
        case .text, .interruption: goes = false
        case .direction: goes = true
        case .unlessSmallFollows:
            if scalar == " ", taken.count < Self.longest + 8 {
                state = .behind(taken + [scalar], reading)
                return
            }
            goes = !scalar.properties.isLowercase
        }
        // `[laughs](address)`, `*Laughter*, they say`.
        if isAdjacent, !scalar.isSpace, !scalar.isTerminator, !scalar.properties.isAlphabetic { goes = false }
        state = goes ? .gone : .text
        if goes {
            take(scalar, &output)
        } else {
            say(taken, &output)
            begin(scalar, &output)
        }
    }
}
