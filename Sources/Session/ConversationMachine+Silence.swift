import Agents
import ProjectModel
import ProviderKit
import TurnTaking

/// Falling silent, and what the client tells of its loudspeaker.
extension ConversationMachine {
    /// Stops the open response and keeps what was heard of it.
    mutating func interrupt(now: Duration) -> [Action] {
        guard case .open(let open) = answering else { return [] }
        hearing.gate?.responseClosed()
        answering = .interrupted(open.id, closeAt: now + Self.cancelWait)
        let played = open.queue.playout.played(now: now)
        let ledger = open.queue.ledger
        let speaker = ledger.speaker(at: played)
        let heard = ledger.heard(played: played)
        // An answer of which nothing was heard leaves the caller's words unanswered: they belong to the next turn.
        if heard.isEmpty {
            words.insert(open.callerWords, at: 0)
        } else {
            history.append(.init(.caller, open.callerWords))
        }
        for entry in heard {
            let wasCut = entry.speaker == speaker && !(entry.isComplete && open.saidEverything)
            history.append(.init(.agent(entry.speaker), entry.text, wasInterrupted: wasCut))
        }
        let words = heard.last { $0.speaker == speaker }?.text ?? ""
        return [
            .cancelResponse(open.id), .send(.interrupted(agent: speaker ?? open.queue.head, heard: words)),
        ]
    }

    mutating func cancel(now: Duration) -> [Action] {
        switch answering {
        case .idle: return []
        case .interrupted(let id, _): return close(id, .interrupted) + answerIfComplete(now: now)
        case .open(let open):
            guard vad == nil, let speaking = open.queue.head ?? open.queue.ledger.entries.last?.speaker,
                !open.saidEverything
            else {
                let actions = interruptSilently(now: now)
                return actions + close(open.id, .cancelled)
            }
            return skip(speaking, now: now)
        }
    }

    mutating func interruptSilently(now: Duration) -> [Action] {
        let actions = interrupt(now: now).filter { if case .send = $0 { false } else { true } }
        // A cancelled answer is not asked for again.
        words = []
        return actions + [.send(.audioDone)]
    }

    private mutating func skip(_ agent: String, now: Duration) -> [Action] {
        guard case .open(let open) = answering else { return [] }
        var dropped: [SpeechSegment.ID] = []
        let actions = whileOpen(now: now) { open in
            dropped = open.queue.drop(agent: agent)
            return open.reply?.skip(agent: agent) ?? []
        }
        return [.cancelSynthesis(open.id, dropped)] + actions
    }

    // MARK: - Playback

    /// The client tells that it plays, or how much it has played.
    mutating func plays(now: Duration, _ change: (inout PlayoutClock) -> Void) -> [Action] {
        guard case .open(let open) = answering, open.queue.playout.playedOut != nil else { return [] }
        hearing.gate?.playoutStarted(at: position)
        return whileOpen(now: now) { open in
            open.clientPlayout = .playing
            change(&open.queue.playout)
            return []
        }
    }

    /// The client tells that it has played all that it had.
    mutating func playedOut(now: Duration) -> [Action] {
        guard case .open(let open) = answering, open.queue.playout.playedOut != nil else { return [] }
        hearing.gate?.playoutStopped()
        return whileOpen(now: now) { open in
            open.clientPlayout = .stopped
            open.queue.playout.stopped(now: now)
            return []
        }
    }
}
