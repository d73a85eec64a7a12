extension Turn {
    /// When time alone has something to decide of who has the floor.
    /// - Parameters:
    ///   - question: what the caller was asked.
    ///   - grace: how long a client that plays may be behind our estimate.
    ///   - awaitsSilence: whether it matters when nothing of an answer can be heard any more.
    func deadlines(
        _ fillers: Fillers, _ project: CompiledProject, question: OpenQuestion?, grace: Duration, now: Duration,
        awaitsSilence: Bool
    ) -> [Duration] {
        switch self {
        case .quiet: return question.map { [$0.deadline] } ?? []
        case .drafting(let answer), .answering(let answer):
            let (line, playedOut) = answer.filler(project)
            let filler = fillers.next(line, playedOut: playedOut)
            return answer.deadlines(grace: grace, now: now, awaitsSilence: awaitsSilence)
                + (filler.map { [$0.at] } ?? [])
        case .hearing, .held, .interrupted: return []
        }
    }
}
