import AudioCore
import ProjectModel
import ProviderKit
import TurnTaking

/// The order of one response's speech: what was ordered, sent, played and heard. Pure; samples stay outside, this counts
/// them.
///
/// It starts synthesis a little ahead, shows each sentence just before its sound, and hands audio out at the pace of
/// playout. While it is paused it hands nothing out, and then goes on from a word, or from a clause, that was cut.
struct Playout: Sendable {
    /// No synthesis is begun while more than this waits to be sent.
    static let lookahead: Duration = .seconds(8)
    /// At most this many segments are synthesized at once.
    static let concurrency = 2
    /// The usual length of one audio message.
    static let piece: Duration = .milliseconds(100)
    /// Less than this is sent only when it is the end of a segment.
    static let smallestPiece: Duration = .milliseconds(20)
    /// Samples are kept this long after they were played: an answer may go on from there.
    static let memory: Duration = .seconds(3)
    /// A loudspeaker that tells nothing may be this far behind our estimate.
    static let loudspeakerDelay: Duration = .milliseconds(500)

    private var entries: [PlayoutEntry] = []
    /// The first entry that is not sent to its end.
    private var cursor = 0
    /// Audio that came for segments in their agents' own voices before they had the floor.
    private var early: [SegmentID: (agent: String, produced: Int, progress: PlayoutEntry.Progress)] = [:]
    private var clock: PlayoutClock
    private var ledger = HeardLedger()
    private var pace: Pace = .running
    private var loudspeaker: Loudspeaker = .unknown
    /// Where the answer went on last.
    private var lastResumption: Duration?
    /// What is to be added to the client's count of what it has played: it counts twice what comes twice, or counts anew.
    private var countOffset: Duration = .zero
    /// Whether audio of the answer itself was sent.
    private(set) var answerHasSounded = false
    /// Whether audio of a notice was sent.
    private(set) var noticeHasSounded = false

    /// - Parameter lead: how far ahead of playout audio is sent.
    init(lead: Duration) { clock = PlayoutClock(lead: lead) }

    // MARK: - What there is

    /// Whether everything that was put in has been handed out.
    var isEmpty: Bool { cursor >= entries.count }
    /// The agent whose segment is next or under way.
    var head: String? { isEmpty ? nil : entries[cursor].segment.source.agent }
    /// The agent whose answer is spoken, or was last.
    var lastSpeaker: String? {
        let next = isEmpty || entries[cursor].segment.isAside ? nil : head
        return next ?? ledger.entries.last { !$0.isFiller }?.speaker
    }
    /// Whether words of others than `agent` wait.
    func hasMore(besides agent: String) -> Bool {
        !isEmpty && entries[cursor...].contains { !$0.segment.isAside && $0.segment.source.agent != agent }
    }
    /// The segment of the answer that is next or under way.
    var next: SegmentID? { entries[cursor...].first { !$0.segment.isAside }?.segment.id }
    /// Whether anything was shown or sent.
    var hasBegun: Bool { cursor > 0 || (entries.first?.hasBegun ?? false) || !ledger.entries.isEmpty }
    /// When all that was sent will have been played, by our estimate.
    var playedOut: Duration? { clock.playedOut }
    /// Whether the client says that it is playing.
    var clientPlays: Bool { pace == .running && loudspeaker == .playing }

    /// Whether the client has nothing of what comes next: nothing is under way, and no audio is here.
    var awaitsAudio: Bool {
        guard !isEmpty else { return true }
        let entry = entries[cursor]
        return !entry.hasBegun && !entry.progress.isOver && entry.produced == 0
    }

    /// Until when something of ours may be heard; nil when nothing is.
    /// - Parameter grace: how long a client that plays may be behind our estimate.
    func audibleUntil(grace: Duration) -> Duration? {
        guard pace == .running, let end = clock.playedOut else { return nil }
        switch loudspeaker {
        case .stopped: return nil
        case .unknown: return end + Self.loudspeakerDelay
        case .playing: return end + max(grace, Self.loudspeakerDelay)
        }
    }

    /// How much has been played.
    func played(now: Duration) -> Duration {
        if case .paused(let played) = pace { played } else { clock.played(now: now) }
    }

    /// What was heard by now, by agent, without asides; and whose words are heard now.
    func heard(now: Duration) -> (words: [HeardLedger.Heard], speaker: String?) {
        let played = played(now: now)
        return (ledger.heard(played: played), ledger.speaker(at: played))
    }

    /// Who is heard now, which may be another one than that whose audio goes out; before the first sound, who is next.
    func speaker(now: Duration) -> String? { ledger.speaker(at: played(now: now)) ?? head }

    /// All that `agent` was given time to say.
    func text(of agent: String) -> String { ledger.text(of: agent) }

    /// Whether the first piece of `agent` is over: heard to its end, or followed by another one. What a model speaks itself is
    /// one long piece, of which a few seconds are enough.
    func hasHeardFirstPiece(of agent: String, now: Duration) -> Bool {
        guard let index = ledger.entries.firstIndex(where: { $0.speaker == agent && !$0.isFiller }) else {
            return false
        }
        let (first, played) = (ledger.entries[index], played(now: now))
        let isOwn = entries.contains { $0.piece == index && $0.segment.kind == .ownVoice }
        return first.isHeard(by: played) || index < ledger.entries.count - 1
            || (isOwn && played - first.start > .seconds(4))
    }

    /// What was heard of segments in their agents' own voices, where it was not all.
    func cutOwnVoices(now: Duration) -> [(agent: String, heard: Duration)] {
        let played = played(now: now)
        let begun = entries.compactMap { entry -> (agent: String, heard: Duration)? in
            guard entry.segment.kind == .ownVoice else { return nil }
            guard let piece = entry.piece else { return (entry.segment.source.agent, .zero) }
            let part = ledger.entries[piece]
            if part.isHeard(by: played) { return nil }
            return (part.speaker, max(.zero, min(played - part.start, part.sent)))
        }
        return begun + early.sorted { $0.key < $1.key }.map { ($0.value.agent, .zero) }
    }

    /// Whether what is under way is spoken by an agent's own model.
    var isInOwnVoice: Bool { !isEmpty && entries[cursor].segment.kind == .ownVoice }

    /// Syntheses that are under way.
    var running: [SegmentID] { entries.filter { $0.progress == .running }.map(\.segment.id) + early.keys.sorted() }
    /// Every segment whose samples may be kept somewhere.
    var held: [SegmentID] { entries.filter { $0.segment.kind != .filler }.map(\.segment.id) + early.keys.sorted() }

    // MARK: - What comes in

    mutating func append(_ segment: Segment) {
        guard segment.kind == .ownVoice else {
            entries.append(PlayoutEntry(segment: segment, progress: segment.speech == nil ? .finished : .waiting))
            return
        }
        let begun = early.removeValue(forKey: segment.id)
        var entry = PlayoutEntry(segment: segment, progress: begun?.progress ?? .running)
        entry.produced = begun?.produced ?? 0
        entries.append(entry)
    }

    /// A segment in its agent's own voice will be appended; its audio may come before.
    mutating func expect(_ id: SegmentID, of agent: String) { early[id] = (agent, 0, .running) }

    /// More words of a segment in its agent's own voice.
    /// - Returns: whether they are to be shown now, because the segment is under way and not paused.
    mutating func extend(_ id: SegmentID, with text: String) -> Bool {
        guard let index = index(of: id) else { return false }
        entries[index].segment.shown = (entries[index].segment.shown ?? "") + text
        entries[index].segment.speech?.text += text
        guard let piece = entries[index].piece, piece == ledger.entries.count - 1 else { return false }
        ledger.extend(text)
        return pace == .running
    }

    /// Puts a line that is synthesized already before everything else; between two pieces only (`awaitsAudio`).
    mutating func interject(_ segment: Segment, samples: Int, words: [SpokenWord]) {
        var entry = PlayoutEntry(segment: segment, progress: .finished)
        (entry.produced, entry.words) = (samples, words)
        entries.insert(entry, at: cursor)
    }

    /// More audio of a segment; of one that is gone, nothing.
    mutating func receive(samples: Int, for id: SegmentID) {
        if let index = index(of: id) { entries[index].produced += samples } else { early[id]?.produced += samples }
    }

    /// When the next words of a segment are spoken.
    mutating func time(_ words: [SpokenWord], for id: SegmentID) {
        guard let index = index(of: id) else { return }
        if entries[index].piece == ledger.entries.count - 1, entries[index].piece != nil {
            ledger.time(words)
        }
        entries[index].words += words
    }

    /// The synthesis of a segment is over.
    mutating func finish(_ id: SegmentID, failed: Bool) {
        let progress: PlayoutEntry.Progress = failed ? .failed : .finished
        if let index = index(of: id) { entries[index].progress = progress } else { early[id]?.progress = progress }
    }

    /// A segment in its agent's own voice will not come.
    mutating func abandon(_ id: SegmentID) { early[id] = nil }

    /// Drops what has not yet been said of some. What is under way stays in the ledger, cut.
    /// - Returns: the segments whose audio is no longer wanted.
    mutating func drop(where isDropped: (Attribution) -> Bool) -> [SegmentID] {
        let dropped = entries[cursor...].filter { isDropped($0.segment.source) }
        entries.replaceSubrange(cursor..., with: entries[cursor...].filter { !isDropped($0.segment.source) })
        return dropped.filter { $0.segment.kind != .filler }.map(\.segment.id)
    }

    /// Drops what comes after the piece that is under way.
    /// - Returns: the segments whose audio is no longer wanted.
    mutating func keepPiece() -> [SegmentID] {
        let next = isEmpty || !entries[cursor].hasBegun ? cursor : cursor + 1
        let dropped = entries[next...].filter { $0.segment.kind != .filler }.map(\.segment.id) + early.keys.sorted()
        entries.removeSubrange(next...)
        early = [:]
        return dropped
    }

    // MARK: - The loudspeaker

    /// The client says that it plays.
    mutating func started(now: Duration) {
        guard pace == .running, clock.playedOut != nil else { return }
        loudspeaker = .playing
        clock.started(now: now)
    }

    /// The client says how much it has played of the response in all.
    mutating func progress(_ count: Duration, now: Duration) {
        let played = count + countOffset
        switch pace {
        case .running where clock.playedOut != nil:
            loudspeaker = .playing
            clock.progress(played, now: now)
        case .running: break
        case .paused: pace = .paused(at: max(.zero, min(played, clock.sent)))
        }
    }

    /// The client says that it has played all that it had.
    mutating func stopped(now: Duration) {
        guard pace == .running, clock.playedOut != nil else { return }
        loudspeaker = .stopped
        clock.stopped(now: now)
    }

    // MARK: - Pausing

    /// Stops handing out. The client drops what it has not played.
    mutating func pause(now: Duration) { pace = .paused(at: clock.played(now: now)) }

    /// Goes on where it was paused: from the word or clause that was cut, and further on than the time before.
    /// - Parameter countsAnew: whether the client takes what comes for another response.
    /// - Returns: whose piece goes on in its middle, and the words of it that come.
    mutating func resume(countsAnew: Bool = false) -> (source: Attribution?, rest: String) {
        guard case .paused(let played) = pace else { return (nil, "") }
        pace = .running
        loudspeaker = .unknown
        let boundary = ledger.resumption(at: played)
        let target = lastResumption.map { boundary > $0 ? boundary : max(played, $0) } ?? boundary
        // Where nothing is said again, nothing was repeated.
        if target < clock.sent { lastResumption = target }
        countOffset = countsAnew ? target : countOffset - (played - target)
        let pieces = ledger.rewind(to: target)
        clock.rewind(to: target)
        for index in entries.indices {
            guard let piece = entries[index].piece else { continue }
            if piece >= pieces, entries[index].progress == .failed, entries[index].produced == 0 {
                // Its words were shown, and there is no sound to repeat.
                entries[index].piece = nil
            } else if piece >= pieces {
                (entries[index].piece, entries[index].hasBegun, entries[index].sent) = (nil, false, 0)
            } else if piece == pieces - 1, !ledger.entries[piece].isWhole {
                entries[index].sent = min(
                    entries[index].produced, ledger.entries[piece].sent.samples(at: entries[index].rate))
            }
        }
        // A line that bridges a silence is not said again.
        entries.removeAll { $0.segment.kind == .filler && !($0.piece != nil && $0.sent == $0.produced) }
        cursor = entries.firstIndex { !$0.hasBegun || $0.sent < $0.produced || !$0.progress.isOver } ?? entries.count
        guard !isEmpty, let piece = entries[cursor].piece, piece == pieces - 1 else { return (nil, "") }
        let rest = ledger.rest(played: target)
        if rest.isEmpty, entries[cursor].progress.isOver {
            // All its words were heard: what is left of it is silence.
            entries[cursor].sent = entries[cursor].produced
            ledger.finish()
            cursor += 1
            return (nil, "")
        }
        return (entries[cursor].segment.source, rest)
    }

    // MARK: - What goes out

    /// Does what is due.
    mutating func advance(_ step: inout Step) -> Sent {
        var sent = Sent()
        if pace == .running {
            while cursor < entries.count {
                let entry = entries[cursor]
                guard entry.hasBegun || entry.progress.isOver || entry.hasAudio else { break }
                if !entry.hasBegun { begin(&step) }
                if !send(&step, &sent) { break }
                close(&step)
            }
            forget(&step)
        }
        // Last: what can be heard now does not wait for what can be heard later.
        startSynthesis(&step)
        return sent
    }

    /// When `advance` has something to do again, as far as time alone decides.
    var nextWake: Duration? {
        guard pace == .running, !isEmpty, entries[cursor].hasBegun, entries[cursor].hasAudio else { return nil }
        return clock.nextSend
    }

    private func index(of id: SegmentID) -> Int? { entries.lastIndex { $0.segment.id == id } }

    private mutating func begin(_ step: inout Step) {
        entries[cursor].hasBegun = true
        let segment = entries[cursor].segment
        if let shown = segment.shown {
            step.tell(segment.isAside ? .agentFiller(segment.source, shown) : .agentText(segment.source, shown))
        }
        guard let speech = segment.speech else { return }
        let words = (segment.shown ?? speech.text).split(whereSeparator: \.isWhitespace)
        let text = segment.kind == .ownVoice ? segment.shown ?? "" : words.joined(separator: " ")
        entries[cursor].piece = ledger.entries.count
        ledger.begin(speaker: segment.source.agent, text: text, spoken: speech.text, isFiller: segment.isAside)
        ledger.time(entries[cursor].words)
    }

    /// Sends what the segment at the cursor has and the pace allows.
    /// - Returns: whether the segment is over.
    private mutating func send(_ step: inout Step, _ sent: inout Sent) -> Bool {
        while entries[cursor].hasAudio {
            let entry = entries[cursor]
            if let next = clock.nextSend, next > step.now { return false }
            let end = min(entry.sent + Self.piece.samples(at: entry.rate), entry.produced)
            step.play(entry.segment.source, entry.segment.id, entry.sent..<end, rate: entry.rate)
            let length: Duration = .samples(end - entry.sent, at: entry.rate)
            entries[cursor].sent = end
            clock.send(length, now: step.now)
            ledger.send(length)
            if loudspeaker == .stopped { loudspeaker = .unknown }
            if entry.segment.isAside { sent.aside = true } else { sent.answer = true }
            answerHasSounded = answerHasSounded || sent.answer
            noticeHasSounded = noticeHasSounded || entry.segment.kind == .notice
        }
        return entries[cursor].progress.isOver
    }

    private mutating func close(_ step: inout Step) {
        let entry = entries[cursor]
        cursor += 1
        if entry.segment.speech != nil {
            if entry.progress == .failed {
                let message = "\(entry.segment.source.agent)'s voice failed; its words are shown"
                step.tell(.warning(BadInput(code: "synthesis_failed", message: message)))
            } else {
                ledger.finish()
            }
        }
        if let text = entry.segment.closes {
            step.tell(.agentTextDone(entry.segment.source, text))
            entries[cursor - 1].segment.closes = nil
        }
    }

    /// Lets go of samples that nobody goes back to.
    private mutating func forget(_ step: inout Step) {
        let past = clock.played(now: step.now) - Self.memory
        while cursor > 0, let first = entries.first {
            if let piece = first.piece, ledger.entries[piece].start + ledger.entries[piece].sent > past { break }
            if first.piece != nil, first.segment.kind != .filler { step.ask(.forget(first.segment.id, before: .max)) }
            entries.removeFirst()
            cursor -= 1
        }
        guard let first = entries.first, let piece = first.piece, first.segment.kind != .filler else { return }
        let old = min((past - ledger.entries[piece].start).samples(at: first.rate), first.sent)
        guard old - first.forgotten >= first.rate else { return }
        entries[0].forgotten = old
        step.ask(.forget(first.segment.id, before: old))
    }

    private mutating func startSynthesis(_ step: inout Step) {
        guard !isEmpty else { return }
        var running = entries.count { $0.progress == .running }
        var ahead: Duration = .zero
        // The caller waits for the first sound of an answer: until it is here, nothing competes with it.
        let isSilent = !answerHasSounded && entries[cursor...].first { !$0.segment.isAside }?.produced == 0
        let concurrency = isSilent ? 1 : Self.concurrency
        for index in cursor..<entries.count {
            guard running < concurrency, ahead < Self.lookahead else { break }
            ahead += entries[index].unsent
            if entries[index].progress == .waiting, let speech = entries[index].segment.speech {
                entries[index].progress = .running
                running += 1
                step.ask(.synthesize(entries[index].segment.id, speech, for: entries[index].segment.source.response))
            }
        }
    }
}
