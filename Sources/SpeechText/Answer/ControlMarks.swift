/// Takes thoughts, the tokens of chat templates and tool calls out of a model's text.
struct ControlMarks: AnswerStage, Sendable {
    /// Blocks in blocks are followed this deep; what opens deeper is a part of the block around it.
    static let deepest = 32

    private enum State {
        /// What comes is the answer. Exits: all others.
        case answer
        /// What comes is in blocks, innermost last. Exits: `answer`, `header`, `ended`.
        case within([ControlMark.Block])
        /// The head of a message comes. Exits: all others.
        case header(MessageHeader)
        /// The answer is over. No exits.
        case ended
    }

    private var state = State.answer
    private var candidate: MarkCandidate?
    /// A mark behind a backtick: a quotation, if a backtick follows.
    private var quotation: (mark: ControlMark, candidate: MarkCandidate)?
    /// Whether some of the answer was given out.
    private var hasText = false
    /// Whether a thought was seen: then no later one can have begun in the prompt.
    private var hasThought = false
    /// How many `<s>` of HTML are open.
    private var struck = 0
    private var last: Unicode.Scalar?
    /// Whether the number of backticks on this line is odd.
    private var isInCode = false

    /// Whether nothing more will come, whatever the model writes.
    var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    mutating func take(_ unit: AnswerUnit, into output: inout [AnswerUnit]) {
        guard case .text(let scalar) = unit, !hasEnded else { return }
        if let (mark, candidate) = quotation {
            quotation = nil
            if scalar == "`" {
                for scalar in candidate.scalars { write(scalar, &output) }
            } else {
                apply(mark, candidate, &output)
            }
        } else if var open = candidate {
            let step = open.append(scalar)
            candidate = nil
            switch step {
            case .more:
                candidate = open
                return
            case .mark(let mark):
                if open.isQuoted { quotation = (mark, open) } else { apply(mark, open, &output) }
                return
            case .text:
                for scalar in open.scalars { write(scalar, &output) }
            }
        }
        if hasEnded { return }
        candidate = MarkCandidate(scalar, isQuoted: isInCode && last == "`")
        if candidate == nil { write(scalar, &output) }
    }

    mutating func finish(into output: inout [AnswerUnit]) {
        if let (mark, candidate) = quotation { apply(mark, candidate, &output) }
        if let candidate, !candidate.isCertain {
            for scalar in candidate.scalars { write(scalar, &output) }
        }
        if case .header(let header) = state, header.message == nil || header.kind == .perhapsRole {
            say(header.scalars, &output)
        }
        (candidate, quotation, state) = (nil, nil, .ended)
    }

    private mutating func write(_ scalar: Unicode.Scalar, _ output: inout [AnswerUnit]) {
        if scalar == "`" { isInCode.toggle() }
        if scalar == "\n" { isInCode = false }
        last = scalar
        switch state {
        case .answer: say([scalar], &output)
        case .within, .ended: break
        case .header(var header):
            switch header.append(scalar) {
            case .more: state = .header(header)
            case .ends(let message, let rest):
                begin(message)
                if case .answer = state { say(rest, &output) }
            case .text:
                state = .answer
                say(header.scalars, &output)
            }
        }
    }

    private mutating func say(_ scalars: [Unicode.Scalar], _ output: inout [AnswerUnit]) {
        for scalar in scalars {
            output.append(.text(scalar))
            if !scalar.isSpace { hasText = true }
        }
    }

    private mutating func begin(_ message: MessageHeader.Message) {
        switch message {
        case .answer: state = .answer
        case .hidden:
            hasThought = true
            state = .within([.init(kind: .channel, name: "channel")])
        case .other: state = hasText ? .ended : .within([.init(kind: .foreign, name: "message")])
        }
    }

    // MARK: Marks

    private mutating func apply(_ mark: ControlMark, _ candidate: MarkCandidate, _ output: inout [AnswerUnit]) {
        last = candidate.scalars.last
        switch state {
        case .ended: break
        case .answer: applyToAnswer(mark, candidate, &output)
        case .within(let blocks): apply(mark, within: blocks, &output)
        case .header(let header):
            if let message = header.message {
                begin(message)
            } else {
                state = .answer
                say(header.scalars, &output)
            }
            if mark != .body { apply(mark, candidate, &output) }
        }
    }

    private mutating func applyToAnswer(
        _ mark: ControlMark, _ candidate: MarkCandidate, _ output: inout [AnswerUnit]
    ) {
        switch mark {
        case .opens(let block):
            if block.kind == .thought { hasThought = true }
            state = .within([block])
        case .closes(let block): if block.kind == .thought { retract(&output) }
        case .instruction(opens: true): if hasText { state = .ended }
        case .instruction(opens: false): retract(&output)
        case .ends, .endsMessage, .calls: state = .ended
        case .role: state = .header(MessageHeader(.role))
        case .channel: state = .header(MessageHeader(.channel))
        case .other: begin(.other)
        case .strike(opens: true) where hasText:
            struck += 1
            say(candidate.scalars, &output)
        case .strike(opens: false):
            if struck == 0 { state = .ended } else { say(candidate.scalars, &output) }
            struck = max(0, struck - 1)
        case .body, .assistant, .strike, .nothing: break
        }
    }

    /// What came before was a thought that began in the prompt. That can be only the first one.
    private mutating func retract(_ output: inout [AnswerUnit]) {
        if hasText, !hasThought {
            output.append(.retraction)
            hasText = false
        }
        hasThought = true
    }

    private mutating func apply(
        _ mark: ControlMark, within blocks: [ControlMark.Block], _ output: inout [AnswerUnit]
    ) {
        let innermost = blocks.last?.kind
        switch mark {
        case .opens(let block): if blocks.count < Self.deepest { state = .within(blocks + [block]) }
        case .closes(let block):
            let begin =
                blocks.lastIndex(of: block) ?? blocks.lastIndex { $0.kind == block.kind && block.kind == innermost }
            guard let begin else { return }
            leave(to: Array(blocks[..<begin]), &output)
        case .endsMessage where innermost == .channel:
            leave(to: [], &output)
            state = .header(MessageHeader(.perhapsRole))
        case .ends, .endsMessage:
            if innermost == .foreign { return }
            state = .ended
        case .role where innermost == .channel || innermost == .foreign:
            leave(to: [], &output)
            state = .header(MessageHeader(.role))
        case .channel where innermost == .channel:
            leave(to: [], &output)
            state = .header(MessageHeader(.channel))
        case .assistant where innermost == .channel || innermost == .foreign: leave(to: [], &output)
        default: break
        }
    }

    private mutating func leave(to blocks: [ControlMark.Block], _ output: inout [AnswerUnit]) {
        state = blocks.isEmpty ? .answer : .within(blocks)
        if blocks.isEmpty { output.append(.gap) }
    }
}
