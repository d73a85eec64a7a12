import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import SpeechText
import TurnTaking

/// One response: from the caller's words to the last of ours. Pure.
///
/// It joins who answers (`Reply`) with what is sent when (`Playout`). An answer that is owed ends in sound: where none came,
/// an apology is said. A response may also have nothing to say but an announcement.
struct Answer: Sendable {
    let id: ResponseID
    let occasion: Occasion
    private var phase: Phase
    private(set) var playout: Playout
    private var marks: TurnTimings.Marks?
    /// Agents whose answers the client did not want to hear to the end.
    private(set) var skipped: Set<String> = []
    /// What it was interrupted in, while it is held.
    private var pause: Pause = .none
    private(set) var sequel: Sequel = .open
    /// The calls of which the client was told that the answer waits for them.
    private var toldCalls: [CallID] = []
    /// Whether the client wants it in text only.
    private let isSilent: Bool

    /// - Parameter lead: how far ahead of playout audio is sent.
    init(_ id: ResponseID, to occasion: Occasion, marks: TurnTimings.Marks?, lead: Duration, isSilent: Bool = false) {
        (self.id, self.occasion, self.marks, self.isSilent) = (id, occasion, marks, isSilent)
        phase = .routing(Routing())
        playout = Playout(lead: lead)
    }

    // MARK: - What there is

    /// What is answered.
    var callerWords: String { occasion.words ?? "" }
    /// Whether audio of it was sent, asides not counted.
    var hasSounded: Bool { playout.answerHasSounded }
    /// Whether anything of it was shown or sent.
    var isShown: Bool { playout.hasBegun }
    /// Whether the client says that it is playing.
    var clientPlays: Bool { playout.clientPlays }
    /// The agent that speaks, or spoke last.
    var speaker: String? { playout.lastSpeaker }

    /// Whether those words of the caller end it while it is held. Where nothing of it could be heard, any word does.
    func isInterrupted(by words: String, _ settings: LiveSettings, _ project: CompiledProject) -> Bool {
        let count = BackChannels.wordCount(words)
        guard case .told(let speaker) = pause else { return count > 0 }
        let needed = speaker.map { project.project.interruption(of: $0).minimumWords } ?? 0
        return count >= max(needed, 1) && !BackChannels.isOnly(words, of: settings.backChannels)
    }

    /// Whether somebody else than `agent` still has something to say.
    func hasMore(besides agent: String) -> Bool {
        playout.hasMore(besides: agent) || replyInProgress?.hasMore(besides: agent) ?? false
    }

    /// Whether nothing is left to say; what was said may still be playing.
    var saidEverything: Bool { if case .playingOut = phase { true } else { false } }

    /// Who answers, once that is known.
    var reply: Reply? {
        switch phase {
        case .routing: nil
        case .replying(let reply): reply
        case .noticing(let reply, _), .playingOut(let reply): reply
        }
    }

    /// Until when something of it may be heard; nil when nothing is.
    func audibleUntil(grace: Duration) -> Duration? { playout.audibleUntil(grace: grace) }

    /// Whether something of it may be heard now.
    func isAudible(grace: Duration, now: Duration) -> Bool { audibleUntil(grace: grace).map { $0 > now } ?? false }

    /// Whether it may be spoken over now.
    func isInterruptible(_ project: CompiledProject, now: Duration) -> Bool {
        if occasion.isProtected { return false }
        guard let agent = speaker(now: now) else { return true }
        switch project.project.interruption(of: agent).permission {
        case .always: return true
        case .never: return false
        case .afterFirstSentence: return playout.hasHeardFirstPiece(of: agent, now: now)
        }
    }

    /// When it is over: all was said and played. A client that tells when it plays is waited for until it says that it
    /// stopped, up to the grace period past our estimate; for others the estimate counts.
    func endsAt(grace: Duration, now: Duration) -> Duration? {
        guard case .playingOut = phase, playout.isEmpty else { return nil }
        guard let estimate = playout.playedOut else { return now }
        return playout.clientPlays ? estimate + grace : estimate
    }

    /// When `advance` has something to do, as far as time alone decides.
    var nextWake: Duration? {
        let clause = playout.isEmpty ? replyInProgress?.nextClauseCut : nil
        return [playout.nextWake, clause].compactMap { $0 }.min()
    }

    private var replyInProgress: Reply? { if case .replying(let reply) = phase { reply } else { nil } }

    /// The line that may bridge the silence now; nil while sound is under way.
    func filler(_ project: CompiledProject) -> (line: FillerLine?, playedOut: Duration?) {
        guard playout.awaitsAudio, !isSilent else { return (nil, nil) }
        switch phase {
        case .routing: return (project.routingFiller, playout.playedOut)
        case .replying(let reply):
            return (reply.progress ?? reply.filler(speaking: playout.head), playout.playedOut)
        case .noticing, .playingOut: return (nil, nil)
        }
    }

    // MARK: - What happens

    /// Begins: chooses who answers, or lets the only one do so. Lost words get an apology.
    mutating func begin(step: inout Step) {
        step.tell(.responseStarted(id))
        switch occasion {
        case .words(""): apologize(after: nil, step: &step)
        case .words, .order: route(step: &step)
        case .answer: route(isAnswer: true, step: &step)
        case .silence(let question): goOn(question.reply, with: nil, step: &step)
        case .line(let line): say(line.notice, shown: line.notice.shown, after: nil, step: &step)
        }
    }

    private mutating func route(isAnswer: Bool = false, step: inout Step) {
        var routing = Routing()
        routing.begin(id, callerWords, isAnswer: isAnswer, step: &step)
        phase = .routing(routing)
        startIfDecided(step: &step)
    }

    /// Lets whoever was chosen answer, once that is known.
    private mutating func startIfDecided(step: inout Step) {
        guard case .routing(let routing) = phase, let decision = routing.decision(step.project.project) else { return }
        switch (decision, occasion.question) {
        case (.refused(let rule), _):
            // Who would answer does not matter any more.
            step.ask(.cancelWriting(id))
            start(.refusal(step.project.project, rule: rule, forms: step.project.forms), order: .ready, step: &step)
        case (_, let question?): goOn(question.reply, with: callerWords, step: &step)
        case (.tasks(let tasks), nil):
            start(step.project.cast(of: tasks), order: step.project.order(of: tasks.map(\.agent)), step: &step)
        case (.nobody, nil):
            start(.fallback(step.project.project, forms: step.project.forms), order: .ready, step: &step)
        }
    }

    private mutating func start(_ cast: Cast, order: Floor.Order, step: inout Step) {
        let cast = cast.following(step.desk.orders(of: id))
        var reply = Reply(id, cast, order: order, callerWords: callerWords)
        reply.begin(step: &step)
        take(reply.takeLines(), step: &step)
        phase = .replying(reply)
    }

    /// Agents go on that have asked the caller something.
    private mutating func goOn(_ asked: Reply, with words: String?, step: inout Step) {
        var reply = asked
        reply.goOn(as: id, with: words, step: &step)
        take(reply.takeLines(), step: &step)
        phase = .replying(reply)
    }

    /// What an engine reports of this answer.
    mutating func receive(_ report: EngineReport, step: inout Step) {
        switch report {
        case .text(let work, let text):
            if case .answer = work.part, marks?.token == nil { marks?.token = step.now }
            whileRouting(step: &step) { $0.receive(text, for: work.part) }
            whileReplying(step: &step) { $0.receive(text, for: work.part, step: &$1) }
        case .toolCall(let work, let call): whileReplying(step: &step) { $0.call(call, for: work.part, step: &$1) }
        case .textDone(let work):
            whileReplying(step: &step) { $0.finish(work.part, step: &$1) }
            whileRouting(step: &step) { $0.finish(work.part) }
        case .textFailed(let work, _):
            whileReplying(step: &step) { $0.fail(work.part, step: &$1) }
            whileRouting(step: &step) { $0.fail(work.part) }
        case .audio(let segment, let samples):
            if marks?.audio == nil, playout.next == segment { marks?.audio = step.now }
            playout.receive(samples: samples, for: segment)
        case .words(let segment, let words):
            playout.time(words.map { SpokenWord(textEnd: $0.range.upperBound, end: $0.end) }, for: segment)
        case .audioDone(let segment): playout.finish(segment, failed: false)
        case .audioFailed(let segment, _): playout.finish(segment, failed: true)
        case .transcript, .recognitionFailed, .endOfTurn, .toolDone, .hangUp, .recalled, .used: break
        }
    }

    private mutating func whileRouting(step: inout Step, _ change: (inout Routing) -> Void) {
        guard case .routing(var routing) = phase else { return }
        change(&routing)
        phase = .routing(routing)
        startIfDecided(step: &step)
    }

    mutating func whileReplying(step: inout Step, _ change: (inout Reply, inout Step) -> Void) {
        guard case .replying(var reply) = phase else { return }
        // Let go of the stored value, so that what changes is not copied first.
        phase = .playingOut(nil)
        change(&reply, &step)
        take(reply.takeLines(), step: &step)
        phase = .replying(reply)
    }

    private mutating func take(_ lines: [Reply.Line], step: inout Step) {
        for line in lines {
            switch line {
            case .say(let segment):
                if segment.speech != nil, marks?.sentence == nil { marks?.sentence = step.now }
                playout.append(segment)
            case .expect(let segment, let agent): playout.expect(segment, of: agent)
            case .extend(let segment, let source, let text):
                if playout.extend(segment, with: text) { step.tell(.agentText(source, text)) }
            case .lose(let segment): playout.finish(segment, failed: true)
            case .abandon(let segment): playout.abandon(segment)
            case .retract(let source):
                let dropped = playout.drop { $0 == source }
                if !dropped.isEmpty { step.ask(.cancelSpeech(dropped)) }
            }
        }
    }

    /// Does what is due: cuts clauses, starts syntheses, hands out what can be heard now.
    mutating func advance(step: inout Step) -> Playout.Sent {
        if playout.isEmpty, let at = replyInProgress?.nextClauseCut, at <= step.now {
            whileReplying(step: &step) { $0.cutClauses(step: &$1) }
        }
        var sent = playout.advance(&step)
        if sent.answer, let timings = marks?.timings(sent: step.now) {
            step.tell(.turnMetrics(id, timings))
            marks = nil
        }
        while playout.isEmpty, finishPhase(step: &step) {
            let more = playout.advance(&step)
            sent.add(more)
        }
        tellIfAwaitsClient(step: &step)
        return sent
    }

    /// The calls that it waits for, of which the client was not told that it does; none while anything is left to say.
    private var untoldCalls: [CallID] {
        guard playout.isEmpty, let awaited = replyInProgress?.awaited, awaited != toldCalls else { return [] }
        return awaited
    }

    /// When it may be told that it waits for the client: what was said before has been played.
    var handover: Duration? { untoldCalls.isEmpty ? nil : playout.playedOut }

    private mutating func tellIfAwaitsClient(step: inout Step) {
        let calls = untoldCalls
        guard !calls.isEmpty, calls.allSatisfy(step.calls.isClients), playout.playedOut ?? .zero <= step.now else {
            return
        }
        toldCalls = calls
        step.tell(.awaitsClient(id))
    }

    /// Everything was handed out: what comes next.
    /// - Returns: whether there is something to hand out again.
    private mutating func finishPhase(step: inout Step) -> Bool {
        switch phase {
        case .routing, .playingOut: return false
        case .replying(let reply):
            guard reply.isOver else { return false }
            let owesSound = reply.firstVoice != nil && skipped.isEmpty && sequel == .open
            if owesSound, reply.hasBrokenOff || !playout.answerHasSounded {
                apologize(after: reply, step: &step)
                return true
            }
            if let asker = occasion.asker, !reply.hasWorked, let thanks = Notice.thanks(step.project, speaker: asker) {
                say(thanks, shown: thanks.shown, after: reply, step: &step)
                return true
            }
            phase = .playingOut(reply)
            return false
        case .noticing(let reply, let notice):
            let hasSounded = notice.kind == .answer ? playout.answerHasSounded : playout.noticeHasSounded
            if !hasSounded, !isSilent, let next = notice.inLocalVoice {
                say(next, shown: nil, after: reply, step: &step)
                return true
            }
            phase = .playingOut(reply)
            return false
        }
    }

    // MARK: - Asides

    private mutating func apologize(after reply: Reply?, step: inout Step) {
        guard let apology = Notice.apology(step.project, speaker: reply?.firstVoice) else {
            phase = .playingOut(reply)
            return
        }
        // Where there were words and no sound, the voice has failed: it would fail again.
        let isVoiceLost = reply?.answers.isEmpty == false && !playout.answerHasSounded
        let line = isVoiceLost ? apology.inLocalVoice ?? apology : apology
        say(line, shown: apology.shown, after: reply, step: &step)
    }

    private mutating func say(_ notice: Notice, shown: String?, after reply: Reply?, step: inout Step) {
        let id = step.identifiers.segment()
        let source = Attribution(response: self.id, item: step.identifiers.item(), agent: notice.agent)
        var segment = Segment(
            id: id, source: source, kind: notice.kind, shown: shown, speech: isSilent ? nil : notice.speech)
        if notice.kind == .answer { segment.closes = shown }
        playout.append(segment)
        phase = .noticing(reply, notice)
    }

    /// Says a line that bridges a silence.
    mutating func interject(
        _ line: FillerLine, _ segment: SegmentID, samples: Int, words: [SpokenWord], step: inout Step
    ) {
        let source = Attribution(response: id, item: step.identifiers.item(), agent: line.agent)
        playout.interject(
            Segment(id: segment, source: source, kind: .filler, shown: line.text, speech: line.speech),
            samples: samples, words: words)
    }

    // MARK: - The end of the call

    /// The conversation ends after it.
    mutating func becomeLast() { sequel = .end }

    /// It ends with the sentence that is under way, and the conversation after it.
    mutating func finishSentence(step: inout Step) {
        sequel = .endAfterSentence
        step.ask(.cancelSpeech(playout.keepPiece()))
        // An agent's own voice is one piece: what makes it goes on.
        if !playout.isInOwnVoice { step.ask(.cancelWriting(id)) }
        phase = .playingOut(reply)
    }

    /// What the client says of its loudspeaker.
    mutating func loudspeakerTells(_ signal: ClientSignal, now: Duration) {
        if case .playbackStarted = signal { playout.started(now: now) }
        if case .playbackStopped = signal { playout.stopped(now: now) }
        if case .playbackProgress(let played) = signal { playout.progress(played, now: now) }
    }

    // MARK: - Interruptions

    /// The agent that is heard, or whose words come next.
    func speaker(now: Duration) -> String? { playout.speaker(now: now) }

    /// Whose words were heard last, and which.
    func heardLast(now: Duration) -> (agent: String?, words: String) {
        let (words, speaker) = playout.heard(now: now)
        return (speaker ?? playout.head, words.last { $0.speaker == speaker }?.text ?? "")
    }

    /// Stops handing out; the client is told when it can hear something.
    mutating func pause(isAudible: Bool, step: inout Step) {
        playout.pause(now: step.now)
        pause = .silent
        guard isAudible else { return }
        let (agent, words) = heardLast(now: step.now)
        pause = .told(speaker: agent)
        step.tell(.paused(id, agent: agent, heard: words))
    }

    /// Goes on after a pause.
    /// - Parameter isAnother: whether a client that was told of the pause takes what comes for another response.
    mutating func resume(isAnother: Bool, step: inout Step) {
        guard case .told = pause else {
            _ = playout.resume()
            pause = .none
            return
        }
        let (source, rest) = playout.resume(countsAnew: isAnother)
        step.tell(.resumed(id, source, rest: rest))
        pause = .none
    }

    /// Drops what one agent has not said yet.
    mutating func skip(_ agent: String, step: inout Step) {
        skipped.insert(agent)
        let dropped = playout.drop { $0.agent == agent }
        whileReplying(step: &step) { reply, _ in reply.skip(agent: agent) }
        if !dropped.isEmpty { step.ask(.cancelSpeech(dropped)) }
    }

    /// Stops all work for it. What comes late finds nothing.
    /// - Parameter isCut: whether it was not heard to its end.
    func cancelWork(isCut: Bool, step: inout Step) {
        for own in isCut ? playout.cutOwnVoices(now: step.now) : [] {
            step.ask(.truncate(id, agent: own.agent, heard: own.heard))
        }
        if isCut { step.interruptCalls(of: id) }
        step.ask(.cancelWriting(id))
        step.ask(.cancelSpeech(playout.held))
    }
}
