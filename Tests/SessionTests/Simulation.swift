import AudioCore
import FlowGraph
import ProjectModel
import ProviderKit
import TurnTaking

@testable import Session

/// A conversation on virtual time: the machine with scripted engines and a client that plays what it is sent.
/// Nothing waits; an agenda of (time, event) is worked off in order.
struct Simulation {
    enum Happening {
        case window(Float)
        case client(ClientEvent)
        case engine(ConversationMachine.EngineEvent)
        case clientPlayedOut(Int)

        /// Whether an engine says this for that response.
        func isWriting(for response: Int) -> Bool {
            switch self {
            case .engine(.text(response, _, _)), .engine(.textDone(response, _)), .engine(.textFailed(response, _, _)),
                .engine(.audio(response, _, _)), .engine(.audioDone(response, _)):
                true
            default: false
            }
        }
    }

    /// How the scripted engines behave.
    struct Script {
        var answers: [String: String] = [:]
        var failingAgents: Set<String> = []
        var transcripts: [String] = []
        /// Utterances that the recogniser cannot do, at once.
        var recognitionFails: @Sendable (Int) -> Bool = { _ in false }
        var transcriptionDelay: Duration = .milliseconds(100)
        var tokenDelay: Duration = .milliseconds(20)
        var synthesisDelay: Duration = .milliseconds(60)
        var failingVoices = false
        /// Whether voices tell when their words are spoken.
        var timesWords = false
        /// What each request tells of its attempts.
        var generationReports = [ProviderReport(provider: "Test/Writer", kind: .generation, outcome: .completed)]
        var synthesisReports = [ProviderReport(provider: "Test/Voice", kind: .synthesis, outcome: .completed)]
        var failingReports = [
            ProviderReport(provider: "Test/Broken", kind: .generation, outcome: .failed(.unavailable))
        ]
        /// What a speech-to-speech model says, word by word, each with its sound.
        var spoken = "I hear you. This is what I say."
        var clientSignals = true
        var cancelsAfterInterruption = true
    }

    var machine: ConversationMachine
    var script: Script
    private(set) var now: Duration = .zero
    /// Everything that the client was told, with the time.
    private(set) var told: [(at: Duration, event: ConversationEvent)] = []
    /// What the machine asked of engines, as names, in order.
    private(set) var cancelled: [ConversationMachine.ResponseID] = []
    /// The lines that were synthesised for silences, in order.
    private(set) var prepared: [SpeechSegment.Speech] = []
    private(set) var synthesized: [SpeechSegment.Speech] = []
    /// Whether language models say nothing by themselves.
    var holdGenerations = false
    /// What speech-to-speech models were asked.
    private(set) var conversed: [Brief] = []
    /// What was heard of what they said, where it was not all.
    private(set) var cuts: [(agent: String, heard: Duration)] = []
    private(set) var recognitions: [(id: Int, from: Int)] = []
    /// The latest first.
    private var agenda: [(at: Duration, happening: Happening)] = []
    private var windows = 0
    private var listening: Duration = .zero
    private var playedOut: Duration = .zero
    private var playing = false
    private var plays = 0
    /// Ticks in a row at the same time.
    private var ticks = 0

    init(_ project: Project, script: Script) {
        machine = ConversationMachine(project: project, lead: .milliseconds(400))
        self.script = script
    }

    var events: [ConversationEvent] { told.map(\.event) }

    /// What the engines know the answer of an agent by, when `name` is asked.
    func work(of agent: String, in name: String? = nil) -> Reply.Work {
        let plan = machine.project.plan(running: name ?? agent)
        let speakers = machine.project.speakers(of: plan)
        let node = plan.nodes.first { speakers[$0.id]?.agent == agent }?.id ?? ""
        return Reply.Work(node: node, part: .answer)
    }

    // MARK: - The caller

    mutating func schedule(_ happening: Happening, at: Duration) {
        var low = 0
        var high = agenda.count
        while low < high {
            let middle = (low + high) / 2
            // What was scheduled first at the same time happens first.
            if agenda[middle].at > at { low = middle + 1 } else { high = middle }
        }
        agenda.insert((at, happening), at: low)
    }

    /// The caller's microphone from where it left off: one probability a window of 32 ms.
    mutating func hear(_ track: [Float]) {
        listening = max(listening, now)
        for probability in track {
            listening += .milliseconds(32)
            schedule(.window(probability), at: listening)
        }
    }

    mutating func speak(seconds: Double) { hear(Array(repeating: 0.95, count: Int(seconds / 0.032))) }

    mutating func stayQuiet(seconds: Double) { hear(Array(repeating: 0.02, count: Int(seconds / 0.032))) }

    // MARK: - Time

    mutating func run(until end: Duration) {
        while true {
            let deadline = machine.nextDeadline.map { max($0, now) }
            let next = agenda.last?.at
            if let deadline, deadline <= end, next.map({ deadline < $0 }) ?? true {
                ticks = deadline > now ? 0 : ticks + 1
                precondition(ticks < 1000, "a deadline that a tick does not move would spin for ever")
                now = deadline
                perform(machine.tick(now: now))
                continue
            }
            guard let next, next <= end else { break }
            now = max(now, next)
            handle(agenda.removeLast().happening)
        }
        now = max(now, end)
    }

    private mutating func handle(_ happening: Happening) {
        switch happening {
        case .window(let probability):
            guard machine.hears else { return }
            // The first half of a window comes before the whole.
            perform(machine.received(windows * 512 + 256, now: now))
            let range = windows * 512..<(windows + 1) * 512
            windows += 1
            perform(machine.heard(window: range, probability: probability, now: now))
        case .client(let event): perform(machine.receive(event, now: now))
        case .engine(let event): perform(machine.receive(event, now: now))
        case .clientPlayedOut(let number):
            guard number == plays, playing else { return }
            playing = false
            perform(machine.receive(.playbackStopped, now: now))
        }
    }

    private mutating func perform(_ actions: [ConversationMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let event): tell(event)
            case .beginRecognition(let id, let position):
                recognitions.append((id, position))
                if script.recognitionFails(id) { engine(.recognitionFailed(id, .unsupported), after: .milliseconds(1)) }
            case .endRecognition(let id):
                guard !script.recognitionFails(id) else { break }
                let text = script.transcripts.isEmpty ? "" : script.transcripts.removeFirst()
                engine(.transcript(id, Transcript(text: text, isFinal: true)), after: script.transcriptionDelay)
            case .cancelRecognition: break
            case .generate(let id, let work, let brief, _, let written): generate(id, work, brief, written)
            case .converse(let id, let work, let segment, let brief, _): converse(id, work, segment, brief)
            case .cutAnswer(_, let agent, let heard): cuts.append((agent, heard))
            case .synthesize(let id, let segment, let speech): synthesize(id, segment, speech)
            case .sent: break
            case .prepareFiller(let id, let speech): prepare(id, speech)
            case .cancelSynthesis: break
            case .cancelResponse(let id):
                cancelled.append(id)
                agenda.removeAll { $0.happening.isWriting(for: id) }
            }
        }
    }

    // MARK: - Engines

    private mutating func engine(_ event: ConversationMachine.EngineEvent, after delay: Duration) {
        schedule(.engine(event), at: now + delay)
    }

    private mutating func generate(_ id: Int, _ work: Reply.Work, _ brief: Brief, _ written: String) {
        if holdGenerations { return }
        if script.failingAgents.contains(brief.agentName) {
            engine(.textFailed(id, work, .unavailable), after: script.tokenDelay)
            used(id, .generation, script.failingReports, after: script.tokenDelay)
            return
        }
        let text: String
        switch brief.task {
        case .judge: text = "yes"
        case .route(let candidates): text = candidates.last?.agent ?? ""
        case .summarize: text = "In short, \(brief.parents.count) answers. "
        case .plan, .reply: text = script.answers[brief.agentName] ?? "I am \(brief.agentName). This is my plan. "
        }
        var delay: Duration = .zero
        for word in text.dropFirst(written.count).split(separator: " ") {
            delay += script.tokenDelay
            engine(.text(id, work, word + " "), after: delay)
        }
        engine(.textDone(id, work), after: delay)
        used(id, .generation, script.generationReports, after: delay)
    }

    private mutating func converse(_ id: Int, _ work: Reply.Work, _ segment: Int?, _ brief: Brief) {
        conversed.append(brief)
        var delay = script.synthesisDelay
        if script.failingAgents.contains(brief.agentName) {
            engine(.textFailed(id, work, .unavailable), after: delay)
            used(id, .generation, script.failingReports, after: delay)
            return
        }
        for word in script.spoken.split(separator: " ") {
            engine(.text(id, work, word + " "), after: delay)
            let samples = [Int16](repeating: 3, count: (word.count + 1) * 960)
            if let segment { engine(.audio(id, segment, samples), after: delay + .milliseconds(5)) }
            delay += .milliseconds(10)
        }
        if let segment { engine(.audioDone(id, segment), after: delay) }
        engine(.textDone(id, work), after: delay)
        used(id, .generation, script.generationReports, after: delay)
    }

    private mutating func synthesize(_ id: Int, _ segment: Int, _ speech: SpeechSegment.Speech) {
        synthesized.append(speech)
        if script.failingVoices {
            engine(.audioFailed(id, segment, .unavailable), after: script.synthesisDelay)
            used(id, .synthesis, script.failingReports, after: script.synthesisDelay)
            return
        }
        // 60 ms of sound a character, in pieces of a quarter of a second.
        var left = speech.text.count * 960
        var delay = script.synthesisDelay
        if script.timesWords { engine(.words(id, segment, Self.timings(of: speech.text)), after: delay) }
        while left > 0 {
            let piece = min(left, 4000)
            engine(.audio(id, segment, Array(repeating: 1, count: piece)), after: delay)
            left -= piece
            delay += .milliseconds(10)
        }
        engine(.audioDone(id, segment), after: delay)
        used(id, .synthesis, script.synthesisReports, after: delay)
    }

    private mutating func used(
        _ id: Int, _ kind: ProviderReport.Kind, _ reports: [ProviderReport], after delay: Duration
    ) {
        engine(
            .used(
                .response(id),
                reports.map { report in
                    var report = report
                    report.kind = kind
                    return report
                }), after: delay)
    }

    private mutating func prepare(_ id: FillerStock.ID, _ speech: SpeechSegment.Speech) {
        prepared.append(speech)
        let failed = script.failingVoices
        let chunk = AudioChunk(samples: Array(repeating: 2, count: speech.text.count * 960), sampleRate: 16000)
        if !failed { engine(.filler(id, .piece(.audio(chunk))), after: script.synthesisDelay) }
        engine(.filler(id, .over(failed: failed)), after: script.synthesisDelay)
    }

    private static func timings(of text: String) -> [WordTiming] {
        let characters = Array(text)
        let starts = characters.indices.filter { $0 == 0 || characters[$0 - 1] == " " }
        return zip(starts, starts.dropFirst() + [characters.count]).map { start, next in
            WordTiming(range: start..<next, start: .milliseconds(60 * start), end: .milliseconds(60 * next))
        }
    }

    // MARK: - The client

    private mutating func tell(_ event: ConversationEvent) {
        told.append((now, event))
        switch event {
        case .agentAudio(_, let chunk):
            playedOut = max(playedOut, now) + chunk.duration
            guard script.clientSignals else { return }
            plays += 1
            if !playing {
                playing = true
                schedule(.client(.playbackStarted), at: now)
            }
            schedule(.clientPlayedOut(plays), at: playedOut)
        case .interrupted:
            playing = false
            playedOut = now
            if script.cancelsAfterInterruption { schedule(.client(.cancelResponse), at: now + .milliseconds(5)) }
        default: break
        }
    }
}
