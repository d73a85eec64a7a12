/// Closes the seams where something was dropped: no double spaces, no sentences without a space between, and no white
/// space in front of the answer.
struct AnswerSeams: AnswerStage, Sendable {
    private var last: Unicode.Scalar?
    private var hasGap = false

    mutating func take(_ unit: AnswerUnit, into output: inout [AnswerUnit]) {
        switch unit {
        case .gap: hasGap = true
        case .retraction:
            let hadText = last != nil
            self = AnswerSeams()
            if hadText { output.append(unit) }
        case .text(let scalar), .code(let scalar):
            guard let last else {
                if scalar.isSpace { return }
                break
            }
            guard hasGap else { break }
            if last.isSpace, scalar == " " || scalar == "\t" { return }
            if !last.isSpace, last.isTerminator, !last.isWideTerminator, scalar.isWordScalar {
                output.append(.text(" "))
            }
        }
        if case .text(let scalar) = unit { note(scalar, &output) }
        if case .code(let scalar) = unit { note(scalar, &output) }
    }

    private mutating func note(_ scalar: Unicode.Scalar, _ output: inout [AnswerUnit]) {
        (last, hasGap) = (scalar, false)
        output.append(.text(scalar))
    }

    mutating func finish(into output: inout [AnswerUnit]) {}
}
