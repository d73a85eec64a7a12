import Session

/// The dialect of raw PCM clients: binary messages are audio in both directions, text messages are JSON beside it.
///
/// What it knows of its clients' habits:
/// - They read their microphone in pieces of any size. The bytes are one stream, wherever it is cut.
/// - They play at their own rate, in frames of 20 ms. The rate of the project's voices does not concern them.
/// - They know one order, `clear`: drop what was not played. So a pause is a `clear`, and an answer that goes on is more
///   audio.
public struct PCMDialect: Dialect {
    /// What the client knows of the answer.
    private enum Answer: Equatable {
        /// There is none. Exits: `open`.
        case none
        /// It makes no sound yet, or not again yet. Exits: `speaking`, `silenced`, `none`.
        case open(ResponseID)
        /// This part of it sounds. Exits: `speaking` with the next part, `silenced`, `none`.
        case speaking(ResponseID, ItemID)
        /// The client was told to drop it. Exits: `open` when it goes on, `none`.
        case silenced(ResponseID)
    }

    /// What fills no frame waits so long for more audio. A client that is sent audio ahead still plays then.
    static let patience: Duration = .milliseconds(300)

    private let line: PCMLine
    private var encoder: PCMEncoder
    private var caller: CallerStream
    private var agents: AgentStream
    private var answer: Answer = .none
    /// Counts the client's text messages, so that a warning can say which one it is about.
    private var received = 0
    /// Until when more audio is waited for.
    private var deadline: Duration?

    /// A client that has just connected.
    public init(_ line: PCMLine) {
        self.line = line
        encoder = PCMEncoder(line)
        caller = CallerStream(line)
        agents = AgentStream(line)
    }

    /// A client that has just connected to an address with this query; see `PCMLine`.
    /// - Throws: `invalid_encoding` or `invalid_rate`.
    public init(query: [String: String]) throws(BadInput) { self.init(try PCMLine(query: query)) }

    /// A pause is a `clear`, and more audio is a resumption, so every client knows both.
    public var contract: ClientContract { ClientContract(knowsPauses: true) }

    // MARK: - From the client

    /// Reads one message.
    public mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) {
        switch frame {
        case .binary(let bytes): return ([.audio(caller.take(bytes))], [])
        case .oversized: return ([.signal(.malformed(.oversized))], [])
        case .close: return ([], [])
        case .text(let text):
            received += 1
            let signal = PCMDecoder.read(text, number: received, line: line)
            switch signal {
            case .startRecording, .stopRecording, .clearAudio:
                // What was said before belongs before.
                let tail = caller.end()
                return ((tail.isEmpty ? [] : [.audio(tail)]) + [.signal(signal)], [])
            default: return ([.signal(signal)], [])
            }
        }
    }

    // MARK: - To the client

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        switch event {
        case .created(let session): return [encoder.created(session)]
        case .speechStarted(let id, _): return [encoder.speech("user_speaking", id)]
        case .speechStopped(let id, _): return [encoder.speech("user_done", id)]
        case .callerTranscript(let words): return [encoder.transcript(words)]
        case .responseStarted(let id):
            answer = .open(id)
            return [encoder.thinking(id)]
        case .agentText(let source, let text): return [encoder.text(source, text, isFiller: false)]
        case .agentFiller(let source, let text): return [encoder.text(source, text, isFiller: true)]
        case .agentTextDone(let source, let text): return [encoder.transcript(source, text)]
        case .agentAudio(let source, let segment, let chunk):
            if answer == .silenced(source.response) { return [] }
            let announcement = announce(source)
            let frames = agents.take(chunk, of: segment)
            deadline = agents.isHolding ? now + Self.patience : nil
            return announcement + frames
        case .paused(let id, let agent, let heard): return silence(id, "paused", agent: agent, heard: heard)
        case .resumed(let id, _, _):
            answer = .open(id)
            return []
        case .interrupted(let id, let agent, let heard):
            return silence(id, "interrupted", agent: agent, heard: heard)
        case .responseDone(let id, let status):
            let last =
                switch status {
                case .completed, .failed: flush()
                case .interrupted, .cancelled: silence(id, status.rawValue)
                }
            answer = .none
            return last + [encoder.done(id, status)]
        case .warning(let problem): return [encoder.problem("warning", problem)]
        case .failure(let problem, let code):
            return [encoder.problem("error", problem), .close(code: code, reason: problem.code)]
        case .ended(let reason):
            return flush() + [encoder.ended(reason), .close(code: CallEnd.closeCode, reason: reason.rawValue)]
        case .heartbeat: return [encoder.ping]
        case .agentStarted, .agentFinished, .agentDraft, .agentCritique, .agentAsked, .toolCalled, .toolFinished,
            .awaitsClient, .audioDone, .vadFrame, .settings, .memory, .turnMetrics, .turnUsage:
            return []
        }
    }

    /// Says whose voice comes, where it is another one than before.
    private mutating func announce(_ source: Attribution) -> [Frame] {
        let next = Answer.speaking(source.response, source.item)
        if answer == next { return [] }
        answer = next
        return flush() + [encoder.speaking(source)]
    }

    /// Lets the client drop what it has not played, once.
    private mutating func silence(
        _ id: ResponseID, _ reason: String, agent: String? = nil, heard: String? = nil
    ) -> [Frame] {
        agents.drop()
        deadline = nil
        if answer == .silenced(id) { return [] }
        answer = .silenced(id)
        return [encoder.clear(reason, id, agent: agent, heard: heard)]
    }

    private mutating func flush() -> [Frame] {
        deadline = nil
        return agents.flush()
    }

    // MARK: - Time

    /// When what fills no frame waits no longer.
    public var wake: Duration? { deadline }

    /// Sends what fills no frame, once no more audio comes.
    public mutating func time(_ now: Duration) -> [Frame] {
        guard let deadline, deadline <= now else { return [] }
        return flush()
    }
}
