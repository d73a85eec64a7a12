/// What agents have asked the caller, with the work that goes on once it is answered.
struct OpenQuestion: Sendable {
    let reply: Reply
    /// When it goes on without an answer.
    let deadline: Duration

    /// nil when the reply waits for nothing.
    init?(_ reply: Reply?, asked now: Duration) {
        guard let reply, let patience = reply.questions.patience, reply.awaitsCaller else { return nil }
        self.reply = reply
        deadline = now + patience
    }
}

extension Answer.Occasion {
    /// What the caller has said; nil when they have said nothing.
    var words: String? {
        switch self {
        case .words(let words), .order(let words), .answer(let words, _): words
        case .silence, .line: nil
        }
    }

    /// The question with which agents go on.
    var question: OpenQuestion? {
        switch self {
        case .answer(_, let question), .silence(let question): question
        case .words, .order, .line: nil
        }
    }

    /// Whoever has asked what the caller has answered.
    var asker: Speaker? { if case .answer(_, let question) = self { question.reply.askers.first } else { nil } }
}

extension Answer {
    /// What the caller is asked when all was said. A question that was answered with something that is not allowed is asked
    /// still.
    func question(completed now: Duration) -> OpenQuestion? {
        if let question = OpenQuestion(reply, asked: now) { return question }
        return reply?.plan == occasion.question?.reply.plan ? nil : earlierQuestion(now)
    }

    /// What the caller answers who has spoken over it: a question of which they have heard something, or that which they
    /// had been asked before, where nothing was heard since.
    func question(interrupted now: Duration) -> OpenQuestion? {
        guard let question = OpenQuestion(reply, asked: now) else {
            return interrupted(now: now) == nil ? earlierQuestion(now) : nil
        }
        return question.reply.askers.contains { $0.agent == heardLast(now: now).agent } ? question : nil
    }

    private func earlierQuestion(_ now: Duration) -> OpenQuestion? {
        OpenQuestion(occasion.question?.reply, asked: now)
    }
}

extension Step {
    /// The caller is asked that; nil changes nothing.
    mutating func ask(_ question: OpenQuestion?) { kept.question = question ?? kept.question }

    /// The caller is asked that, and the client is told at the end of that response; nil changes nothing.
    mutating func ask(_ question: OpenQuestion?, in response: ResponseID) {
        ask(question)
        guard let question, let asker = question.reply.askers.first else { return }
        tell(.agentAsked(response, agent: asker.agent, patience: max(question.deadline - now, .zero)))
    }

    /// What the caller has answered: it is asked no longer.
    /// - Parameter now: if given, only what has waited longer than it waits.
    mutating func takeQuestion(overdue now: Duration? = nil) -> OpenQuestion? {
        guard let question = kept.question, now.map({ question.deadline <= $0 }) ?? true else { return nil }
        kept.question = nil
        return question
    }
}
