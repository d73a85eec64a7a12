/// Takes the agent's own name off the beginning of its answer: `Stock Planner: `, `**Stock Planner:** `. The history
/// writes it there, and models repeat it.
struct SpeakerPrefix: AnswerStage, Sendable {
    /// Longer names are not looked for.
    static let longestName = 64

    private enum State {
        /// The answer begins: what was taken may be the name.
        case beginning([Unicode.Scalar])
        /// The name was there: white space and closing marks behind it go, then it may come again.
        case behind(isSpaced: Bool)
        /// The answer has begun.
        case passing
    }

    private let name: [Unicode.Scalar]
    private var state: State

    init(name: String) {
        self.name = Self.key(name.unicodeScalars.prefix(Self.longestName + 1))
        state = .passing
        state = beginning
    }

    private var beginning: State {
        name.isEmpty || name.count > Self.longestName ? .passing : .beginning([])
    }

    private static func key(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        text.filter { !$0.isSpace && !decorations.contains($0) }.map(\.lowercased)
    }

    private static let decorations: Set<Unicode.Scalar> = ["*", "_", "\"", "'", "`", "#", "[", "]", "„", "“", "”"]

    mutating func take(_ unit: AnswerUnit, into output: inout [AnswerUnit]) {
        guard case .text(let scalar) = unit else {
            if unit == .retraction { state = beginning }
            output.append(unit)
            return
        }
        switch state {
        case .passing: output.append(unit)
        case .behind(let isSpaced):
            // `**Stock Planner:** `: stars belong to the name when they stand directly behind it.
            if scalar.isSpace {
                state = .behind(isSpaced: true)
                return
            }
            if !isSpaced, scalar == "*" || scalar == "_" { return }
            state = beginning
            take(unit, into: &output)
        case .beginning(var taken):
            taken.append(scalar)
            let key = Self.key(taken)
            if scalar == ":" || scalar == "：", key.dropLast().elementsEqual(name) {
                state = .behind(isSpaced: false)
            } else if name.starts(with: key), taken.count <= name.count * 2 + 16 {
                state = .beginning(taken)
            } else {
                state = .passing
                output += taken.map { .text($0) }
            }
        }
    }

    mutating func finish(into output: inout [AnswerUnit]) {
        if case .beginning(let taken) = state { output += taken.map { .text($0) } }
        state = .passing
    }
}
