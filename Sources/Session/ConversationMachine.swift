import Agents
import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import TurnTaking

/// Decides everything that happens in one conversation. A pure value: an event and the time in, actions out, to be
/// performed in order. The parts decide in their own files: `Hearing` on the caller's audio, `Reply` on the agents,
/// `SpeechQueue` on what is sent when; here it is decided how they go together.
///
/// Late events are harmless: recognitions, generations and syntheses carry the number of their utterance, response or
/// segment, and what is not current is dropped.
struct ConversationMachine: Sendable {
    enum Action: Equatable, Sendable {
        case send(ConversationEvent)
        /// Recognise what the caller says from that position of the stream on.
        case beginRecognition(UtteranceID, from: Int)
        /// The utterance is complete; its final transcript is wanted.
        case endRecognition(UtteranceID)
        /// The utterance does not matter any more.
        case cancelRecognition(UtteranceID)
        /// Let a language model write, or go on behind what is `written`.
        case generate(ResponseID, Reply.Work, Brief, Writer, written: String = "")
        /// Let an agent's speech-to-speech model answer, in that segment; its text only when there is none.
        case converse(ResponseID, Reply.Work, SpeechSegment.ID?, Brief, Speaker)
        /// Of what that agent's model says itself so much was heard, and no more will be.
        case cutAnswer(ResponseID, agent: String, heard: Duration)
        case synthesize(ResponseID, SpeechSegment.ID, SpeechSegment.Speech)
        /// So many samples of a segment were sent: there is room for more.
        case sent(SpeechSegment.ID, Int)
        /// Synthesise a line that may have to bridge a silence.
        case prepareFiller(FillerStock.ID, SpeechSegment.Speech)
        /// Stop these syntheses.
        case cancelSynthesis(ResponseID, [SpeechSegment.ID])
        /// Stop all work for that response.
        case cancelResponse(ResponseID)
    }

    typealias UtteranceID = Int
    typealias ResponseID = Int

    /// What an engine reports.
    enum EngineEvent: Equatable, Sendable {
        case transcript(UtteranceID, Transcript)
        case recognitionFailed(UtteranceID, ProviderError.Code)
        case text(ResponseID, Reply.Work, String)
        case textDone(ResponseID, Reply.Work)
        case textFailed(ResponseID, Reply.Work, ProviderError.Code)
        case audio(ResponseID, SpeechSegment.ID, [Int16])
        case words(ResponseID, SpeechSegment.ID, [WordTiming])
        case audioDone(ResponseID, SpeechSegment.ID)
        case audioFailed(ResponseID, SpeechSegment.ID, ProviderError.Code)
        case filler(FillerStock.ID, FillerEvent)
        case used(Source, [ProviderReport])
    }

    /// What becomes of a line that may have to bridge a silence.
    enum FillerEvent: Equatable, Sendable {
        case piece(SynthesisPiece)
        case over(failed: Bool)
    }

    /// The caller's utterances that are not yet words.
    enum Capture: Equatable, Sendable {
        /// Nobody speaks. Exits: `speaking`.
        case none
        /// The caller speaks. Exits: `none`, when the utterance ends or is cleared; `unrecognized`.
        case speaking(UtteranceID)
        /// The caller speaks, but the recogniser has failed. Exits: `none`, when the speech ends.
        case unrecognized
    }

    /// A response that is open.
    struct Open: Sendable {
        enum Phase: Equatable, Sendable {
            /// Choosing who answers. Exits: `answering`, interruption.
            case routing(choice: String)
            /// Agents work and speak. Exits: `playingOut`, interruption, cancellation.
            case answering
            /// All audio was sent and is being played. Exits: the end, interruption, cancellation.
            case playingOut(until: Duration)
        }

        var id: ResponseID
        /// What the engines know it by; that of the interrupted response when this one goes on with it.
        var work: ResponseID
        var phase: Phase
        var reply: Reply?
        var queue: SpeechQueue
        var callerWords: String
        var marks: TurnTimings.Marks?
        var silence: Silence
        var clientPlayout: ClientPlayout = .unknown
        /// What was heard of it before it was interrupted and went on.
        var heardBefore: [HeardLedger.Heard] = []
        /// Agents whose answers the client did not want to hear to the end.
        var skipped: Set<String> = []

        /// Whether nothing is left to say; what was said may still be playing.
        var saidEverything: Bool { reply?.isOver == true && queue.isEmpty }

        /// When a slow text is to be cut at a clause: only while nothing else waits to be said.
        var clauseCut: Duration? { queue.isEmpty ? reply?.nextClauseCut : nil }
    }

    /// What the client tells of its loudspeaker.
    enum ClientPlayout: Equatable, Sendable {
        /// Nothing so far; it may be a client that never does.
        case unknown
        /// It plays.
        case playing
        /// It has played all that it had.
        case stopped
    }

    /// What becomes of the caller's words.
    enum Answering: Sendable {
        /// Nothing is being answered. Exits: `open`.
        case idle
        /// A response is open. Exits: `idle`, `interrupted`.
        case open(Open)
        /// The caller spoke over a response; its end is owed to the client. Exits: `idle`.
        case interrupted(ResponseID, closeAt: Duration)
    }

    /// After an interruption the response ends this much later when the client does not cancel it.
    static let cancelWait: Duration = .milliseconds(250)
    /// A cancel that comes this long after such an end is still meant for the interrupted response.
    static let lateCancel: Duration = .seconds(2)
    /// Audio that comes too fast is complained of this often.
    static let complaintPause: Duration = .seconds(1)
    /// So many attempts at providers are remembered before a response takes them up.
    static let unassignedReports = 100
    /// An utterance is cut here.
    static let longestUtterance: Duration = .seconds(120)

    let project: Project
    let lead: Duration
    var hearing: Hearing
    var capture: Capture = .none
    var answering: Answering = .idle
    var history = ConversationHistory()
    var vad: VADConfiguration?
    var reportsFrames = false
    var budget = AudioBudget()
    var fillers = FillerStock()
    /// Who works when one of the orchestrator's agents is asked; settled before the first question.
    let casts: [String: Cast]
    /// What bridges the silence while it is chosen who answers.
    let routingFiller: FillerLine?
    /// Samples heard so far.
    var position = 0
    var lastAudio: Duration = .zero
    var speechBegan = 0
    /// Utterances that have ended and whose final transcript is awaited, oldest first.
    var awaited: [UtteranceID] = []
    /// The caller's words that no response has taken up.
    var words: [String] = []
    var marks: TurnTimings.Marks?
    var nextUtterance = 0
    var nextResponse = 0
    var nextSegment = 0
    /// Numbers segments that are said again, downward.
    var nextRepeat = -1
    /// An interrupted response that goes on if no words follow the interruption.
    var suspended: Cut?
    /// Until when one `response.cancel` is that of a response that has ended without it.
    var lateCancelUntil: Duration?
    /// What providers did, by the response's work.
    var usage: [ResponseID: UsageTally] = [:]
    /// What they did for a turn that no response answers yet.
    var unassigned: [ProviderReport] = []
    var nextComplaint: Duration = .zero
    var recent = BadInputLimit()

    /// - Parameter lead: how far ahead of playout audio is sent.
    init(project: Project, lead: Duration) {
        self.project = project
        self.lead = lead
        vad = project.audio.vad
        let names = Set(project.orchestrator.agentNames)
        casts = Dictionary(uniqueKeysWithValues: names.map { ($0, Cast(project, running: $0)) })
        routingFiller = FillerLine(
            project.orchestrator.filler, agent: "orchestrator", voice: project.voice(of: nil, within: []))
        hearing = Hearing(endpointing: project.audio.endpointing, vad: project.audio.vad)
    }

    // MARK: - Events

    /// Whether audio that arrives now is heard at all: in push-to-talk not while a response is open.
    var hears: Bool {
        if vad != nil { return true }
        if case .open = answering { return false }
        return true
    }

    /// Whether `duration` of audio may come in at `now`; if not, why.
    mutating func admit(_ duration: Duration, now: Duration) -> [Action]? {
        if budget.accept(duration, now: now) { return nil }
        if now < nextComplaint { return [] }
        nextComplaint = now + Self.complaintPause
        return badInput(
            BadInput(
                code: "audio_too_fast",
                message: "audio is more than 30 s ahead of real time; the surplus was dropped"), now: now)
    }

    /// The network's verdict on the next window of the caller's audio.
    mutating func heard(window: Range<Int>, probability: Float, now: Duration) -> [Action] {
        (position, lastAudio) = (window.upperBound, now)
        var actions = decide(hearing.append(window: window, probability: probability), now: now)
        if case .speaking = capture, position - speechBegan > Self.longestUtterance.samples(at: 16000),
            case .speechStopped(let end) = hearing.stopSpeech()
        {
            actions += speechStopped(end: end, now: now)
        }
        return actions
    }

    /// So many samples of the caller's audio are here; those behind the last full window have no verdict yet.
    mutating func received(_ samples: Int, now: Duration) -> [Action] {
        guard samples > position else { return [] }
        (position, lastAudio) = (samples, now)
        return decide(hearing.received(samples), now: now)
    }

    private mutating func decide(_ events: [Hearing.Event], now: Duration) -> [Action] {
        var actions: [Action] = []
        for event in events {
            switch event {
            case .speechStarted(let onset): actions += speechStarted(onset: onset)
            case .speechStopped(let end): actions += speechStopped(end: end, now: now)
            case .bargeIn(let trigger): actions += bargeIn(trigger, now: now)
            }
        }
        guard reportsFrames, let gate = hearing.gate else { return actions }
        return actions
            + hearing.lastFrames.map { frame in
                .send(
                    .vadFrame(
                        FrameReport(
                            start: frame.start, probability: frame.probability, positives: gate.count,
                            state: gate.state.name)))
            }
    }

    /// What else a client says.
    mutating func receive(_ event: ClientEvent, now: Duration) -> [Action] {
        switch event {
        case .audio, .commitAudio, .ignored: return []
        case .text(let text): return typed(text, now: now)
        case .startRecording: return [.send(.recordingStarted)]
        case .stopRecording: return [.send(.recordingStopped)] + dropSuspended() + endSpeech(now: now)
        case .clearAudio: return clear()
        case .playbackStarted: return plays(now: now) { $0.started(now: now) }
        case .playbackStopped: return playedOut(now: now)
        case .playbackProgress(let played): return plays(now: now) { $0.progress(played, now: now) }
        case .cancelResponse: return cancel(now: now)
        case .update(let update): return apply(update, now: now)
        case .malformed(let problem): return badInput(problem, now: now)
        }
    }

    /// Time has passed.
    mutating func tick(now: Duration) -> [Action] {
        var actions: [Action] = []
        if case .interrupted(let id, let closeAt) = answering, closeAt <= now {
            lateCancelUntil = now + Self.lateCancel
            actions += close(id, .interrupted) + answerIfComplete(now: now)
        }
        if capture != .none, silenceEnds <= now { actions += endSpeech(now: now) }
        return actions + whileOpen(now: now) { _ in [] }
    }

    /// When a caller whose audio has stopped coming has been silent for long enough, counting the silence that was heard.
    private var silenceEnds: Duration {
        let silence = project.audio.endpointing.silence
        guard case .speaking(_, let voicedUntil) = hearing.endpointer.state else { return lastAudio + silence }
        return lastAudio + max(silence - .samples(max(position - voicedUntil, 0), at: 16000), .zero)
    }

    /// When `tick` has something to do, as far as time alone decides.
    var nextDeadline: Duration? {
        var deadlines: [Duration] = []
        switch answering {
        case .interrupted(_, let closeAt): deadlines.append(closeAt)
        case .open(let open):
            if let wake = open.queue.nextWake { deadlines.append(wake) }
            if let cut = open.clauseCut { deadlines.append(cut) }
            if let step = nextFillerStep(open) { deadlines.append(step) }
            if case .playingOut(let until) = open.phase { deadlines.append(until) }
        case .idle: break
        }
        if capture != .none { deadlines.append(silenceEnds) }
        return deadlines.min()
    }

    /// The name of a response on the wire.
    func responseName(_ id: ResponseID) -> String { "resp_\(id + 1)" }
}
