import AudioCore
import ProjectModel
import TurnTaking

/// One piece of an agent's answer on its way to the caller: a sentence to show, to speak, or both.
struct SpeechSegment: Equatable, Sendable {
    /// Counts the segments of a conversation, so that late audio finds its place or none.
    typealias ID = Int

    var id: ID
    var agent: String
    /// What the client shows when the segment's turn comes.
    var shown: String?
    /// What is said, and in which voice.
    var speech: Speech?
    /// The agent's whole text when this is its last segment.
    var closes: String?
    /// Whether it only bridges a silence: it is no part of the answer and is never said again.
    var isFiller = false
    /// Whether a model speaks it that writes it at the same time: words and audio come by themselves, and go on coming.
    var isOwnVoice = false

    struct Speech: Hashable, Sendable {
        var text: String
        var voice: Voice
    }
}

/// The order of one response's speech: starts synthesis a little ahead, shows each sentence just before its sound, and
/// hands audio out at the pace of playout. Pure; clock time is handed in.
struct SpeechQueue: Sendable {
    enum Action: Equatable, Sendable {
        case synthesize(SpeechSegment.ID, SpeechSegment.Speech)
        case text(agent: String, String)
        /// A line that bridges a silence begins.
        case filler(agent: String, String)
        case textDone(agent: String, String)
        case audio(SpeechSegment, AudioChunk)
        /// The voice of this segment was lost; its words were shown.
        case voiceLost(agent: String)
    }

    /// How far the synthesis of a segment has come.
    private enum Progress: Equatable {
        /// Not asked for. Exits: `running`.
        case waiting
        /// Being synthesised. Exits: `finished`, `failed`.
        case running
        /// All of its audio is here.
        case finished
        /// No more audio will come.
        case failed
    }

    private struct Entry {
        var segment: SpeechSegment
        var progress: Progress
        var samples: [Int16] = []
        /// When the words end that its voice has timed and the ledger does not have yet.
        var words: [SpokenWord] = []
        /// How many of `samples` were sent.
        var sentSamples = 0
        var begun = false
        var rate: Int { segment.speech?.voice.sampleRate ?? 16000 }
        var unsent: Duration { .samples(samples.count - sentSamples, at: rate) }
        /// Whether no more audio will come.
        var isOver: Bool { progress == .finished || progress == .failed }
        /// Whether there is enough to send.
        var hasPiece: Bool { isOver ? sentSamples < samples.count : unsent >= SpeechQueue.smallestPiece }
    }

    /// No synthesis is begun while more than this waits to be sent.
    static let lookahead: Duration = .seconds(8)
    /// A synthesis under way is held up while more than this of it waits to be sent.
    static let window: Duration = .seconds(4)
    /// At most this many segments are synthesised at once.
    static let concurrency = 2
    /// The usual length of one audio message.
    static let piece: Duration = .milliseconds(100)
    /// Less than this is sent only when it is the end of a segment.
    static let smallestPiece: Duration = .milliseconds(20)

    private var entries: [Entry] = []
    /// Audio that came for segments in their agents' own voices before they had the floor.
    private var early: [SpeechSegment.ID: (samples: [Int16], progress: Progress)] = [:]
    /// The pace of playout.
    var playout: PlayoutClock
    /// What was said and heard.
    private(set) var ledger = HeardLedger()
    /// The segments of the ledger's entries.
    private var said: [SpeechSegment] = []
    /// Whether audio of the answer was sent.
    private var isHeard = false

    init(lead: Duration) { playout = PlayoutClock(lead: lead) }

    /// Whether everything that was put in has been handed out.
    var isEmpty: Bool { entries.isEmpty }

    /// The agent whose segment is next or under way.
    var head: String? { entries.first?.segment.agent }

    /// The segment of the answer that is next or under way.
    var next: SpeechSegment.ID? { entries.first { !$0.segment.isFiller }?.segment.id }

    /// Whether the client has nothing of what comes next: nothing is under way, and no audio is here.
    var awaitsAudio: Bool { entries.first.map { !$0.begun && !$0.isOver && $0.samples.isEmpty } ?? true }

    mutating func append(_ segment: SpeechSegment) {
        guard segment.isOwnVoice else {
            entries.append(Entry(segment: segment, progress: segment.speech == nil ? .finished : .waiting))
            return
        }
        let begun = early.removeValue(forKey: segment.id)
        entries.append(Entry(segment: segment, progress: begun?.progress ?? .running, samples: begun?.samples ?? []))
    }

    /// A segment in its agent's own voice will be appended; its audio may come before.
    mutating func expect(_ id: SpeechSegment.ID) { early[id] = ([], .running) }

    /// More words of a segment in its agent's own voice.
    /// - Returns: whether they are to be shown now, because the segment is under way.
    mutating func extend(_ id: SpeechSegment.ID, with text: String) -> Bool {
        guard let index = entries.firstIndex(where: { $0.segment.id == id }) else { return false }
        entries[index].segment.shown = (entries[index].segment.shown ?? "") + text
        entries[index].segment.speech?.text += text
        guard entries[index].begun else { return false }
        ledger.extend(text)
        return true
    }

    /// What was heard of segments in their agents' own voices, as far as it was not all; nil when there are none.
    func ownVoices(heardBy played: Duration) -> [(agent: String, heard: Duration)]? {
        let own = zip(said, ledger.entries).filter { $0.0.isOwnVoice }
        guard !own.isEmpty || entries.contains(where: { $0.segment.isOwnVoice }) else { return nil }
        return own.filter { !$0.1.isHeard(by: played) }.map { segment, entry in
            (segment.agent, max(.zero, min(played - entry.start, entry.sent)))
        }
    }

    /// Puts a line before everything else; between two pieces only (`awaitsAudio`).
    mutating func interject(_ segment: SpeechSegment, samples: [Int16], words: [SpokenWord]) {
        entries.insert(Entry(segment: segment, progress: .finished, samples: samples, words: words), at: 0)
    }

    /// More audio of a segment; of one that is gone, nothing.
    mutating func receive(_ samples: [Int16], for id: SpeechSegment.ID) {
        guard let index = entries.firstIndex(where: { $0.segment.id == id }) else {
            early[id]?.samples += samples
            return
        }
        entries[index].samples += samples
    }

    /// When the next words of a segment are spoken.
    mutating func time(_ words: [SpokenWord], for id: SpeechSegment.ID) {
        guard let index = entries.firstIndex(where: { $0.segment.id == id }) else { return }
        if entries[index].begun { ledger.time(words) } else { entries[index].words += words }
    }

    /// The synthesis of a segment is over.
    mutating func finish(_ id: SpeechSegment.ID, failed: Bool) {
        let progress: Progress = failed ? .failed : .finished
        guard let index = entries.firstIndex(where: { $0.segment.id == id }) else {
            early[id]?.progress = progress
            return
        }
        entries[index].progress = progress
    }

    /// Drops what `agent` has not yet said. What is under way stays in the ledger, cut.
    /// - Returns: the segments whose synthesis is no longer wanted.
    mutating func drop(agent: String) -> [SpeechSegment.ID] {
        let dropped = entries.filter { $0.segment.agent == agent }
        entries.removeAll { $0.segment.agent == agent }
        return dropped.filter { $0.progress == .running }.map(\.segment.id)
    }

    /// Goes back to the piece that was being played when `played` of the response had been heard, so that it and all
    /// that follows can be said in another response.
    /// - Parameter next: numbers the segments anew: late audio of the old ones must not find them.
    mutating func rewind(to played: Duration, numbered next: inout SpeechSegment.ID) {
        let unheard = ledger.entries.firstIndex { !$0.isHeard(by: played) } ?? ledger.entries.count
        var again = said[unheard...].filter { !$0.isFiller }.map { Entry(segment: $0, progress: .waiting) }
        again += entries.filter { !$0.begun && !$0.segment.isFiller }.map { entry in
            entry.progress == .running ? Entry(segment: entry.segment, progress: .waiting) : entry
        }
        for index in again.indices {
            again[index].segment.id = next
            next -= 1
        }
        (entries, said, ledger, playout) = (again, [], HeardLedger(), PlayoutClock(lead: playout.lead))
        isHeard = false
    }

    /// Does what is due at `now`.
    mutating func advance(now: Duration) -> [Action] {
        var actions: [Action] = []
        while let entry = entries.first {
            guard entry.begun || entry.isOver || entry.hasPiece else { break }
            if !entry.begun { begin(&actions) }
            if !send(&actions, now: now) { break }
            close(&actions)
        }
        // Last: what can be heard now does not wait for what can be heard later.
        return actions + startSynthesis()
    }

    /// When `advance` has something to do again, as far as time alone decides.
    var nextWake: Duration? {
        guard let entry = entries.first, entry.begun, entry.hasPiece else { return nil }
        return playout.nextSend
    }

    private mutating func begin(_ actions: inout [Action]) {
        entries[0].begun = true
        let segment = entries[0].segment
        if let shown = segment.shown {
            actions.append(
                segment.isFiller ? .filler(agent: segment.agent, shown) : .text(agent: segment.agent, shown))
        }
        if let speech = segment.speech {
            let words = (segment.shown ?? speech.text).split(whereSeparator: \.isWhitespace)
            let text = segment.isOwnVoice ? segment.shown ?? "" : words.joined(separator: " ")
            ledger.begin(speaker: segment.agent, text: text, spoken: speech.text, isFiller: segment.isFiller)
            ledger.time(entries[0].words)
            said.append(segment)
        }
    }

    /// Sends what the first segment has and the pace allows.
    /// - Returns: whether the segment is over.
    private mutating func send(_ actions: inout [Action], now: Duration) -> Bool {
        while entries[0].hasPiece {
            let entry = entries[0]
            if let next = playout.nextSend, next > now { return false }
            let length = min(Self.piece.samples(at: entry.rate), entry.samples.count - entry.sentSamples)
            let chunk = AudioChunk(
                samples: Array(entry.samples[entry.sentSamples..<entry.sentSamples + length]), sampleRate: entry.rate)
            entries[0].sentSamples += length
            playout.send(chunk.duration, now: now)
            ledger.send(chunk.duration)
            isHeard = isHeard || !entry.segment.isFiller
            actions.append(.audio(entry.segment, chunk))
        }
        return entries[0].isOver
    }

    private mutating func close(_ actions: inout [Action]) {
        let entry = entries.removeFirst()
        if entry.segment.speech != nil {
            if entry.progress == .failed {
                actions.append(.voiceLost(agent: entry.segment.agent))
            } else {
                ledger.finish()
            }
        }
        if let text = entry.segment.closes { actions.append(.textDone(agent: entry.segment.agent, text)) }
    }

    private mutating func startSynthesis() -> [Action] {
        var actions: [Action] = []
        var running = entries.count { $0.progress == .running }
        var ahead: Duration = .zero
        // The caller waits for the first sound of an answer: until it is here, nothing competes with it.
        let isSilent = !isHeard && entries.first { !$0.segment.isFiller }?.samples.isEmpty == true
        let concurrency = isSilent ? 1 : Self.concurrency
        for index in entries.indices {
            guard running < concurrency, ahead < Self.lookahead else { break }
            ahead += entries[index].unsent
            if entries[index].progress == .waiting, let speech = entries[index].segment.speech {
                entries[index].progress = .running
                running += 1
                actions.append(.synthesize(entries[index].segment.id, speech))
            }
        }
        return actions
    }
}
