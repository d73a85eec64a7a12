import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// A conversation on virtual time: the real loop with scripted engines and a scripted client. Nothing waits; an agenda of
/// inputs is worked off in order.
struct Simulation {
    /// One piece of audio that the client was sent.
    struct Play: Equatable {
        var at: Duration
        var source: Attribution
        var segment: SegmentID
        var range: Range<Int>
        var rate: Int

        var length: Duration { .samples(range.count, at: rate) }
    }

    /// What was handled, in order.
    final class Journal {
        var entries: [(input: Input, at: Duration, outputs: [Output])] = []
    }

    let project: Project
    let identity: ConversationCore.Identity
    let journal = Journal()
    private var loop: ConversationLoop<ScriptedEffects>
    private(set) var now: Duration = .zero
    private var hasOpened = false
    /// Where the caller's audio ends, and when.
    private var streamed = 0
    private var listening: Duration = .zero
    /// Times in a row that the conversation was woken at one moment.
    private var wakes = 0

    static let identity = ConversationCore.Identity(
        description: SessionDescription(
            id: ConversationID("conv_simulation01"), project: "test", version: 0, agents: [], vad: nil, fallbacks: [],
            sampleRate: 16000))

    init(
        _ project: Project, _ script: Script = Script(), knowsPauses: Bool = false, announcement: String? = nil,
        remembers: Bool = false
    ) {
        self.project = project
        var identity = Self.identity
        identity.knowsPauses = knowsPauses
        identity.announcement = announcement
        identity.remembers = remembers
        self.identity = identity
        let journal = journal
        loop = ConversationLoop(ConversationCore(CompiledProject(project), identity), ScriptedEffects(script)) {
            journal.entries.append(($0, $1, $2))
        }
    }

    var script: Script {
        get { loop.effects.script }
        set { loop.withEffects { $0.script = newValue } }
    }

    /// Whether everything that providers did has been told.
    var isSettled: Bool { loop.isSettled }

    // MARK: - What came of it

    var log: [(at: Duration, output: Output)] { loop.effects.log }

    /// What the client was told, with the time, without signs of life.
    var told: [(at: Duration, event: ConversationEvent)] {
        log.compactMap { entry in
            if case .tell(let event) = entry.output, event != .heartbeat { (entry.at, event) } else { nil }
        }
    }

    var events: [ConversationEvent] { told.map(\.event) }

    var plays: [Play] {
        log.compactMap { entry in
            guard case .play(let source, let segment, let range, let rate) = entry.output else { return nil }
            return Play(at: entry.at, source: source, segment: segment, range: range, rate: rate)
        }
    }

    var requests: [(at: Duration, request: Request)] {
        log.compactMap { if case .request(let request) = $0.output { ($0.at, request) } else { nil } }
    }

    var statuses: [ResponseStatus] {
        events.compactMap { if case .responseDone(_, let status) = $0 { status } else { nil } }
    }

    /// Who was heard, in order; each once in a row.
    var speakers: [String] {
        plays.reduce(into: []) { if $0.last != $1.source.agent { $0.append($1.source.agent) } }
    }

    /// What the client was shown of an answer, in pieces.
    var texts: [String] { events.compactMap { if case .agentText(_, let text) = $0 { text } else { nil } } }

    var fillers: [(at: Duration, source: Attribution, text: String)] {
        told.compactMap { if case .agentFiller(let source, let text) = $0.event { ($0.at, source, text) } else { nil } }
    }

    var warnings: [BadInput] { events.compactMap { if case .warning(let problem) = $0 { problem } else { nil } } }

    /// What was synthesized for answers, and for silences.
    var synthesized: [(id: SegmentID, speech: Speech, response: ResponseID?)] {
        requests.compactMap {
            if case .synthesize(let id, let speech, let response) = $0.request { (id, speech, response) } else { nil }
        }
    }

    var spoken: [String] { synthesized.filter { $0.response != nil }.map(\.speech.text) }
    var prepared: [String] { synthesized.filter { $0.response == nil }.map(\.speech.text) }

    /// What language models were asked for.
    var generations: [GenerationRequest] {
        requests.compactMap { if case .write(_, _, let request) = $0.request { request } else { nil } }
    }

    /// What was said before the last question, as the model that answers it was told.
    var remembered: [ChatMessage] {
        let last = generations.last { $0.brief.task == .plan }
        return Array((last?.messages ?? []).dropFirst().dropLast())
    }

    func count(_ isMeant: (ConversationEvent) -> Bool) -> Int { events.count(where: isMeant) }

    func first(_ isMeant: (ConversationEvent) -> Bool) -> Duration? { told.first { isMeant($0.event) }?.at }

    // MARK: - The caller and the client

    mutating func schedule(_ input: Input, at: Duration) { loop.withEffects { $0.schedule(.input(input), at: at) } }

    mutating func client(_ signal: ClientSignal, at: Duration) { schedule(.client(signal), at: at) }

    mutating func engine(_ report: EngineReport, at: Duration) { schedule(.engine(report), at: at) }

    /// The caller's microphone from where it left off: one probability a window of 32 ms.
    /// - Parameters:
    ///   - grid: pieces come when the next so many samples are complete; nil is at once.
    ///   - pieces: how many samples each piece has.
    mutating func hear(_ track: [Float], every grid: Int? = nil, in pieces: () -> Int = { 256 }) {
        listening = max(listening, now)
        let (begin, start) = (streamed, listening)
        var sent = 0
        while sent < track.count * 512 {
            // What comes later is decided later: a piece ends where its time does.
            let whole = grid.map { (sent / $0 + 1) * $0 } ?? .max
            let next = min(sent + pieces(), track.count * 512, whole)
            let audio = HeardAudio(
                end: AudioPosition(samples: begin + next), probabilities: Array(track[sent / 512..<next / 512]))
            let due = grid.map { (next + $0 - 1) / $0 * $0 } ?? next
            schedule(.audio(audio), at: start + .samples(due, at: AudioPosition.sampleRate))
            sent = next
        }
        streamed = begin + sent
        listening = start + .samples(sent, at: AudioPosition.sampleRate)
    }

    mutating func speak(_ seconds: Double) { hear(Array(repeating: 0.95, count: Int(seconds / 0.032))) }

    mutating func stayQuiet(_ seconds: Double) { hear(Array(repeating: 0.02, count: Int(seconds / 0.032))) }

    /// Nothing comes from the microphone for a while.
    mutating func stall(_ seconds: Double) { listening = max(listening, now) + .seconds(seconds) }

    // MARK: - Time

    mutating func run(until end: Duration) {
        if !hasOpened {
            hasOpened = true
            loop.handle(.opened)
        }
        while true {
            let deadline = loop.effects.wake.map { max($0, now) }
            let next = loop.effects.next
            if let deadline, deadline <= end, next.map({ deadline < $0 }) ?? true {
                wakes = deadline > now ? 0 : wakes + 1
                if wakes > 100 {
                    Issue.record("a deadline that waking does not move would spin for ever: \(deadline) at \(now)")
                    return
                }
                move(to: deadline)
                loop.handle(.time)
                continue
            }
            guard let next, next <= end else { break }
            if next > now { wakes = 0 }
            move(to: max(now, next))
            let happening = loop.withEffects { $0.take() }
            switch happening {
            case .input(let input): loop.handle(input)
            case .playedOut(let piece):
                if let input = loop.withEffects({ $0.finishPlaying(piece) }) { loop.handle(input) }
            }
        }
        move(to: max(now, end))
    }

    private mutating func move(to time: Duration) {
        now = time
        loop.withEffects { $0.now = time }
    }

    /// What the engines know the answer of an agent by, when `name` is asked.
    func work(of agent: String, in name: String? = nil, response: Int = 1) -> Work {
        let plan = project.plan(running: name ?? agent)
        let speakers = project.speakers(of: plan)
        let node = plan.nodes.first { speakers[$0.id]?.agent == agent }?.id ?? ""
        return Work(response: ResponseID(response), part: .answer(node: node))
    }
}

extension ConversationEvent {
    var isInterruption: Bool { if case .interrupted = self { true } else { false } }
    var isPause: Bool { if case .paused = self { true } else { false } }
    var isResumption: Bool { if case .resumed = self { true } else { false } }
    var isResponse: Bool { if case .responseStarted = self { true } else { false } }
    var isText: Bool { if case .agentText = self { true } else { false } }
    var isFiller: Bool { if case .agentFiller = self { true } else { false } }
}
