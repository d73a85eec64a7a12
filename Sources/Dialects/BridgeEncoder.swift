import AudioCore
import FoundationEssentials
import JSONText
import Session
import TurnTaking

/// Writes what a bridge client is told: one JSON object an event. Pure.
public enum BridgeEncoder {
    /// The JSON text of `event`.
    public static func encode(_ event: ConversationEvent) -> String { JSON.object(members(of: event)).text }

    private static func members(of event: ConversationEvent) -> [(String, JSON)] {
        switch event {
        case .created(let session): created(session)
        case .recordingStarted: typed("recording_started")
        case .recordingStopped: typed("recording_stopped")
        case .callerTranscript(let words):
            words.isFinal
                ? typed("response.audio_transcript.done", ("text", .string(words.text)))
                : typed(
                    "response.audio_transcript.delta", ("delta", .string(words.text)), ("text", .string(words.text)))
        case .responseStarted(let id): typed("response.created", ("response_id", .string(id)))
        case .agentStarted(let agent, let node):
            typed("agent.started", ("agent", .string(agent)), ("node", .string(node)))
        case .agentFinished(let agent, let node):
            typed("agent.finished", ("agent", .string(agent)), ("node", .string(node)))
        case .agentText(let agent, let text): words("response.text.delta", agent, text)
        case .agentFiller(let agent, let text):
            words("response.text.delta", agent, text) + [("filler", .bool(true))]
        case .agentTextDone(let agent, let text): words("response.text.done", agent, text)
        case .agentAudio(let agent, let chunk): audio(agent, chunk)
        case .audioDone: typed("response.audio.done")
        case .interrupted(let agent, let heard):
            typed("response.interrupted", ("role", .string(agent ?? "assistant")), ("heard", .string(heard)))
        case .responseDone(let id, let status):
            typed("response.done", ("response_id", .string(id)), ("status", .string(status.rawValue)))
        case .vadFrame(let frame):
            typed(
                "vad.frame", ("start_sample", .int(frame.start)), ("probability", .double(Double(frame.probability))),
                ("positives", .int(frame.positives)), ("state", .string(frame.state)))
        case .turnMetrics(let timings): metrics(timings)
        case .turnUsage(let usage): providers(usage)
        case .warning(let problem):
            typed("warning", ("code", .string(problem.code)), ("message", .string(problem.message)))
        case .failure(let problem, _):
            typed(
                "error", ("code", .string(problem.code)), ("message", .string(problem.message)),
                ("error", .string(problem.message)))
        case .heartbeat: typed("PING")
        }
    }

    private static func typed(_ type: String, _ members: (String, JSON)...) -> [(String, JSON)] {
        [("type", .string(type))] + members
    }

    /// An agent's words, under both names that clients read.
    private static func words(_ type: String, _ agent: String, _ text: String) -> [(String, JSON)] {
        typed(type, ("role", .string(agent)), ("content", .string(text)), ("text", .string(text)))
    }

    private static func audio(_ agent: String, _ chunk: AudioChunk) -> [(String, JSON)] {
        let bytes = Data(PCM16.bytes(littleEndian: chunk.samples))
        // Once, under the name that bridge clients read: twice would double the traffic.
        return typed(
            "response.audio.delta", ("role", .string(agent)), ("delta", .plain(bytes.base64EncodedString())))
    }

    private static func milliseconds(_ duration: Duration) -> JSON {
        .double((duration.milliseconds * 10).rounded() / 10)
    }

    private static func providers(_ usage: TurnUsage) -> [(String, JSON)] {
        let providers = usage.providers.map { provider in
            JSON.object([
                ("provider", .string(provider.provider)), ("kind", .string(provider.kind)),
                ("attempts", .int(provider.attempts)), ("failures", .int(provider.failures)),
                ("first_piece_ms", provider.firstPiece.map(milliseconds) ?? .null),
                ("busy_ms", milliseconds(provider.busy)), ("characters", .int(provider.characters)),
                ("input_tokens", .int(provider.inputTokens)), ("output_tokens", .int(provider.outputTokens)),
                ("audio_ms", milliseconds(provider.audio)), ("cost", cost(provider.cost)),
            ])
        }
        return typed(
            "turn.usage", ("response_id", .string(usage.response)), ("providers", .array(providers)),
            ("cost", cost(usage.cost)), ("currency", .string(usage.currency)))
    }

    /// To a millionth: prices are of single tokens.
    private static func cost(_ cost: Double?) -> JSON { cost.map { .double(($0 * 1e6).rounded() / 1e6) } ?? .null }

    private static func metrics(_ timings: TurnTimings) -> [(String, JSON)] {
        typed(
            "turn.metrics", ("ttfa_ms", milliseconds(timings.total)),
            ("endpointing_ms", milliseconds(timings.endpointing)),
            ("transcription_ms", milliseconds(timings.transcription)), ("ttft_ms", milliseconds(timings.firstToken)),
            ("sentence_ms", milliseconds(timings.sentence)), ("ttfb_ms", milliseconds(timings.synthesis)),
            ("sending_ms", milliseconds(timings.sending)))
    }

    private static func created(_ session: SessionDescription) -> [(String, JSON)] {
        let agents = session.agents.map { agent in
            JSON.object([
                ("name", .string(agent.name)), ("description", .string(agent.description)),
                ("voice", agent.voice.map(JSON.string) ?? .null), ("speaks", .bool(agent.speaks)),
            ])
        }
        let fallbacks = session.fallbacks.map { fallback in
            JSON.object([
                ("wanted", .string(fallback.wanted)), ("used", .string(fallback.used)),
                ("reason", .string(fallback.reason)),
            ])
        }
        return typed(
            "session.created",
            (
                "session",
                .object([
                    ("id", .string(session.id)), ("project", .string(session.project)),
                    ("version", .int(session.version)), ("agents", .array(agents)),
                    ("vad", session.vad.map(settings) ?? .null), ("fallbacks", .array(fallbacks)),
                    ("sample_rate", .int(session.sampleRate)),
                ])
            ),
            ("capabilities", .object([("vad_enabled", .bool(session.vad != nil))])))
    }

    private static func settings(_ vad: VADConfiguration) -> JSON {
        .object([
            ("enable_barge_in", .bool(true)), ("frame_ms", .int(vad.frameMilliseconds)),
            ("threshold", .int(vad.threshold)), ("window_size", .int(vad.windowSize)),
            ("lockout_seconds", .double(vad.lockout.seconds)),
            ("grace_period_seconds", .double(vad.gracePeriod.seconds)),
            ("silero_min_samples_seconds", .double(vad.minimumAudio.seconds)),
            ("speech_probability", .double(Double(vad.speechProbability))),
        ])
    }
}
