/// Who has the floor: the one state of a conversation.
///
/// One question decides: is the caller speaking, and is anything of ours audible now?
enum Turn: Sendable {
    /// Nobody speaks and nothing is owed. Exits: `hearing` when the caller begins, `drafting` with typed words.
    case quiet
    /// The caller speaks, or words are awaited. Exits: `drafting` with words, `quiet` without.
    case hearing(CallerTurn)
    /// An answer is being made; nothing of it was shown yet. Exits: `answering`, `held`, `interrupted`, `quiet`.
    case drafting(Answer)
    /// An answer is shown and heard. Exits: `quiet` at its end, `held`, `interrupted`.
    case answering(Answer)
    /// An answer waits until it is known what was said over it. Exits: back to `drafting` or `answering` when it was nothing,
    /// `interrupted` when it was a turn.
    case held(Answer, CallerTurn)
    /// An answer was stopped, and the caller's turn that did it goes on. Exits: `drafting` with its words, `quiet`.
    case interrupted(ResponseID, CallerTurn)

    /// What the caller is saying, where that is awaited.
    var callerTurn: CallerTurn? {
        switch self {
        case .quiet, .drafting, .answering: nil
        case .hearing(let turn), .held(_, let turn), .interrupted(_, let turn): turn
        }
    }

    /// The answer that is open.
    var answer: Answer? {
        switch self {
        case .quiet, .hearing, .interrupted: nil
        case .drafting(let answer), .answering(let answer), .held(let answer, _): answer
        }
    }

    /// What the caller has said, when that is all and nothing of ours stands against it.
    var completeTurn: CallerTurn? {
        switch self {
        case .hearing(let turn) where turn.isComplete, .interrupted(_, let turn) where turn.isComplete: turn
        case .quiet, .hearing, .drafting, .answering, .held, .interrupted: nil
        }
    }

    // MARK: - Changes

    /// Takes the state out, so that what changes is not copied first. Each path puts one back.
    mutating func take() -> Turn {
        defer { self = .quiet }
        return self
    }

    /// Changes what the caller is saying, where that is awaited.
    mutating func changeCallerTurn(_ change: (inout CallerTurn) -> Void) {
        switch take() {
        case .hearing(var callerTurn):
            change(&callerTurn)
            self = .hearing(callerTurn)
        case .held(let answer, var callerTurn):
            change(&callerTurn)
            self = .held(answer, callerTurn)
        case .interrupted(let id, var callerTurn):
            change(&callerTurn)
            self = .interrupted(id, callerTurn)
        case let other: self = other
        }
    }

    /// Changes the answer that is open, held or not.
    mutating func changeAnswer(_ change: (inout Answer) -> Void) {
        switch take() {
        case .drafting(var answer):
            change(&answer)
            self = .drafting(answer)
        case .answering(var answer):
            change(&answer)
            self = .answering(answer)
        case .held(var answer, let callerTurn):
            change(&answer)
            self = .held(answer, callerTurn)
        case let other: self = other
        }
    }
}
