extension Turn {
    /// The client has pressed stop.
    /// - Parameter skips: whether only the agent that speaks is meant, as long as somebody is left to speak.
    /// - Returns: the answer that is to be stopped; nil when there is none, or when it goes on.
    mutating func takeCancelled(skips: Bool, _ step: inout Step) -> Answer? {
        switch take() {
        case .drafting(var answer), .answering(var answer):
            guard skips, let speaker = answer.speaker, answer.hasMore(besides: speaker) else { return answer }
            answer.skip(speaker, step: &step)
            self = .answering(answer)
        case .held(let answer, let callerTurn):
            self = .interrupted(answer.id, callerTurn)
            return answer
        case let other: self = other
        }
        return nil
    }

    /// The caller types, which ends an answer at once.
    /// - Returns: the answer, and what was being said over it; nil when there is none.
    mutating func takeTypedOver() -> (Answer, CallerTurn)? {
        switch take() {
        case .quiet: self = .hearing(CallerTurn())
        case .drafting(let answer), .answering(let answer): return (answer, CallerTurn())
        case .held(let answer, let callerTurn): return (answer, callerTurn)
        case let other: self = other
        }
        return nil
    }

    /// What the caller has said, when that is all and nothing of ours stands against it.
    /// - Parameter isOrdered: whether an answer is wanted although nobody has said anything.
    func completeTurn(isOrdered: Bool) -> CallerTurn? {
        if case .quiet = self, isOrdered { return CallerTurn() }
        return completeTurn
    }
}
