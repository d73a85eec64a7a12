import AudioCore
import Network
import Session
import Telemetry

/// What is counted and measured of all conversations, as operators of a voice server look at it. Labels are names of
/// ours; nothing that a caller says or sends gets here.
struct ConversationMetrics: Sendable {
    let metrics: Metrics
    private let open: Gauge
    private let total: Counter
    private let replacements: Counter
    private let bargeIns: Counter
    private let pauses: Counter
    private let falseBargeIns: Counter
    private let cuts: Counter
    private let unheard: Counter
    private let fillers: Counter
    private let failovers: Counter
    private let recognitionFailures: Counter
    private let synthesisFailures: Counter
    private let agentFailures: Counter
    private let received: Counter
    private let sent: Counter
    private let firstAudio: Histogram

    init(_ metrics: Metrics) {
        self.metrics = metrics
        open = metrics.gauge("parley_conversations_open", help: "Conversations that are held now.")
        total = metrics.counter("parley_conversations_total", help: "Conversations that began.")
        replacements = metrics.counter(
            "parley_conversations_replaced_total", help: "Conversations that ended because their uuid connected again.")
        bargeIns = metrics.counter("parley_interruptions_total", help: "Responses that the caller interrupted.")
        pauses = metrics.counter("parley_pauses_total", help: "Answers that paused because the caller made a sound.")
        falseBargeIns = metrics.counter(
            "parley_false_interruptions_total", help: "Pauses after which the answer went on: it was no interruption.")
        cuts = metrics.counter("parley_answers_cut_total", help: "Answers that were longer than their bound.")
        unheard = metrics.counter(
            "parley_audio_refused_total", help: "Stretches of audio that came when push-to-talk does not listen.")
        failovers = metrics.counter(
            "parley_provider_failovers_total", help: "Turns in which another provider took over from one that failed.")
        fillers = metrics.counter("parley_fillers_total", help: "Lines that were said to bridge a silence.")
        recognitionFailures = metrics.counter(
            "parley_recognition_failures_total", help: "Utterances that could not be transcribed.")
        synthesisFailures = metrics.counter(
            "parley_synthesis_failures_total", help: "Sentences that were shown because they could not be spoken.")
        agentFailures = metrics.counter("parley_agent_failures_total", help: "Agents that could not answer.")
        received = metrics.counter(
            "parley_audio_received_milliseconds_total", help: "Length of the audio that callers sent.")
        sent = metrics.counter("parley_audio_sent_milliseconds_total", help: "Length of the audio that was sent.")
        firstAudio = metrics.histogram(
            "parley_first_audio_seconds", help: "From the end of the caller's speech to the first audio sent (TTFA).")
        // Series that stand from the start, so that a rate over them has a beginning.
        for status in [ResponseStatus.completed, .interrupted, .cancelled, .failed] { _ = responses(status) }
    }

    // MARK: - Conversations

    /// Somebody asked for a conversation and got none.
    func refused(_ reason: String) {
        metrics.counter(
            "parley_conversations_refused_total", help: "Handshakes that were refused.", labels: ["reason": reason]
        ).increment()
    }

    /// A request came from a page, or by a name, that is not allowed.
    func refused(_ refusal: AccessPolicy.Refusal) {
        metrics.counter(
            "parley_requests_refused_total", help: "Requests and handshakes that Origin or Host forbade.",
            labels: ["reason": refusal.rawValue]
        ).increment()
    }

    /// A newer connection of the same user takes over.
    func replaced() { replacements.increment() }

    /// A conversation begins.
    func began() {
        open.add(1)
        total.increment()
    }

    /// A conversation that began is over.
    func ended(_ ending: WebSocketEnding) {
        open.add(-1)
        let way =
            switch ending {
            case .peer: "client"
            case .local: "server"
            case .overflow: "too_slow"
            case .protocolError: "protocol_error"
            case .lost: "lost"
            }
        metrics.counter(
            "parley_conversations_ended_total", help: "Conversations by who or what ended them.", labels: ["by": way]
        ).increment()
    }

    // MARK: - In a conversation

    /// The caller has sent audio.
    func received(_ duration: Duration) { received.increment(by: Int(duration.milliseconds.rounded())) }

    /// The caller is told something.
    func count(_ event: ConversationEvent) {
        switch event {
        case .agentAudio(_, _, let chunk): sent.increment(by: Int(chunk.duration.milliseconds.rounded()))
        case .interrupted: bargeIns.increment()
        case .paused: pauses.increment()
        case .resumed: falseBargeIns.increment()
        case .agentFiller: fillers.increment()
        case .responseDone(_, let status): responses(status).increment()
        case .turnMetrics(_, let timings): observe(timings)
        case .warning(let problem): count(problem)
        case .failure(let problem, _): count(problem)
        default: break
        }
    }

    private func responses(_ status: ResponseStatus) -> Counter {
        metrics.counter(
            "parley_responses_total", help: "Responses by how they ended.", labels: ["status": status.rawValue])
    }

    private func count(_ problem: BadInput) {
        switch problem.code {
        case "recognition_failed": recognitionFailures.increment()
        case "synthesis_failed": synthesisFailures.increment()
        case "agent_failed": agentFailures.increment()
        case "provider_failover": failovers.increment()
        case "answer_cut": cuts.increment()
        case "audio_not_heard": unheard.increment()
        case let code:
            metrics.counter(
                "parley_bad_input_total", help: "What clients sent and could not be used, by code.",
                labels: ["code": code]
            ).increment()
        }
    }

    private func observe(_ timings: TurnTimings) {
        firstAudio.observe(timings.total)
        let parts = [
            ("endpointing", timings.endpointing), ("transcription", timings.transcription),
            ("first_token", timings.firstToken), ("sentence", timings.sentence), ("synthesis", timings.synthesis),
            ("sending", timings.sending),
        ]
        for (part, duration) in parts {
            metrics.histogram(
                "parley_first_audio_part_seconds", help: "The parts that the time to the first audio is the sum of.",
                labels: ["part": part]
            ).observe(duration)
        }
    }
}
