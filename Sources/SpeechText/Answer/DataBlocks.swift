/// Takes data out of a model's text: fenced blocks of a data format, and JSON that stands by itself.
///
/// A fenced block is data when its first line names a format (`json`, `yaml`, `tool_code`) or, without a name, when it begins
/// with `{` or `[`. Other fenced blocks stay as they are, and so does code within a line. JSON is data at the beginning of
/// the answer, of a line or behind a sentence; `{"a": 1}` in the middle of a sentence stays.
struct DataBlocks: AnswerStage, Sendable {
    private enum State {
        /// Text comes.
        case text
        /// So many backticks or tildes were taken.
        case marks(Unicode.Scalar, Int)
        /// The first line of a fenced block: what was taken.
        case head(Fence, [Unicode.Scalar])
        /// A fenced block that goes, with the length of the run of marks that was taken last.
        case data(Fence, Int)
        /// A fenced block that stays.
        case code(Fence, Int)
        /// What was taken may be JSON.
        case perhapsJSON([Unicode.Scalar])
        /// JSON that goes.
        case json(JSONExtent)
    }

    private struct Fence: Sendable {
        var mark: Unicode.Scalar
        var length: Int
    }

    private var state = State.text
    private var start = SentenceStart()

    private static let formats: Set<String> = [
        "json", "json5", "jsonc", "jsonl", "ndjson", "yaml", "yml", "toml", "xml", "csv", "tsv", "tool_code",
        "tool_call", "tool_calls", "tool_output", "tool_outputs", "function_call", "thinking", "think", "thought",
    ]
    /// A longer first line names no format.
    private static let longestHead = 40

    mutating func take(_ unit: AnswerUnit, into output: inout [AnswerUnit]) {
        switch unit {
        case .text(let scalar): take(scalar, &output)
        case .retraction:
            self = DataBlocks()
            output.append(unit)
        case .gap, .code: output.append(unit)
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar, _ output: inout [AnswerUnit]) {
        switch state {
        case .text: begin(scalar, &output)
        case .marks(let mark, let count):
            if scalar == mark {
                state = .marks(mark, count + 1)
            } else if count < 3 {
                state = .text
                say(Array(repeating: mark, count: count), &output)
                begin(scalar, &output)
            } else {
                state = .head(Fence(mark: mark, length: count), [])
                take(scalar, &output)
            }
        case .head(let fence, let head): take(scalar, fence, head, &output)
        case .data(let fence, let run):
            guard scalar == fence.mark else {
                state = .data(fence, 0)
                return
            }
            state = .data(fence, run + 1)
            if run + 1 == fence.length { leave(&output) }
        case .code(let fence, let run):
            output.append(.code(scalar))
            start.note(scalar)
            state = .code(fence, scalar == fence.mark ? run + 1 : 0)
            if scalar == fence.mark, run + 1 == fence.length { state = .text }
        case .perhapsJSON(let taken): look(at: taken + [scalar], &output)
        case .json(var extent):
            state = .json(extent)
            if extent.ends(with: scalar) { leave(&output) } else { state = .json(extent) }
        }
    }

    mutating func finish(into output: inout [AnswerUnit]) {
        switch state {
        case .marks(let mark, let count): say(Array(repeating: mark, count: count), &output)
        case .head(let fence, let head):
            if !Self.formats.contains(Self.format(head)) { keep(fence, head, &output) }
        case .perhapsJSON(let taken): say(taken, &output)
        case .text, .data, .code, .json: break
        }
        state = .text
    }

    private mutating func begin(_ scalar: Unicode.Scalar, _ output: inout [AnswerUnit]) {
        let isLineStart = start.last == nil || start.last == "\n"
        if scalar == "`" || (scalar == "~" && isLineStart) {
            state = .marks(scalar, 1)
        } else if scalar == "{" || scalar == "[", start.isHere || (start.lastMark == ":" && start.last?.isSpace == true)
        {
            state = .perhapsJSON([scalar])
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

    private mutating func leave(_ output: inout [AnswerUnit]) {
        state = .text
        output.append(.gap)
    }

    // MARK: Fenced blocks

    /// The head ends with the format's name, or, without one, at the first character of the block.
    private mutating func take(
        _ scalar: Unicode.Scalar, _ fence: Fence, _ head: [Unicode.Scalar], _ output: inout [AnswerUnit]
    ) {
        let taken = head + [scalar]
        let format = Self.format(head)
        if taken.count < Self.longestHead, format.isEmpty ? scalar.isSpace || scalar.isWordScalar : scalar.isNameScalar
        {
            // A word on a later line is the block's first, not a format.
            if !scalar.isSpace, head.contains("\n") { return keep(fence, taken, &output) }
            state = .head(fence, taken)
        } else if Self.formats.contains(format) || (format.isEmpty && (scalar == "{" || scalar == "[")) {
            state = .data(fence, 0)
            take(scalar, &output)
        } else {
            keep(fence, head, &output)
            take(scalar, &output)
        }
    }

    private mutating func keep(_ fence: Fence, _ head: [Unicode.Scalar], _ output: inout [AnswerUnit]) {
        let scalars = Array(repeating: fence.mark, count: fence.length) + head
        output += scalars.map { .code($0) }
        for scalar in scalars { start.note(scalar) }
        state = .code(fence, 0)
    }

    private static func format(_ head: [Unicode.Scalar]) -> String {
        head.filter { !$0.isSpace }.map(\.lowercased).text
    }

    // MARK: JSON

    private mutating func look(at taken: [Unicode.Scalar], _ output: inout [AnswerUnit]) {
        switch JSONExtent.judge(taken) {
        case .unknown: state = .perhapsJSON(taken)
        case .text:
            state = .text
            say([taken[0]], &output)
            for scalar in taken.dropFirst() { take(scalar, &output) }
        case .json(let quote):
            var extent = JSONExtent(quote: quote)
            // The judged part ends with the value at most at its last scalar.
            let ends = taken.reduce(false) { extent.ends(with: $1) || $0 }
            if ends { leave(&output) } else { state = .json(extent) }
        }
    }
}
