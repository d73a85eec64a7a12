import AudioCore
import JSONText
import Session

/// Writes the control messages for raw PCM clients: one JSON object an event. Knows the names on the wire.
struct PCMEncoder: Sendable {
    private let line: PCMLine
    private var conversation = ConversationID("conv_000000000000")

    init(_ line: PCMLine) { self.line = line }

    // MARK: - The session

    /// The first message.
    mutating func created(_ session: SessionDescription) -> Frame {
        conversation = session.id
        let agents = session.agents.map { agent in
            JSON.object([("name", .string(agent.name)), ("speaks", .bool(agent.speaks))])
        }
        let fallbacks = session.fallbacks.map { fallback in
            JSON.object([("wanted", .string(fallback.wanted)), ("used", .string(fallback.used))])
        }
        return message(
            "session_created", ("session_id", .string(session.id.description)),
            ("project", .string(session.project)), ("version", .int(session.version)), ("agents", .array(agents)),
            ("push_to_talk", .bool(session.vad == nil)), ("encoding", .string(line.encoding.rawValue)),
            ("input_rate", .int(line.inputRate)), ("output_rate", .int(line.outputRate)),
            ("frame_ms", .int(Int(PCMLine.frame.milliseconds))), ("fallbacks", .array(fallbacks)),
            ("stand_ins", .bool(session.usesStandIns)))
    }

    /// The last message.
    func ended(_ reason: CallEnd) -> Frame { message("session_ended", ("reason", .string(reason.rawValue))) }

    // MARK: - The caller

    /// The caller begins to speak, or has stopped.
    func speech(_ type: String, _ id: UtteranceID) -> Frame { message(type, ("utterance_id", name(id))) }

    /// The caller's words.
    func transcript(_ words: Transcribed) -> Frame {
        let id = words.utterance.map { [("utterance_id", name($0))] } ?? []
        return message(
            "transcript",
            [
                ("role", .string("user")), ("text", .string(words.text)), ("final", .bool(words.isFinal)),
            ] + id)
    }

    // MARK: - The agents

    /// An answer begins.
    func thinking(_ id: ResponseID) -> Frame { message("agent_thinking", ("response_id", name(id))) }

    /// An agent's voice begins, or goes on.
    func speaking(_ source: Attribution) -> Frame { message("agent_speaking", attribution(source)) }

    /// The next piece of an agent's words.
    func text(_ source: Attribution, _ text: String, isFiller: Bool) -> Frame {
        message(
            "agent_text", attribution(source) + [("text", .string(text))] + (isFiller ? [("filler", .bool(true))] : []))
    }

    /// All of an agent's words.
    func transcript(_ source: Attribution, _ text: String) -> Frame {
        message(
            "transcript",
            [("role", .string("agent")), ("text", .string(text)), ("final", .bool(true))] + attribution(source))
    }

    /// Sound stops, and what was not played is to be dropped.
    func clear(_ reason: String, _ id: ResponseID, agent: String?, heard: String?) -> Frame {
        message(
            "clear", ("reason", .string(reason)), ("response_id", name(id)),
            ("agent", agent.map(JSON.string) ?? .null), ("heard", heard.map(JSON.string) ?? .null))
    }

    /// The answer is over.
    func done(_ id: ResponseID, _ status: ResponseStatus) -> Frame {
        message("agent_done", ("response_id", name(id)), ("status", .string(status.rawValue)))
    }

    // MARK: - Trouble and liveness

    /// A `warning` or an `error`.
    func problem(_ type: String, _ problem: BadInput) -> Frame { message(type, problem.members) }

    /// A sign of life.
    var ping: Frame { message("ping") }

    // MARK: - Parts

    private func name<Kind: Numbered>(_ id: Identifier<Kind>) -> JSON { .string(id.name(in: conversation)) }

    private func attribution(_ source: Attribution) -> [(String, JSON)] {
        [("agent", .string(source.agent)), ("response_id", name(source.response)), ("item_id", name(source.item))]
    }

    private func message(_ type: String, _ members: (String, JSON)...) -> Frame { message(type, members) }

    private func message(_ type: String, _ members: [(String, JSON)]) -> Frame {
        .text(JSON.object([("type", .string(type))] + members).text)
    }
}
