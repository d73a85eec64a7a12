import TurnTaking

/// Live settings, and patience with bad input.
extension ConversationMachine {
    mutating func apply(_ update: SessionUpdate, now: Duration) -> [Action] {
        reportsFrames = update.reportsFrames ?? reportsFrames
        guard var settings = vad else { return [] }
        settings.threshold = update.threshold ?? settings.threshold
        settings.windowSize = update.windowSize ?? settings.windowSize
        settings.lockout = update.lockout ?? settings.lockout
        settings.gracePeriod = update.gracePeriod ?? settings.gracePeriod
        settings.speechProbability = update.speechProbability ?? settings.speechProbability
        guard settings != vad else { return [] }
        if let problem = settings.problem {
            return badInput(BadInput(code: "invalid_settings", message: problem), now: now)
        }
        vad = settings
        hearing.gate?.configuration = settings
        return []
    }

    mutating func badInput(_ problem: BadInput, now: Duration) -> [Action] {
        guard recent.isReached(now: now) else { return [.send(.warning(problem))] }
        let last = BadInput(
            code: "too_many_errors", message: "ten bad messages within a minute; the last one: \(problem.message)")
        return [.send(.warning(problem)), .send(.failure(last, closeCode: 1008))]
    }
}
