import Agents
import AudioCore
import ProjectModel
import ProviderKit
import TurnTaking

/// Decides everything that happens in one conversation. A pure value: an input and its time in, outputs out, to be done in
/// order. `Ear` judges the caller's audio, `Answer` makes a response, `Turn` says who has the floor; here they are joined.
///
/// Late reports are harmless: they carry the names of their utterance, response or segment, and what is not current is
/// dropped.
struct ConversationCore: Sendable {
    private let identity: Identity
    private let project: CompiledProject
    private var ear: Ear
    private var turn: Turn = .quiet
    private var settings: LiveSettings
    private var kept: Kept
    private var fillers = Fillers()
    private var usage: UsageObserver
    private var badInput = BadInputLimit()
    private var call: CallLimits
    private var alarm = Alarm()

    init(_ project: CompiledProject, _ identity: Identity) {
        (self.project, self.identity) = (project, identity)
        ear = Ear(project.project.audio)
        settings = LiveSettings(project.project, knowsPauses: identity.knowsPauses)
        kept = Kept(
            past: Past(project.project, remembers: identity.remembers),
            veil: Veil(project.project.piiMasking, salt: identity.description.id.description))
        usage = UsageObserver(prices: project.project.prices)
        call = CallLimits(project.project.call, settings.values, now: .zero)
    }

    /// Whether the usage of every response has been told.
    var isSettled: Bool { usage.isSettled }

    // MARK: - The one entry

    /// What follows from `input` at `now`, the time since the conversation began. Times never go back.
    mutating func handle(_ input: Input, at now: Duration) -> [Output] {
        if call.isOver { return [] }
        var step = Step(
            now: now, project: project, kept: kept, time: identity.clock?.reading(after: now), values: settings.values)
        var observed: [Output] = []
        switch input {
        case .opened: open(&step)
        case .audio where call.isDeaf: break
        case .audio(let audio):
            // Window by window, so that it does not matter how audio is cut into messages.
            for probability in audio.probabilities {
                for event in ear.judge(probability, reportsFrames: settings.reportsFrames, now: now) {
                    heard(event, &step)
                }
                settle(&step)
            }
            for event in ear.received(upTo: audio.end, reportsFrames: settings.reportsFrames, now: now) {
                heard(event, &step)
            }
        case .client(let signal): receive(signal, &step)
        case .closed:
            step.keep(turn.answer?.interrupted(now: now) ?? [])
            turn = .quiet
        case .engine(.used(let response, let reports)): observed = usage.receive(reports, for: response)
        case .engine(let report): receive(report, &step)
        case .time: if alarm.beats(now: now) { step.tell(.heartbeat) }
        }
        settle(&step)
        kept = step.kept
        let outputs = step.outputs + observed + usage.observe(step.outputs)
        let wake = call.isOver ? alarm.stop() : alarm.set(deadlines(after: now))
        return outputs + (wake.map { [$0] } ?? [])
    }

    private mutating func open(_ step: inout Step) {
        alarm.begin(now: step.now)
        call = CallLimits(project.project.call, settings.values, now: step.now)
        step.tell(.created(identity.description))
        step.ask(.warm)
        step.recallEarlier()
        if let words = identity.announcement { say(.announcement, words, &step) }
    }

    /// Says a line of the project; nothing when no words come of it.
    private mutating func say(_ kind: CallLine.Kind, _ line: String, _ step: inout Step) {
        guard let said = CallLine(kind, line, step) else { return }
        begin(.line(said), nil, &step)
    }

    /// When time alone has something to decide.
    private func deadlines(after now: Duration) -> [Duration] {
        [call.nextDeadline(turn.situation), ear.silenceEnds, kept.past.deadline(after: now)].compactMap(\.self)
            + turn.deadlines(
                fillers, project, question: call.isDeaf ? nil : kept.question, grace: settings.grace, now: now,
                awaitsSilence: ear.hearsAnswer)
    }

    // MARK: - The caller's audio

    private mutating func heard(_ event: Ear.Event, _ step: inout Step) {
        switch event {
        case .speechStarted(let onset), .bargeIn(let onset): speechStarted(onset, &step)
        case .paused: turn.pauseSpeaking(&step)
        case .lingered:
            turn.askJudge(settings.endpointing, &step)
            weigh(.recognizer, &step)
        case .resumed: turn.resumeSpeaking(&step)
        case .speechStopped(let end): speechStopped(end, &step)
        case .unwanted:
            step.tell(.warning(settings.vad == nil ? .notWhileAnswering : .notInterruptible))
        case .frame(let frame): step.tell(.vadFrame(frame))
        }
    }

    /// The caller has the floor: nothing of ours goes out while they speak.
    private mutating func speechStarted(_ onset: AudioPosition, _ step: inout Step) {
        if call.isDeaf { return }
        let isPressed = ear.isHeld
        switch turn.take() {
        case .quiet: turn = .hearing(CallerTurn())
        case .drafting(let answer), .answering(let answer): hold(answer, isCertain: isPressed, &step)
        case let other: turn = other
        }
        // Two utterances are never spoken at once.
        speechStopped(onset, &step)
        let id = step.identifiers.utterance()
        turn.changeCallerTurn { $0.begin(id) }
        let start = isPressed ? onset : onset - settings.endpointing.prefixPadding
        step.tell(.speechStarted(id, at: start))
        step.ask(.beginRecognition(id, from: start))
        let dialogues = project.listeners.compactMap { step.dialogue(with: $0) }
        if !dialogues.isEmpty { step.ask(.listen(dialogues)) }
        step.ask(.warm)
    }

    private mutating func speechStopped(_ end: AudioPosition, _ step: inout Step) {
        let since = max(ear.position - end, .zero) + ear.sinceAudio(now: step.now)
        turn.stopSpeaking(
            at: end, marks: TurnTimings.Marks(speechEnd: step.now - since, turnEnd: step.now, transcript: step.now),
            &step)
    }

    /// What evidence of an end comes to.
    private mutating func weigh(_ evidence: EndOfTurnEvidence, _ step: inout Step) {
        guard turn.isEnd(evidence, settings.endpointing), let event = ear.expectEnd() else { return }
        heard(event, &step)
    }

    /// Stops handing out until it is known whether the caller says something.
    private mutating func hold(_ answer: Answer, isCertain: Bool, _ step: inout Step) {
        var answer = answer
        if isCertain || settings.vad?.resumeAfterFalseBargeIn == false {
            return interrupt(answer, by: CallerTurn(), &step)
        }
        answer.pause(isAudible: answer.isAudible(grace: settings.grace, now: step.now), step: &step)
        turn = .held(answer, CallerTurn())
    }

    // MARK: - Words

    private mutating func typed(_ text: String, _ step: inout Step) {
        guard (turn.callerTurn ?? CallerTurn()).hasRoom(for: text) else {
            return complain(.turnTooLong, &step)
        }
        if let (answer, callerTurn) = turn.takeTypedOver() { interrupt(answer, by: callerTurn, &step) }
        turn.type(text, &step)
    }

    // MARK: - The client

    private mutating func receive(_ signal: ClientSignal, _ step: inout Step) {
        switch signal {
        case .commitAudio, .ignored: break
        case .text(let text): if !call.isDeaf { typed(text, &step) }
        case .picture(let picture): step.kept.picture = picture
        case .startRecording: if !call.isDeaf, let event = ear.press() { heard(event, &step) }
        case .stopRecording: if let event = ear.release() { heard(event, &step) }
        case .clearAudio:
            turn.forgetSpeaking(at: ear.position, &step)
            if let next = ear.clear() { heard(next, &step) }
        case .playbackStarted, .playbackStopped, .playbackProgress:
            turn.changeAnswer { $0.loudspeakerTells(signal, now: step.now) }
            if turn.answer == nil { step.correct(signal) }
            if signal != .playbackStopped, turn.answer?.clientPlays == true { ear.playoutStarted() }
        case .cancelResponse: cancel(skips: settings.vad == nil, &step)
        case .stopResponse, .skipAgent: cancel(skips: signal == .skipAgent, &step)
        case .update(let update): apply(update, &step)
        case .remark(let remark): if let problem = step.take(remark) { complain(problem, &step) }
        case .forget(let said): step.forget(said)
        case .respond(let order): if !call.isDeaf { step.desk.order(order) }
        case .toolResult(let id, let outcome):
            if !turn.takeClientsResult(outcome, of: id, &step) { complain(.unknownCall, &step) }
        case .memory(let request): if !step.past.take(request) { complain(.memoryBusy, &step) }
        case .malformed(let problem): complain(problem, &step)
        case .refused(let problem): step.tell(.warning(problem))
        }
    }

    /// A press of stop always stops. One that `skips` passes the floor on, as long as somebody is left to speak.
    private mutating func cancel(skips: Bool, _ step: inout Step) {
        step.desk.withdraw()
        if let answer = turn.takeCancelled(skips: skips, &step) { stop(answer, &step) }
    }

    private mutating func apply(_ update: SessionUpdate, _ step: inout Step) {
        do { try settings.apply(update) } catch { return complain(error, &step) }
        if let event = ear.follow(settings) { heard(event, &step) }
        step.desk.standing = settings.orders
        if update.variables != nil {
            step.values = settings.values
            call.valuesCame(now: step.now)
        }
        step.tell(.settings(settings.report))
    }

    private mutating func complain(_ problem: BadInput, _ step: inout Step) {
        step.tell(.warning(problem))
        guard badInput.isReached(now: step.now) else { return }
        step.tell(.failure(.tooMany(problem), closeCode: 1008))
    }

    // MARK: - Engines

    private mutating func receive(_ report: EngineReport, _ step: inout Step) {
        switch report {
        case .transcript(let id, let transcript):
            turn.transcribe(id, transcript, &step)
            weigh(.recognizer, &step)
        case .recognitionFailed(let id, let code): turn.loseRecognition(id, code, &step)
        case .endOfTurn(let id, let pause, let probability):
            weigh(.judge(id, pause: pause, probability: probability), &step)
        case .text(let work, _), .toolCall(let work, _), .textDone(let work), .textFailed(let work, _):
            guard turn.answer?.id == work.response else { return }
            for report in step.veil.uncover(report) { turn.changeAnswer { $0.receive(report, step: &step) } }
        case .audio, .words, .audioDone, .audioFailed:
            if fillers.receive(report) { return }
            turn.changeAnswer { $0.receive(report, step: &step) }
        case .toolDone(let id, let outcome): turn.finish(id, outcome, &step)
        case .hangUp(let id): if turn.answer?.id == id { hangUp(&step) }
        case .recalled(let id, let recalled): step.past.receive(id, recalled)
        case .used: break
        }
    }

    // MARK: - The end of the call

    /// The agent that answers ends the conversation after what it says.
    private mutating func hangUp(_ step: inout Step) {
        if turn.answer != nil, call.hangUp(.agent) { turn.changeAnswer { $0.becomeLast() } }
    }

    /// Does what the rules of a whole call ask for.
    private mutating func conduct(_ step: inout Step) {
        while let action = call.due(step.desk.pending == nil ? turn.situation : .caller, now: step.now) {
            switch action {
            case .say(let kind, let line):
                say(kind, line, &step)
                advance(&step)
            case .finishSentence:
                turn.changeAnswer { $0.finishSentence(step: &step) }
                advance(&step)
            case .fallSilent:
                cancel(skips: false, &step)
                turn.forgetSpeaking(at: ear.position, &step)
                turn = .quiet
            case .end(let reason): step.tell(.ended(reason))
            }
        }
    }

    // MARK: - What follows

    /// Does what follows from what has happened: decides on evidence, opens and ends responses, hands out what is due.
    private mutating func settle(_ step: inout Step) {
        if let end = ear.silenceEnds, end <= step.now, let event = ear.stopSpeech() { heard(event, &step) }
        for _ in 0..<step.serveRequests() { complain(.memoryFull, &step) }
        decideOnEvidence(&step)
        answerIfComplete(&step)
        goOnWithoutAnswer(&step)
        // Before the answer goes on: it would apologize for what it does not say.
        if step.takeHangUp() { hangUp(&step) }
        advance(&step)
        conduct(&step)
    }

    /// Words that make a turn end a held answer; without any it goes on.
    private mutating func decideOnEvidence(_ step: inout Step) {
        guard case .held(var answer, let callerTurn) = turn else { return }
        if answer.isInterrupted(by: callerTurn.wordsSoFar, settings, project) || callerTurn.hasLost {
            interrupt(answer, by: callerTurn, &step)
        } else if callerTurn.isComplete {
            turn = .quiet
            answer.resume(isAnother: !settings.knowsPauses, step: &step)
            turn = answer.isShown ? .answering(answer) : .drafting(answer)
        }
    }

    /// Opens a response when the caller says nothing more, and has said something or the client wants one.
    private mutating func answerIfComplete(_ step: inout Step) {
        let isOrdered = step.desk.pending != nil
        guard let callerTurn = turn.completeTurn(isOrdered: isOrdered) else { return }
        guard isOrdered || settings.answersTurns else {
            turn = .quiet
            return step.leaveUnanswered(callerTurn.remarks)
        }
        let words = step.wordsToAnswer(behind: callerTurn.words)
        guard step.isReminded(of: words) else { return }
        turn = .quiet
        if words.isEmpty, !callerTurn.hasLost, !isOrdered { return }
        guard call.callerSaid() else { return }
        let question = words.isEmpty ? nil : step.takeQuestion()
        let occasion: Answer.Occasion = isOrdered ? .order(words) : .words(words)
        step.desk.ask(callerTurn.remarks)
        begin(question.map { .answer(words, to: $0) } ?? occasion, callerTurn.marks, &step)
    }

    /// Opens a response in which agents go on that have asked the caller, and were not answered in time.
    private mutating func goOnWithoutAnswer(_ step: inout Step) {
        guard case .quiet = turn, !call.isDeaf, let question = step.takeQuestion(overdue: step.now) else { return }
        begin(.silence(question), nil, &step)
    }

    private mutating func begin(_ occasion: Answer.Occasion, _ marks: TurnTimings.Marks?, _ step: inout Step) {
        let id = step.identifiers.response()
        step.desk.begin(id, occasion)
        var answer = Answer(
            id, to: occasion, marks: marks, lead: identity.lead, isSilent: !step.desk.orders(of: id).isSpoken)
        ear.answerBegan(isProtected: occasion.isProtected || !settings.isInterruptible)
        fillers.answerBegan(at: marks?.turnEnd ?? step.now)
        answer.begin(step: &step)
        turn = .drafting(answer)
    }

    /// Hands out what is due, bridges silences and ends a response of which nothing is left.
    private mutating func advance(_ step: inout Step) {
        guard var answer = turn.answer else { return }
        if case .held(_, let callerTurn) = turn {
            turn = .quiet
            _ = answer.advance(step: &step)
            turn = .held(answer, callerTurn)
            return
        }
        turn = .quiet
        var sent = answer.advance(step: &step)
        if fillers.bridge(&answer, &step) { sent.add(answer.advance(step: &step)) }
        if sent.any { ear.audioSent() }
        if sent.answer { fillers.answered(at: step.now) }
        turn = answer.isShown ? .answering(answer) : .drafting(answer)
        ear.allowInterruption(answer.isInterruptible(project, now: step.now))
        if let end = answer.endsAt(grace: settings.grace, now: step.now), end <= step.now {
            return complete(answer, &step)
        }
        // Who speaks when nothing of ours can be heard any more has the floor.
        if !answer.isAudible(grace: settings.grace, now: step.now), let event = ear.playoutStopped() {
            heard(event, &step)
        }
    }

    // MARK: - Ends of answers

    private mutating func complete(_ answer: Answer, _ step: inout Step) {
        step.keep(answer.completed(now: step.now), of: answer.id)
        step.ask(answer.question(completed: step.now), in: answer.id)
        call.answered(hasSounded: answer.hasSounded)
        end(answer, .completed, &step)
        turn = .quiet
        // Speech that began during the answer and did not interrupt it is the caller's next turn.
        if let event = ear.answerEnded() { heard(event, &step) }
    }

    /// The caller has spoken over it. The client is told first, then engines are stopped.
    private mutating func interrupt(_ answer: Answer, by callerTurn: CallerTurn, _ step: inout Step) {
        let (agent, words) = answer.heardLast(now: step.now)
        step.tell(.interrupted(answer.id, agent: agent, heard: words))
        var callerTurn = callerTurn
        step.ask(answer.question(interrupted: step.now))
        if let entries = answer.interrupted(now: step.now) {
            step.keep(entries, of: answer.id, cut: answer.playout)
        } else {
            callerTurn.prepend(step.unheardWords(of: answer))
        }
        end(answer, .interrupted, &step)
        turn = .interrupted(answer.id, callerTurn)
        if let event = ear.answerEnded() { heard(event, &step) }
    }

    /// The client has stopped it. What is cancelled is not asked for again.
    private mutating func stop(_ answer: Answer, _ step: inout Step) {
        step.keepStopped(answer)
        end(answer, .cancelled, &step)
        if let event = ear.answerEnded() { heard(event, &step) }
    }

    private mutating func end(_ answer: Answer, _ status: ResponseStatus, _ step: inout Step) {
        answer.end(status, step: &step)
        step.veil.forget(answer.id)
        fillers.answerEnded()
    }
}
