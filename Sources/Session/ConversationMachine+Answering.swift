import Agents
import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import TurnTaking

/// Answers: from the caller's words to the last of ours.
extension ConversationMachine {
    /// What an engine reports.
    mutating func receive(_ event: EngineEvent, now: Duration) -> [Action] {
        switch event {
        case .transcript(let id, let transcript): return transcribed(id, transcript, now: now)
        case .recognitionFailed(let id, let code): return recognitionFailed(id, code, now: now)
        case .text(let id, let work, let text):
            return whileOpen(id, now: now) { open in
                if work.part == .answer, open.marks?.token == nil { open.marks?.token = now }
                if case .routing(let choice) = open.phase {
                    if choice.utf8.count < Reply.longestSummary { open.phase = .routing(choice: choice + text) }
                    return []
                }
                return open.reply?.receive(text, for: work, now: now) ?? []
            }
        case .textDone(let id, let work): return textDone(id, work, now: now)
        case .textFailed(let id, let work, _):
            if case .open(let open) = answering, open.work == id, case .routing = open.phase {
                return start(project.orchestrator.agentNames.first, now: now)
            }
            return whileOpen(id, now: now) { open in
                if let own = open.reply?.ownSegment(of: work) { open.queue.finish(own, failed: true) }
                return open.reply?.fail(work) ?? []
            }
        case .audio(let id, let segment, let samples):
            return whileOpen(id, now: now) { open in
                if open.marks?.audio == nil, open.queue.next == segment { open.marks?.audio = now }
                open.queue.receive(samples, for: segment)
                return []
            }
        case .words(let id, let segment, let words):
            return whileOpen(id, now: now) { open in
                open.queue.time(words.map { SpokenWord(textEnd: $0.range.upperBound, end: $0.end) }, for: segment)
                return []
            }
        case .audioDone(let id, let segment):
            return whileOpen(id, now: now) { open in
                open.queue.finish(segment, failed: false)
                return []
            }
        case .filler(let id, let event): return receive(event, for: id, now: now)
        case .used(let source, let reports): return used(reports, by: source)
        case .audioFailed(let id, let segment, _):
            return whileOpen(id, now: now) { open in
                open.queue.finish(segment, failed: true)
                return []
            }
        }
    }

    // MARK: - Responses

    /// Opens a response when the caller has said something and says nothing more.
    mutating func answerIfComplete(now: Duration) -> [Action] {
        guard capture == .none, awaited.isEmpty else { return [] }
        // After an interruption the client's `response.cancel` is on its way; it must not meet the next response.
        guard case .idle = answering else { return [] }
        if words.isEmpty { return resume(now: now) }
        var actions = dropSuspended()
        let callerWords = words.joined(separator: " ")
        words = []
        let id = nextResponse
        nextResponse += 1
        hearing.gate?.responseOpened()
        answering = .open(
            Open(
                id: id, work: id, phase: .routing(choice: ""), reply: nil, queue: SpeechQueue(lead: lead),
                callerWords: callerWords, marks: marks, silence: .open(since: marks?.turnEnd ?? now)))
        marks = nil
        fillers.forgetFailures()
        actions.append(.send(.responseStarted(id: responseName(id))))
        actions += beginUsage(of: id)
        let candidates = project.orchestrator.agentNames
        guard project.orchestrator.routes, candidates.count > 1 else {
            return actions + start(candidates.first, now: now)
        }
        let brief = Brief(
            task: .route(candidates: candidates.map { .init(agent: $0, text: project.descriptionOf($0)) }),
            agentName: "orchestrator", callerWords: callerWords)
        usage[id]?.pending += 1
        let work = Reply.Work(node: "", part: .answer)
        return actions + [.generate(id, work, brief, project.writer)]
    }

    mutating func textDone(_ id: ResponseID, _ work: Reply.Work, now: Duration) -> [Action] {
        if case .open(let open) = answering, open.work == id, case .routing(let choice) = open.phase {
            let names = project.orchestrator.agentNames
            let chosen = names.first { choice.lowercased().contains($0.lowercased()) }
            return start(chosen ?? names.first, now: now)
        }
        return whileOpen(id, now: now) { $0.reply?.finish(work) ?? [] }
    }

    /// Lets the agent or super agent of that name answer.
    mutating func start(_ name: String?, now: Duration) -> [Action] {
        guard let name else { return [] }
        let order: Floor.Order = project.superAgent(named: name)?.floor == .graphOrder ? .graph : .ready
        let (cast, firstSegment) = (casts[name] ?? Cast(project, running: name), nextSegment)
        return whileOpen(now: now) { open in
            var reply = Reply(
                cast.plan, speakers: cast.speakers, order: order, callerWords: open.callerWords,
                firstSegment: firstSegment)
            let actions = reply.begin()
            open.reply = reply
            open.phase = .answering
            return actions
        }
    }

    /// Changes the open response, does what follows from it, sends what is due and ends the response when nothing is
    /// left.
    /// - Parameter id: the response that is meant; when another or none is open, nothing happens. nil is any.
    mutating func whileOpen(
        _ id: ResponseID? = nil, now: Duration, _ change: (inout Open) -> [Reply.Action]
    ) -> [Action] {
        guard case .open(var open) = answering, id == nil || open.work == id else {
            return whileSuspended(id, now: now, change)
        }
        // Let go of the stored value, so that what changes is not copied first.
        answering = .idle
        var actions = perform(change(&open), on: &open, now: now)
        if let at = open.clauseCut, at <= now {
            actions += perform(open.reply?.cutClauses(now: now) ?? [], on: &open, now: now)
        }
        actions += advance(&open, now: now) + bridgeSilence(&open, now: now)
        if case .playingOut(let until) = open.phase, until <= now { return actions + complete(open) }
        answering = .open(open)
        return actions
    }

    mutating func perform(_ changes: [Reply.Action], on open: inout Open, now: Duration) -> [Action] {
        if changes.isEmpty { return [] }
        defer { nextSegment = max(nextSegment, open.reply?.segmentsUsed ?? 0) }
        var actions: [Action] = []
        for change in changes {
            switch change {
            case .generate(let work, let brief, let speaker, let written):
                usage[open.work]?.pending += 1
                actions.append(.generate(open.work, work, brief, speaker.writer, written: written))
            case .converse(let work, let segment, let brief, let speaker):
                usage[open.work]?.pending += 1
                if let segment { open.queue.expect(segment) }
                actions.append(.converse(open.work, work, segment, brief, speaker))
            case .extend(let segment, let agent, let text):
                if open.queue.extend(segment, with: text) {
                    actions.append(.send(.agentText(agent: agent, text: text)))
                }
            case .started(let agent, let node): actions.append(.send(.agentStarted(agent: agent, node: node)))
            case .finished(let agent, let node): actions.append(.send(.agentFinished(agent: agent, node: node)))
            case .failed(let agent):
                actions.append(.send(.warning(BadInput(code: "agent_failed", message: "\(agent) could not answer"))))
            case .say(let segment):
                if segment.speech != nil, open.marks?.sentence == nil { open.marks?.sentence = now }
                open.queue.append(segment)
            }
        }
        return actions
    }

    mutating func advance(_ open: inout Open, now: Duration) -> [Action] {
        var actions: [Action] = []
        for action in open.queue.advance(now: now) {
            switch action {
            case .synthesize(let segment, let speech):
                usage[open.work]?.pending += 1
                actions.append(.synthesize(open.work, segment, speech))
            case .text(let agent, let text): actions.append(.send(.agentText(agent: agent, text: text)))
            case .textDone(let agent, let text): actions.append(.send(.agentTextDone(agent: agent, text: text)))
            case .filler(let agent, let text): actions.append(.send(.agentFiller(agent: agent, text: text)))
            case .audio(let segment, let chunk):
                if !segment.isFiller {
                    if let timings = open.marks?.timings(sent: now) { actions.append(.send(.turnMetrics(timings))) }
                    (open.marks, open.silence) = (nil, .open(since: now))
                }
                hearing.gate?.audioSent(at: position)
                actions.append(.send(.agentAudio(agent: segment.agent, chunk)))
                if !segment.isFiller { actions.append(.sent(segment.id, chunk.samples.count)) }
            case .voiceLost(let agent):
                let message = "\(agent)'s voice failed; its words are shown"
                actions.append(.send(.warning(BadInput(code: "synthesis_failed", message: message))))
            }
        }
        switch open.phase {
        case .answering where open.saidEverything, .playingOut:
            open.phase = .playingOut(until: playedOut(open, now: now))
        case .answering, .routing: break
        }
        return actions
    }

    /// When the response is over. A client that tells when it plays is waited for until it says that it stopped, up to
    /// the grace period past our estimate; for others the estimate counts.
    private func playedOut(_ open: Open, now: Duration) -> Duration {
        guard let estimate = open.queue.playout.playedOut else { return now }
        guard open.clientPlayout == .playing else { return estimate }
        return estimate + (vad?.gracePeriod ?? .seconds(1))
    }

    private mutating func complete(_ open: Open) -> [Action] {
        history.append(.init(.caller, open.callerWords))
        for answer in open.reply?.answers ?? [] {
            let wasSkipped = open.skipped.contains(answer.agent)
            let text = wasSkipped ? open.queue.ledger.text(of: answer.agent) : answer.text
            history.append(.init(.agent(answer.agent), text, wasInterrupted: wasSkipped))
        }
        let status: ResponseStatus = open.reply?.answers.isEmpty == false ? .completed : .failed
        let actions =
            [.cancelResponse(open.work)] + endUsage(of: open.work) + [.send(.audioDone)] + close(open.id, status)
        // Speech that began during the answer and did not interrupt it is the caller's next turn.
        if let onset = hearing.endpointer.onset { return actions + beginUtterance(onset: onset) }
        return actions
    }

    mutating func close(_ id: ResponseID, _ status: ResponseStatus) -> [Action] {
        answering = .idle
        hearing.gate?.responseClosed()
        return [.send(.responseDone(id: responseName(id), status: status))]
    }
}
