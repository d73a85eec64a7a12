extension Answer {
    /// When time alone has something to decide.
    /// - Parameters:
    ///   - grace: how long a client that plays may be behind our estimate.
    ///   - awaitsSilence: whether it matters when nothing of it can be heard any more.
    func deadlines(grace: Duration, now: Duration, awaitsSilence: Bool) -> [Duration] {
        var deadlines = [nextWake, endsAt(grace: grace, now: now)].compactMap(\.self)
        if awaitsSilence, let silent = audibleUntil(grace: grace), silent > now { deadlines.append(silent) }
        if let handover, handover > now { deadlines.append(handover) }
        return deadlines
    }

    /// Tells the client that it is over, and stops all work for it.
    func end(_ status: ResponseStatus, step: inout Step) {
        if status != .interrupted { step.tell(.audioDone(id)) }
        step.tell(.responseDone(id, status == .completed ? self.status : status))
        cancelWork(isCut: status != .completed, step: &step)
    }
}
