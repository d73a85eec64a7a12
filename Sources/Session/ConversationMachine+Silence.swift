import Agents
import ProjectModel
import ProviderKit
import TurnTaking

/// Falling silent, and what the client tells of its loudspeaker.
extension ConversationMachine {
    /// Stops the open response. What was heard of it goes into the history at once, or when it is sure that it does not
    /// go on.
    /// - Parameter mayBeFalse: whether it may turn out that nobody said anything.
    mutating func interrupt(mayBeFalse: Bool, now: Duration) -> [Action] {
        guard case .open(let open) = answering else { return [] }
        hearing.gate?.responseClosed()
        answering = .interrupted(open.id, closeAt: now + Self.cancelWait)
        let played = open.queue.playout.played(now: now)
        let speaker = open.queue.ledger.speaker(at: played)
        let cut = Cut(open: open, heard: open.queue.ledger.heard(played: played), speaker: speaker)
        let words = cut.heard.last { $0.speaker == speaker }?.text ?? ""
        let event = ConversationEvent.interrupted(agent: speaker ?? open.queue.head, heard: words)
        let own = open.queue.ownVoices(heardBy: played)
        // What a model says itself cannot be said again from where it was cut.
        if mayBeFalse, vad?.resumeAfterFalseBargeIn == true, open.reply != nil, own == nil {
            return suspend(cut, played: played) + [.send(event)]
        }
        settle(cut)
        let cuts = (own ?? []).map { Action.cutAnswer(open.work, agent: $0.agent, heard: $0.heard) }
        return cuts + [.cancelResponse(open.work), .send(event)] + endUsage(of: open.work)
    }

    mutating func cancel(now: Duration) -> [Action] {
        switch answering {
        case _ where isLateCancel(now: now), .idle: return []
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

    /// Whether a cancel is that of an interrupted response which ended before it came; there is one at the most.
    private mutating func isLateCancel(now: Duration) -> Bool {
        if case .interrupted = answering { return false }
        defer { lateCancelUntil = nil }
        return lateCancelUntil.map { now <= $0 } ?? false
    }

    mutating func interruptSilently(now: Duration) -> [Action] {
        let actions = interrupt(mayBeFalse: false, now: now).filter { if case .send = $0 { false } else { true } }
        // A cancelled answer is not asked for again.
        words = []
        return actions + [.send(.audioDone)]
    }

    private mutating func skip(_ agent: String, now: Duration) -> [Action] {
        guard case .open(let open) = answering else { return [] }
        var dropped: [SpeechSegment.ID] = []
        let actions = whileOpen(now: now) { open in
            open.skipped.insert(agent)
            dropped = open.queue.drop(agent: agent)
            return open.reply?.skip(agent: agent) ?? []
        }
        return [.cancelSynthesis(open.work, dropped)] + actions
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
