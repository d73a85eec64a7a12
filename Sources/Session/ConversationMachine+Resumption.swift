import Agents
import ProjectModel
import ProviderKit
import TurnTaking

/// False interruptions: what interrupted was no speech, and the answer goes on where it was cut.
extension ConversationMachine {
    /// A response that was interrupted, and what was heard of it.
    struct Cut: Sendable {
        var open: Open
        var heard: [HeardLedger.Heard]
        /// Who was speaking.
        var speaker: String?
        /// What the client is to learn of its agents when it goes on.
        var news: [Action] = []
    }

    /// Keeps an interrupted response until it is known what interrupted it. Meanwhile nobody writes or speaks.
    mutating func suspend(_ cut: Cut, played: Duration) -> [Action] {
        var cut = cut
        let wholePieces = cut.open.queue.ledger.entries.prefix { $0.isHeard(by: played) }
        let start = wholePieces.last.map { $0.start + $0.sent } ?? .zero
        let before = cut.open.heardBefore + cut.open.queue.ledger.heard(played: start)
        cut.heard = cut.open.heardBefore + cut.heard
        cut.open.heardBefore = before
        cut.open.queue.rewind(to: played, numbered: &nextRepeat)
        suspended = cut
        return [.cancelResponse(cut.open.work)]
    }

    /// Changes a suspended response by what its engines had said before they were stopped. Nothing follows from it yet: the
    /// client learns of it when the response goes on, and what is to be written waits for `Reply.again`.
    mutating func whileSuspended(
        _ id: ResponseID?, now: Duration, _ change: (inout Open) -> [Reply.Action]
    ) -> [Action] {
        guard var cut = suspended, let id, cut.open.work == id else { return [] }
        suspended = nil
        let changes = change(&cut.open).filter { change in
            switch change {
            case .generate, .converse: false
            default: true
            }
        }
        cut.news += perform(changes, on: &cut.open, now: now)
        suspended = cut
        return []
    }

    /// Goes on with a suspended response, from the beginning of the piece that was cut.
    mutating func resume(now: Duration) -> [Action] {
        guard let cut = suspended else { return [] }
        suspended = nil
        var open = cut.open
        if open.saidEverything {
            settle(cut)
            return [.cancelResponse(open.work)] + endUsage(of: open.work)
        }
        open.id = nextResponse
        nextResponse += 1
        (open.phase, open.clientPlayout, open.marks) = (.answering, .unknown, nil)
        open.silence = .open(since: now)
        hearing.gate?.responseOpened()
        answering = .open(open)
        return [.send(.responseStarted(id: responseName(open.id)))] + cut.news
            + whileOpen(now: now) { $0.reply?.again() ?? [] }
    }

    /// Somebody did speak: the suspended response does not go on.
    mutating func dropSuspended() -> [Action] {
        guard let cut = suspended else { return [] }
        suspended = nil
        settle(cut)
        return [.cancelResponse(cut.open.work)] + endUsage(of: cut.open.work)
    }

    /// Keeps what was heard of a response that does not go on.
    mutating func settle(_ cut: Cut) {
        // An answer of which nothing was heard leaves the caller's words unanswered: they belong to the next turn.
        if cut.heard.isEmpty {
            words.insert(cut.open.callerWords, at: 0)
            return
        }
        history.append(.init(.caller, cut.open.callerWords))
        for entry in cut.heard {
            let wasCut = entry.speaker == cut.speaker && !(entry.isComplete && cut.open.saidEverything)
            history.append(.init(.agent(entry.speaker), entry.text, wasInterrupted: wasCut))
        }
    }
}
