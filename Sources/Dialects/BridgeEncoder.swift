import AudioCore
import FoundationEssentials
import JSONText
import Session
import TurnTaking

/// Writes what a bridge client is told: one JSON object an event. Knows the names on the wire.
struct BridgeEncoder: Sendable {
    /// Whether the client knows that an answer may pause and go on.
    var knowsPauses = false
    private var conversation = ConversationID("conv_000000000000")
    /// A response that went on after a pause, for a client that knows none: how often.
    private var renamed: (id: ResponseID, times: Int)?
    /// The interim words that were told last.
    private var interim: (utterance: UtteranceID?, text: String) = (nil, "")

    /// The answer to `start_recording`.
    var recordingStarted: String { Self.text(Self.typed("recording_started")) }
    /// The answer to `stop_recording`.
    var recordingStopped: String { Self.text(Self.typed("recording_stopped")) }

    /// The name of a response on the wire.
    func name(of id: ResponseID) -> String {
        let name = id.name(in: conversation)
        guard let renamed, renamed.id == id else { return name }
        return "\(name)r\(renamed.times)"
    }

    /// The response goes on as another one.
    mutating func rename(_ id: ResponseID) {
        renamed = (id, (renamed?.id == id ? renamed?.times ?? 0 : 0) + 1)
    }

    /// The JSON text of `event`.
    mutating func encode(_ event: ConversationEvent) -> String {
        if case .created(let session) = event { conversation = session.id }
        return Self.text(members(of: event))
    }

    private static func text(_ members: [(String, JSON)]) -> String { JSON.object(members).text }

    private mutating func members(of event: ConversationEvent) -> [(String, JSON)] {
        switch event {
        case .created(let session): return Self.created(session)
        case .speechStarted(let id, _): return Self.typed("speech.started", ("utterance_id", name(id)))
        case .speechStopped(let id, _): return Self.typed("speech.stopped", ("utterance_id", name(id)))
        case .callerTranscript(let words): return transcript(words)
        case .responseStarted(let id): return Self.typed("response.created", ("response_id", .string(name(of: id))))
        case .agentStarted(let source, let node):
            return Self.typed("agent.started", ("agent", .string(source.agent)), ("node", .string(node))) + ids(source)
        case .agentFinished(let source, let node):
            return Self.typed("agent.finished", ("agent", .string(source.agent)), ("node", .string(node)))
                + ids(source)
        case .agentDraft(let source, let attempt, let text):
            return Self.typed(
                "agent.draft", ("agent", .string(source.agent)), ("attempt", .int(attempt)), ("text", .string(text)))
                + ids(source)
        case .agentCritique(let source, let attempt, let flaws):
            return Self.typed(
                "agent.critique", ("agent", .string(source.agent)), ("attempt", .int(attempt)),
                ("good", .bool(flaws == nil)), ("flaws", .array((flaws ?? []).map(JSON.string)))) + ids(source)
        case .agentAsked(let id, let agent, let patience):
            return Self.typed(
                "agent.asked", ("agent", .string(agent)), ("answer_within_ms", Self.milliseconds(patience)),
                ("response_id", .string(name(of: id))))
        case .toolCalled(let source, let id, let tool, let arguments):
            return call("tool.called", source, id, tool) + [("arguments", arguments.map(JSON.string) ?? .null)]
        case .toolFinished(let source, let id, let tool, let status):
            return call("tool.finished", source, id, tool) + [("status", .string(status))]
        // Its clients learn it from `tool.called`.
        case .awaitsClient: return []
        case .agentText(let source, let text): return words("response.text.delta", source, text)
        case .agentFiller(let source, let text):
            return words("response.text.delta", source, text) + [("filler", .bool(true))]
        case .agentTextDone(let source, let text): return words("response.text.done", source, text)
        case .agentAudio(let source, let segment, let chunk): return audio(source, segment, chunk)
        case .audioDone(let id): return Self.typed("response.audio.done", ("response_id", .string(name(of: id))))
        case .paused(let id, let agent, let heard): return stopped("response.paused", id, agent, heard)
        case .resumed(let id, let source, let rest):
            return Self.typed(
                "response.resumed", ("response_id", .string(name(of: id))),
                ("role", source.map { .string($0.agent) } ?? .null), ("rest", .string(rest)))
        case .interrupted(let id, let agent, let heard): return stopped("response.interrupted", id, agent, heard)
        case .responseDone(let id, let status):
            return Self.typed(
                "response.done", ("response_id", .string(name(of: id))), ("status", .string(status.rawValue)))
        case .vadFrame(let frame):
            return Self.typed(
                "vad.frame", ("start_sample", .int(frame.start.samples)),
                ("probability", .double(Double(frame.probability))), ("positives", .int(frame.positives)),
                ("state", .string(frame.state)))
        case .settings(let report):
            knowsPauses = report.knowsPauses
            return settings(report)
        case .memory(let report): return Self.memory(report)
        case .turnMetrics(let id, let timings):
            return Self.metrics(timings) + [("response_id", .string(name(of: id)))]
        case .turnUsage(let usage): return Self.providers(usage, response: name(of: usage.response))
        case .warning(let problem):
            return Self.typed("warning") + problem.members
        case .failure(let problem, _):
            return Self.typed("error") + problem.members + [("error", .string(problem.message))]
        case .ended(let reason): return Self.typed("session.ended", ("reason", .string(reason.rawValue)))
        case .heartbeat: return Self.typed("PING")
        }
    }

    private func name<Kind: Numbered>(_ id: Identifier<Kind>) -> JSON { .string(id.name(in: conversation)) }

    private func ids(_ source: Attribution) -> [(String, JSON)] {
        [("response_id", .string(name(of: source.response))), ("item_id", name(source.item))]
    }

    private func call(_ type: String, _ source: Attribution, _ id: CallID, _ tool: String) -> [(String, JSON)] {
        Self.typed(type, ("call_id", name(id)), ("agent", .string(source.agent)), ("name", .string(tool))) + ids(source)
    }

    /// The caller's words. `delta` is what is new; when earlier words have changed it is empty, and `text` tells all.
    private mutating func transcript(_ words: Transcribed) -> [(String, JSON)] {
        let id = words.utterance.map { [("utterance_id", name($0))] } ?? []
        let confidence = words.confidence.map { [("confidence", JSON.double(($0 * 1000).rounded() / 1000))] } ?? []
        if words.isFinal {
            interim = (nil, "")
            return Self.typed("response.audio_transcript.done", ("text", .string(words.text))) + id + confidence
        }
        let known = interim.utterance == words.utterance ? interim.text : ""
        let delta = words.text.hasPrefix(known) ? String(words.text.dropFirst(known.count)) : ""
        interim = (words.utterance, words.text)
        return Self.typed(
            "response.audio_transcript.delta", ("delta", .string(delta)), ("text", .string(words.text))) + id
    }

    private func stopped(_ type: String, _ id: ResponseID, _ agent: String?, _ heard: String) -> [(String, JSON)] {
        Self.typed(
            type, ("role", .string(agent ?? "assistant")), ("heard", .string(heard)),
            ("response_id", .string(name(of: id))))
    }

    private func settings(_ report: SettingsReport) -> [(String, JSON)] {
        Self.typed(
            "session.updated", ("vad", report.vad.map(Self.settings) ?? .null),
            ("vad_frames", .bool(report.reportsFrames)), ("pauses", .bool(report.knowsPauses)))
    }

    private static func memory(_ report: MemoryReport) -> [(String, JSON)] {
        let history = report.history.map { entry in
            JSON.object([
                ("role", .string(entry.agent ?? "user")), ("text", .string(entry.text)),
                ("interrupted", .bool(entry.wasInterrupted)),
            ])
        }
        return typed(
            "memory.state", ("kept", .bool(report.isKept)),
            ("variables", .object(report.variables.map { ($0.name, .string($0.value)) })), ("history", .array(history)))
    }

    private static func typed(_ type: String, _ members: (String, JSON)...) -> [(String, JSON)] {
        [("type", .string(type))] + members
    }

    /// An agent's words, under both names that clients read.
    private func words(_ type: String, _ source: Attribution, _ text: String) -> [(String, JSON)] {
        Self.typed(type, ("role", .string(source.agent)), ("content", .string(text)), ("text", .string(text)))
            + ids(source)
    }

    private func audio(_ source: Attribution, _ segment: SegmentID, _ chunk: AudioChunk) -> [(String, JSON)] {
        let bytes = Data(PCM16.bytes(littleEndian: chunk.samples))
        // Once, under the name that bridge clients read: twice would double the traffic.
        return Self.typed(
            "response.audio.delta", ("role", .string(source.agent)), ("delta", .plain(bytes.base64EncodedString())))
            + ids(source) + [("segment_id", name(segment))]
    }

    private static func milliseconds(_ duration: Duration) -> JSON {
        .double((duration.milliseconds * 10).rounded() / 10)
    }

    private static func providers(_ usage: TurnUsage, response: String) -> [(String, JSON)] {
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
            "turn.usage", ("response_id", .string(response)), ("providers", .array(providers)),
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
                    ("id", .string(session.id.description)), ("project", .string(session.project)),
                    ("version", .int(session.version)), ("agents", .array(agents)),
                    ("vad", session.vad.map(settings) ?? .null), ("fallbacks", .array(fallbacks)),
                    ("sample_rate", .int(session.sampleRate)), ("stand_ins", .bool(session.usesStandIns)),
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
            ("resume_after_false_barge_in", .bool(vad.resumeAfterFalseBargeIn)),
            ("back_channels", vad.backChannels.map { .array($0.map(JSON.string)) } ?? .null),
        ])
    }
}
