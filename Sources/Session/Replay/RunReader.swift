import AudioCore
import ProjectModel
import TurnTaking

/// Reads a run from its beginning to its end and collects what a person wants to know.
struct RunReader {
    private let run: ConversationRun
    private var report = RunReport()
    private var ledger = ListeningLedger()
    /// The caller's words since the last response began.
    private var question: [String] = []
    /// Interruptions whose utterance has no final words yet.
    private var undecided: [UtteranceID: [Int]] = [:]
    /// The utterance that began last.
    private var utterance: UtteranceID?
    /// When the caller fell silent last.
    private var silentSince: Duration?
    private var lastVoiced: Duration?

    init(_ run: ConversationRun) { self.run = run }

    mutating func read(_ step: ConversationRun.Step) {
        switch step.input {
        case .audio(let audio): hear(audio, at: step.at)
        case .client(.text(let text)):
            question.append(text)
            silentSince = step.at
        default: break
        }
        // An utterance is named after what it has stopped.
        for case .tell(.speechStarted(let id, _)) in step.outputs { utterance = id }
        if case .client(.text) = step.input { utterance = nil }
        for output in step.outputs {
            switch output {
            case .tell(let event): told(event, at: step.at)
            case .play(let source, _, let range, let rate): play(source, .samples(range.count, at: rate), at: step.at)
            case .request, .wake: break
            }
        }
    }

    mutating func finish() -> RunReport {
        close(nil, at: run.end)
        for kind in ConversationRun.Unknown.Kind.allCases {
            let found = run.unknown.filter { $0.kind == kind }
            if found.isEmpty { continue }
            let partial = found.count(where: \.isPartial)
            report.unknown.append(.init(kind: kind.rawValue, whole: found.count - partial, partial: partial))
        }
        return report
    }

    private mutating func hear(_ audio: HeardAudio, at now: Duration) {
        let needed = (run.settings.project.audio.vad?.speechProbability ?? 0.5) - Endpointer.hysteresis
        for (at, probability) in audio.windows(at: now) where probability >= needed { lastVoiced = at }
    }

    private mutating func play(_ source: Attribution, _ length: Duration, at now: Duration) {
        let isFirst = !ledger.hasSounded
        ledger.play(length, at: now)
        guard isFirst else { return }
        let wait = silentSince.map { now - $0 }
        report.firstAudio.append(.init(response: source.response.number, at: now, wait: wait))
    }

    private mutating func told(_ event: ConversationEvent, at now: Duration) {
        switch event {
        case .speechStopped(let id, _):
            silentSince = min(lastVoiced ?? now, now)
            report.turnEnds.append(.init(utterance: id.number, speechEnd: silentSince ?? now, decided: now))
        case .callerTranscript(let said) where said.isFinal:
            guard let id = said.utterance else { break }
            if !said.text.isEmpty { question.append(said.text) }
            decide(id, words: said.text)
        case .responseStarted(let id):
            report.answers.append(
                .init(response: id.number, at: now, question: question.joined(separator: " "), heard: [], status: nil))
            (question, ledger) = ([], ListeningLedger())
        case .agentText(let source, let text), .agentFiller(let source, let text): ledger.show(text, by: source.agent)
        case .paused(let id, _, let heard):
            report.pauses.append(.init(at: now, response: id.number, resumed: nil))
            stopped(id, heard: heard, at: now)
            ledger.pause(at: now)
        case .resumed:
            if let last = report.pauses.indices.last { report.pauses[last].resumed = now }
            if let last = report.interruptions.indices.last { report.interruptions[last].verdict = .mistaken }
            undecided = [:]
        case .interrupted(let id, let agent, let heard):
            // It may have been held since.
            let isHeld = report.pauses.last.map { $0.response == id.number && $0.resumed == nil } ?? false
            if isHeld, let last = report.interruptions.indices.last {
                report.interruptions[last].heard = heard
            } else {
                stopped(id, heard: heard, at: now)
            }
            ledger.cut(agent: agent, heard: heard)
        case .responseDone(_, let status): close(status, at: now)
        default: break
        }
    }

    /// Sound of a response has stopped because of the caller.
    private mutating func stopped(_ id: ResponseID, heard: String, at now: Duration) {
        let verdict: RunReport.Verdict = utterance == nil ? .real : .unknown
        if let utterance { undecided[utterance, default: []].append(report.interruptions.count) }
        report.interruptions.append(
            .init(at: now, response: id.number, utterance: utterance?.number, verdict: verdict, heard: heard))
    }

    private mutating func decide(_ id: UtteranceID, words: String) {
        for index in undecided.removeValue(forKey: id) ?? [] {
            let isUnknown = words == AnswerLibrary.unknownWords
            report.interruptions[index].verdict = isUnknown ? .unknown : words.isEmpty ? .mistaken : .real
        }
    }

    private mutating func close(_ status: ResponseStatus?, at now: Duration) {
        guard let last = report.answers.indices.last, report.answers[last].status == nil else { return }
        report.answers[last].status = status?.rawValue
        report.answers[last].end = now
        report.answers[last].heard = ledger.heard(isComplete: status == .completed, at: now)
    }
}

/// What a caller hears of one response, by our estimate. Pure.
struct ListeningLedger: Sendable {
    private var ledger = HeardLedger()
    private var clock = PlayoutClock(lead: .zero)
    /// What an interruption said was heard.
    private var cut: (agent: String?, heard: String)?
    /// Agents of which audio was sent.
    private var sounding: Set<String> = []

    /// Whether audio was sent.
    var hasSounded: Bool { !sounding.isEmpty }

    /// Words are shown whose audio follows, if any does.
    mutating func show(_ text: String, by agent: String) {
        ledger.finish()
        ledger.begin(speaker: agent, text: text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    mutating func play(_ length: Duration, at now: Duration) {
        clock.send(length, now: now)
        ledger.send(length)
        if let agent = ledger.entries.last?.speaker { sounding.insert(agent) }
    }

    /// What is not played yet is dropped.
    mutating func pause(at now: Duration) {
        let played = clock.played(now: now)
        _ = ledger.rewind(to: played)
        clock.rewind(to: played)
    }

    /// The response was interrupted; of that agent, so much was heard.
    mutating func cut(agent: String?, heard: String) { cut = (agent, heard) }

    /// By agent, in order. Agents that only write are left out.
    func heard(isComplete: Bool, at now: Duration) -> [RunReport.Spoken] {
        var whole = ledger
        whole.finish()
        let played = isComplete ? clock.sent : clock.played(now: now)
        var spoken = whole.heard(played: played).filter { sounding.contains($0.speaker) }
            .map { RunReport.Spoken(agent: $0.speaker, text: $0.text) }
        guard let cut, let agent = cut.agent else { return spoken }
        if let index = spoken.lastIndex(where: { $0.agent == agent }) {
            spoken.removeSubrange(index...)
        }
        if !cut.heard.isEmpty { spoken.append(.init(agent: agent, text: cut.heard)) }
        return spoken
    }
}

extension HeardAudio {
    /// The windows that became complete: when their last sample came, and the verdict on each.
    func windows(at now: Duration) -> [(at: Duration, probability: Float)] {
        let last = end.samples / 512
        return probabilities.enumerated().map { index, probability in
            let position = AudioPosition(samples: (last - (probabilities.count - 1 - index)) * 512)
            return (now - (end - position), probability)
        }
    }
}
