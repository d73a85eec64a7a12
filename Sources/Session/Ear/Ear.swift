import AudioCore
import ProjectModel
import TurnTaking

/// What the caller's audio means: where speech begins and ends, and when it interrupts. Pure; audio time rules it.
///
/// Speech counts at once where nothing of ours can be heard; over an answer the barge-in gate decides. In push-to-talk a
/// button that is held decides alone.
struct Ear: Sendable {
    enum Event: Equatable, Sendable {
        /// The caller has the floor from there on.
        case speechStarted(onset: AudioPosition)
        /// The caller pauses, and may have said all.
        case paused
        /// The pause goes on.
        case lingered
        /// The caller goes on after a pause.
        case resumed
        /// What the caller said ended there.
        case speechStopped(end: AudioPosition)
        /// The caller speaks over an answer that can be heard.
        case bargeIn(onset: AudioPosition)
        /// Audio came that nobody listens to.
        case unwanted
        /// The gate has judged a frame.
        case frame(FrameReport)
    }

    /// What ends an utterance.
    private enum Control: Equatable {
        /// Detectors decide. Exits: `released` in push-to-talk, with the first press.
        case detector
        /// The button has been released there. Exits: `held`.
        case released(at: AudioPosition)
        /// The button is held. Exits: `released`.
        case held
    }

    /// What of ours is under way.
    private enum Open: Equatable {
        /// Nothing. Exits: `answer`, `announcement`.
        case nothing
        /// A response. Exits: `nothing`.
        case answer
        /// A response that nobody may speak over; who still speaks at its end has the floor. Exits: `nothing`.
        case announcement
    }

    /// An utterance is cut here.
    static let longestUtterance: Duration = .seconds(120)
    /// Audio that is under way when the button is released is no mistake of the client.
    static let releaseSlack: Duration = .milliseconds(500)
    /// When audio stops coming in mid-speech, the line may only have stalled: so long it is waited for.
    static let uplinkPatience: Duration = .milliseconds(1500)

    private var hearing: Hearing
    private var control: Control = .detector
    private var open: Open = .nothing
    private var utteranceBegan: AudioPosition?
    /// The end of the last full window, and of all audio.
    private var judged: AudioPosition = .start
    private var end: AudioPosition = .start
    private var lastAudio: Duration = .zero
    /// Whether the response that is open has been told that audio is not wanted.
    private var hasRefused = false

    init(_ audio: AudioConfiguration) {
        hearing = Hearing(endpointing: audio.endpointing, vad: audio.vad)
    }

    /// How the caller may interrupt; nil in push-to-talk.
    var vad: VADConfiguration? { hearing.gate?.configuration }

    /// The end of all audio.
    var position: AudioPosition { end }

    /// Whether the button is held.
    var isHeld: Bool { control == .held }

    /// Whether the gate takes it that an answer can be heard.
    var hearsAnswer: Bool { vad != nil && isProtected }

    /// How long ago audio came last.
    func sinceAudio(now: Duration) -> Duration { now - lastAudio }

    // MARK: - Audio

    /// Judges the next window.
    /// - Parameter reportsFrames: whether each counting frame is told.
    mutating func judge(_ probability: Float, reportsFrames: Bool, now: Duration) -> [Event] {
        lastAudio = now
        let window = judged..<judged.advanced(bySamples: 512)
        judged = window.upperBound
        end = max(end, judged)
        var events = translate(hearing.append(window: window, probability: isDeaf ? 0 : probability))
        if reportsFrames { events += frames() }
        if let began = utteranceBegan, judged - began > Self.longestUtterance {
            events += control == .held ? cut() : stopSpeech().map { [$0] } ?? []
        }
        if isUnwanted, !hasRefused {
            hasRefused = true
            events.append(.unwanted)
        }
        return events
    }

    /// Judges what can be judged before the next window is full.
    /// - Parameter place: the end of all audio.
    mutating func received(upTo place: AudioPosition, reportsFrames: Bool, now: Duration) -> [Event] {
        lastAudio = now
        guard place > judged else { return [] }
        end = place
        return translate(hearing.received(place)) + (reportsFrames ? frames() : [])
    }

    /// Whether audio means nothing now: in push-to-talk while a response is open, and while the button is not held.
    private var isDeaf: Bool {
        guard vad == nil else { return false }
        switch control {
        case .held: return false
        case .released: return true
        case .detector: return open == .answer
        }
    }

    private var isUnwanted: Bool {
        if case .released(let place) = control, judged - place < Self.releaseSlack { return false }
        return isDeaf
    }

    private mutating func translate(_ events: [Hearing.Event]) -> [Event] {
        if events.isEmpty || control != .detector { return [] }
        return events.compactMap { event in
            switch event {
            case .speechStarted(let onset):
                if isProtected { return refusesInterruption() ? .unwanted : nil }
                utteranceBegan = onset
                return .speechStarted(onset: onset)
            case .paused: return utteranceBegan == nil ? nil : .paused
            case .lingered: return utteranceBegan == nil ? nil : .lingered
            case .resumed: return utteranceBegan == nil ? nil : .resumed
            case .speechStopped(let end):
                guard utteranceBegan.take() != nil else { return nil }
                return .speechStopped(end: end)
            case .bargeIn where utteranceBegan != nil: return nil
            case .bargeIn(let trigger):
                let onset = min(trigger.onset, hearing.endpointer.onset ?? trigger.onset)
                utteranceBegan = onset
                return .bargeIn(onset: onset)
            }
        }
    }

    /// Whether speech over an answer is lost because nothing may interrupt it; said once in a response.
    private mutating func refusesInterruption() -> Bool {
        guard hearing.gate?.allowsInterruption == false, !hasRefused else { return false }
        hasRefused = true
        return true
    }

    /// Whether an answer can be heard, so that only the gate lets speech through.
    private var isProtected: Bool {
        if open == .announcement { return true }
        guard let gate = hearing.gate else { return false }
        return switch gate.state {
        case .locked, .detecting: true
        case .closed, .silent: false
        }
    }

    private func frames() -> [Event] {
        guard let gate = hearing.gate else { return [] }
        return hearing.lastFrames.map { frame in
            .frame(
                FrameReport(
                    start: frame.start, probability: frame.probability, positives: gate.count, state: gate.state.name))
        }
    }

    /// Ends the utterance at the limit while the button stays held; what follows is another one.
    private mutating func cut() -> [Event] {
        utteranceBegan = end
        return [.speechStopped(end: end), .speechStarted(onset: end)]
    }

    // MARK: - Time and buttons

    /// When the caller's silence is long enough although audio has stopped coming; nil while nobody speaks.
    var silenceEnds: Duration? {
        guard utteranceBegan != nil, control != .held else { return nil }
        let silence = hearing.endpointer.silence
        guard case .speaking(_, let voicedUntil) = hearing.endpointer.state, judged > voicedUntil else {
            return lastAudio + max(silence, Self.uplinkPatience)
        }
        return lastAudio + max(silence - (judged - voicedUntil), Self.uplinkPatience)
    }

    /// There is evidence that the pause that goes on is the end of the turn.
    mutating func expectEnd() -> Event? {
        guard control == .detector, utteranceBegan != nil, let event = hearing.expectEnd(at: judged) else { return nil }
        return translate([event]).first
    }

    /// Ends what is being said.
    mutating func stopSpeech() -> Event? {
        let event = hearing.stopSpeech()
        guard utteranceBegan.take() != nil else { return nil }
        if case .speechStopped(let end) = event { return .speechStopped(end: end) }
        return .speechStopped(end: end)
    }

    /// Forgets what is being said. While the button is held, what follows is another utterance.
    mutating func clear() -> Event? {
        _ = hearing.stopSpeech()
        utteranceBegan = nil
        guard control == .held else { return nil }
        utteranceBegan = end
        return .speechStarted(onset: end)
    }

    /// The button is pressed: in push-to-talk the caller has the floor from now on.
    mutating func press() -> Event? {
        guard vad == nil, control != .held else { return nil }
        _ = hearing.stopSpeech()
        control = .held
        hasRefused = false
        let onset = utteranceBegan ?? end
        let isNew = utteranceBegan == nil
        utteranceBegan = onset
        return isNew ? .speechStarted(onset: onset) : nil
    }

    /// The button is released, or the microphone is off: what was being said is over.
    mutating func release() -> Event? {
        guard control == .held else { return stopSpeech() }
        control = .released(at: end)
        hasRefused = false
        return utteranceBegan.take() == nil ? nil : .speechStopped(end: end)
    }

    // MARK: - Answers

    /// A response is open.
    /// - Parameter isProtected: whether nobody may speak over it.
    mutating func answerBegan(isProtected: Bool = false) {
        open = isProtected ? .announcement : .answer
        hasRefused = false
        hearing.gate?.responseOpened()
    }

    /// Audio of ours was sent.
    mutating func audioSent() { hearing.gate?.audioSent(at: judged) }

    /// The client says that it plays.
    mutating func playoutStarted() { hearing.gate?.playoutStarted(at: judged) }

    /// Nothing of ours can be heard now. Who speaks by now has the floor.
    mutating func playoutStopped() -> Event? {
        hearing.gate?.playoutStopped()
        return claim()
    }

    /// No response is open any more. Who speaks by now has the floor.
    mutating func answerEnded() -> Event? {
        open = .nothing
        hearing.gate?.responseClosed()
        return claim()
    }

    private mutating func claim() -> Event? {
        guard control == .detector, utteranceBegan == nil, !isProtected, let onset = hearing.endpointer.onset else {
            return nil
        }
        utteranceBegan = onset
        return .speechStarted(onset: onset)
    }

    /// Whether the answer may be spoken over from now on.
    mutating func allowInterruption(_ allowed: Bool) {
        if hearing.gate?.allowsInterruption != allowed { hearing.gate?.allowsInterruption = allowed }
    }

    /// Changes how the caller may interrupt and, where the client has set that, how turns are taken.
    /// - Returns: the end of what is being said, where turns are the client's from now on.
    mutating func follow(_ settings: LiveSettings) -> Event? {
        hearing.apply(settings.endpointing)
        if let vad = settings.vad {
            if hearing.gate == nil {
                hearing.gate = BargeInGate(vad)
                if open != .nothing { hearing.gate?.responseOpened() }
            }
            hearing.apply(vad)
        } else {
            hearing.gate = nil
        }
        switch (settings.turns?.ending, control) {
        case (.client, .detector):
            let event = stopSpeech()
            control = .released(at: end)
            return event
        case (.silence, .released), (.evidence, .released): control = .detector
        default: break
        }
        return nil
    }
}
