import AudioCore
import ProviderKit

@testable import Session

/// Engines that keep to a script, and a client that plays what it is sent, on virtual time.
struct ScriptedEffects: Effects {
    enum Happening {
        case input(Input)
        /// The client has played what it had when that piece came.
        case playedOut(piece: Int)
    }

    var script: Script
    var now: Duration = .zero
    /// Everything that was decided, with its time.
    private(set) var log: [(at: Duration, output: Output)] = []
    /// When the conversation wants to be woken.
    private(set) var wake: Duration?
    private var agenda = Agenda<Happening>()
    private var heard: AudioPosition = .start
    private var utterances: [UtteranceID: AudioPosition] = [:]
    private var playedOut: Duration = .zero
    private var isPlaying = false
    private var pieces = 0

    init(_ script: Script) { self.script = script }

    // MARK: - The agenda

    var next: Duration? { agenda.next }

    mutating func take() -> Happening {
        let happening = agenda.take()
        if case .input(.audio(let audio)) = happening { heard = audio.end }
        return happening
    }

    mutating func schedule(_ happening: Happening, at: Duration) { agenda.add(happening, at: at) }

    private mutating func engine(_ report: EngineReport, after delay: Duration) {
        schedule(.input(.engine(report)), at: now + delay)
    }

    private mutating func drop(where isDropped: (EngineReport) -> Bool) {
        if script.reportsLate { return }
        agenda.drop { if case .input(.engine(let report)) = $0 { isDropped(report) } else { false } }
    }

    // MARK: - What is decided

    mutating func perform(_ output: Output) {
        log.append((now, output))
        switch output {
        case .tell(let event): hear(event)
        case .play(_, _, let range, let rate): play(.samples(range.count, at: rate))
        case .request(let request): perform(request)
        case .wake(let at): wake = at
        }
    }

    private mutating func perform(_ request: Request) {
        switch request {
        case .beginRecognition(let id, let position):
            utterances[id] = position
            begin(id)
        case .pauseRecognition(let id, let number):
            guard let delay = script.pauseDelay(number), !script.recognitionFails(id.number) else { break }
            engine(.transcript(id, Transcript(text: words(of: id), isFinal: false, mark: .pause(number))), after: delay)
        case .resumeRecognition: break
        case .judgeEndOfTurn(let id, let pause, _):
            guard let (probability, delay) = script.judgement(pause) else { break }
            engine(.endOfTurn(id, pause: pause, probability), after: delay)
        case .endRecognition(let id):
            if script.recognitionFails(id.number) { break }
            let transcript = Transcript(text: words(of: id), isFinal: true)
            engine(.transcript(id, transcript), after: script.transcriptionDelay(id.number))
        case .cancelRecognition(let id):
            drop { if case .transcript(id, _) = $0 { true } else { false } }
        case .write(let work, _, let request): write(work, request)
        case .converse(let work, let segment, let dialogue, _): converse(work, segment, dialogue)
        case .synthesize(let id, let speech, let response): synthesize(id, speech, response)
        case .call(let id, _, let limit, .client): engine(.toolDone(id, .failed(.timedOut, "late")), after: limit)
        case .call(let id, let invocation, _, .server):
            engine(.toolDone(id, script.outcome(invocation)), after: script.callDelay(invocation))
        case .cancelCall(let id): drop { if case .toolDone(id, _) = $0 { true } else { false } }
        case .cancelSpeech(let ids): drop { $0.segment.map(ids.contains) ?? false }
        case .cancelWriting(let response): drop { $0.work?.response == response }
        case .recall(let id, let recall):
            guard let (recalled, delay) = script.recalled(recall) else { break }
            engine(.recalled(id, recalled), after: delay)
        case .remember, .listen, .relay, .truncate, .forget, .warm, .keep, .forgetCaller: break
        }
    }

    // MARK: - Engines

    private func words(of id: UtteranceID) -> String {
        if let hears = script.hears { return hears(utterances[id] ?? .start, heard) }
        return script.transcripts.indices.contains(id.number - 1) ? script.transcripts[id.number - 1] : ""
    }

    private mutating func begin(_ id: UtteranceID) {
        if script.recognitionFails(id.number) {
            engine(.recognitionFailed(id, .unsupported), after: .milliseconds(1))
        } else if let delay = script.interimDelay, !words(of: id).isEmpty {
            engine(.transcript(id, Transcript(text: words(of: id), isFinal: false)), after: delay)
        }
    }

    private mutating func write(_ work: Work, _ request: GenerationRequest) {
        if script.holdsGenerations { return }
        let brief = request.brief
        if script.failingAgents.contains(brief.agentName) || script.failsParts.contains(work.part) {
            engine(.textFailed(work, .unavailable), after: script.tokenDelay)
            return used(work.response, .generation, script.failingReports, after: script.tokenDelay)
        }
        var (calls, fails): ([ToolCall], Bool) = ([], false)
        let text: String
        switch brief.task {
        case .judge: text = script.judgements
        case .screen: text = script.screening
        case .route(let candidates), .assign(let candidates, _):
            text = script.routing ?? candidates.last?.agent ?? ""
        case .ask(let questions):
            text = script.answers[brief.agentName] ?? "Tell me: \(questions.map(\.text).joined(separator: " "))? "
        case .fill: text = script.fillings.isEmpty ? "?" : script.fillings.removeFirst()
        case .critique: text = script.critiques.isEmpty ? #"{"good": true}"# : script.critiques.removeFirst()
        case .choose: text = script.choice
        case .study: text = script.plans.isEmpty ? #"{"questions": []}"# : script.plans.removeFirst()
        case .merge: text = script.merged
        case .next(let agenda):
            let names = agenda.candidates.map(\.agent)
            let said = script.choices?.first ?? "none"
            text = script.choices == nil ? names[(agenda.number - 1) % names.count] : said
            script.choices = script.choices.map { Array($0.dropFirst()) }
        case .invent: text = script.samples
        case .score: text = script.scores.isEmpty ? "" : script.scores.removeFirst()
        case .summarize: text = "In short, \(brief.parents.count) answers. "
        case .plan where script.writings[brief.agentName]?.isEmpty == false:
            let writing = script.writings[brief.agentName]?.removeFirst() ?? Script.Writing()
            (text, calls, fails) = (writing.text, writing.calls, writing.fails)
        case .plan: text = script.answers[brief.agentName] ?? "I am \(brief.agentName). This is my plan. "
        }
        var delay = script.thinks(brief.agentName)
        for word in text.split(separator: " ") {
            delay += script.tokenDelay
            engine(.text(work, word + " "), after: delay)
        }
        for call in calls { engine(.toolCall(work, call), after: delay) }
        engine(fails ? .textFailed(work, .unavailable) : .textDone(work), after: delay)
        used(work.response, .generation, script.generationReports, after: delay)
    }

    private mutating func converse(_ work: Work, _ segment: SegmentID?, _ dialogue: Dialogue) {
        var delay = script.synthesisDelay
        if script.failingAgents.contains(dialogue.agent) {
            engine(.textFailed(work, .unavailable), after: delay)
            return used(work.response, .generation, script.failingReports, after: delay)
        }
        for word in script.spoken.split(separator: " ") {
            engine(.text(work, word + " "), after: delay)
            if let segment {
                engine(.audio(segment, samples: (word.count + 1) * 960), after: delay + .milliseconds(5))
            }
            delay += .milliseconds(10)
        }
        if let segment { engine(.audioDone(segment), after: delay) }
        engine(.textDone(work), after: delay)
        used(work.response, .generation, script.generationReports, after: delay)
    }

    private mutating func synthesize(_ id: SegmentID, _ speech: Speech, _ response: ResponseID?) {
        if script.voiceFails(speech) {
            engine(.audioFailed(id, .unavailable), after: script.synthesisDelay)
            return used(response, .synthesis, script.failingReports, after: script.synthesisDelay)
        }
        var delay = script.synthesisDelay
        if script.timesWords { engine(.words(id, Self.timings(of: speech.text)), after: delay) }
        // 60 ms of sound a character, in pieces of a quarter of a second.
        var left = speech.text.count * 960
        while left > 0 {
            let piece = min(left, 4000)
            engine(.audio(id, samples: piece), after: delay)
            left -= piece
            delay += .milliseconds(10)
        }
        engine(.audioDone(id), after: delay)
        used(response, .synthesis, script.synthesisReports, after: delay)
    }

    private mutating func used(
        _ response: ResponseID?, _ kind: ProviderReport.Kind, _ reports: [ProviderReport], after delay: Duration
    ) {
        let reports = reports.map { report in
            var report = report
            report.kind = kind
            return report
        }
        engine(.used(response, reports), after: delay)
    }

    private static func timings(of text: String) -> [WordTiming] {
        let characters = Array(text)
        let starts = characters.indices.filter { $0 == 0 || characters[$0 - 1] == " " }
        return zip(starts, starts.dropFirst() + [characters.count]).map { start, next in
            WordTiming(range: start..<next, start: .milliseconds(60 * start), end: .milliseconds(60 * next))
        }
    }

    // MARK: - The client

    private mutating func play(_ length: Duration) {
        playedOut = max(playedOut, now) + length
        guard script.clientSignals else { return }
        pieces += 1
        if !isPlaying {
            isPlaying = true
            schedule(.input(.client(.playbackStarted)), at: now)
        }
        schedule(.playedOut(piece: pieces), at: playedOut)
    }

    private mutating func hear(_ event: ConversationEvent) {
        switch event {
        case .paused, .interrupted, .responseDone(_, .cancelled):
            (isPlaying, playedOut) = (false, now)
            guard case .interrupted = event, script.cancelsAfterInterruption else { return }
            schedule(.input(.client(.cancelResponse)), at: now + .milliseconds(5))
        default: break
        }
    }

    /// The client has played that piece.
    /// - Returns: what it says; nil when more has come, or when it was told to stop.
    mutating func finishPlaying(_ piece: Int) -> Input? {
        guard piece == pieces, isPlaying else { return nil }
        isPlaying = false
        return .client(.playbackStopped)
    }
}
