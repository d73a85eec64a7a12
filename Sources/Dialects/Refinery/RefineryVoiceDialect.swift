import AudioCore
import FoundationEssentials
import JSONText
import Session

/// The dialect of AI Refinery's voice client, `WS /distiller/realtime/…`.
///
/// What it knows of its clients' habits:
/// - They take each `response.text.delta` for the beginning of another agent: whoever was skipped is over then. So there is
///   one for each part of an answer, before its sound, and `response.text.done` has the whole text.
/// - They read audio from `audio`, and the bridge of their package hands `delta` to browsers.
/// - They answer `response.interrupted` with `response.cancel`, or with nothing (`InterruptionEtiquette`).
/// - They go on sending audio for a moment after an answer began: that is no mistake.
public struct RefineryVoiceDialect: Dialect {
    /// What one agent says in one response.
    private struct Part {
        var text = ""
        /// Whether the client knows that it has begun.
        var isTold = false
    }

    private let functions: RefineryFunctions
    private var encoder = BridgeEncoder()
    private var etiquette = InterruptionEtiquette()
    /// Requests of the kind that a text client makes; this one can make them, too.
    private var exchange = RefineryExchange()
    private var memory = RefineryMemory()
    private var parts: [ItemID: Part] = [:]
    private var conversation = ConversationID("conv_000000000000")
    /// Counts the client's messages, so that a warning can say which one it is about.
    private var received = 0
    /// Requests that could not be used; they end with what says so.
    private var refused = 0

    /// A client that has just connected.
    public init(_ project: RefineryProject) { functions = RefineryFunctions(executors: project.executors) }

    /// Its clients know no pauses.
    public var contract: ClientContract { ClientContract(knowsPauses: false) }

    // MARK: - From the client

    /// Reads one message.
    public mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) {
        received += 1
        let message = BridgeDecoder.read(frame)
        switch message.input {
        case .signal(.cancelResponse):
            let (isOrder, told) = etiquette.cancel(.any, now: now)
            return (isOrder ? [message.input] : [], frames(told))
        case .signal(.malformed(var problem)):
            if problem.code == "missing_type" || problem.code == "message_too_large" { return request(frame) }
            problem.subject = message.subject
            problem.subject?.number = received
            return ([.signal(.malformed(problem))], [])
        default: return ((message.picture.map { [.signal(.picture($0))] } ?? []) + [message.input], [])
        }
    }

    private mutating func request(_ frame: Frame) -> ([ClientInput], [Frame]) {
        do throws(RefineryRequest.Failure) {
            switch try RefineryRequest.read(frame) {
            case .query(let words, let picture):
                exchange.ask()
                return ((picture.map { [.signal(.picture($0))] } ?? []) + [.signal(.text(words))], [])
            case .reply(let id, let content, let changes):
                guard let call = CallID(named: id) else {
                    let problem = BadInput(code: "unknown_call", message: "'request_id' is the one of what was asked")
                    return ([.signal(.malformed(problem))], [])
                }
                return ((changes.map { [memory.ask($0)] } ?? []) + [.signal(.toolOutput(call, content ?? "null"))], [])
            case .memory(let request): return ([memory.ask(request)], [])
            case .pong: return ([.signal(.ignored)], [])
            }
        } catch {
            if error.isAwaited { refused += 1 }
            return ([.signal(.malformed(error.problem(in: received)))], [])
        }
    }

    // MARK: - To the client

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        frames(etiquette.write(event, now: now))
    }

    private mutating func frames(_ told: [InterruptionEtiquette.Told]) -> [Frame] {
        told.flatMap { one -> [Frame] in
            switch one {
            case .event(let event): return frames(event)
            case .renamed(let id):
                encoder.rename(id)
                return []
            }
        }
    }

    private mutating func frames(_ event: ConversationEvent) -> [Frame] {
        switch event {
        case .created(let session):
            conversation = session.id
            return [.text(encoder.encode(event))]
        case .callerTranscript, .audioDone, .interrupted: return [.text(encoder.encode(event))]
        case .responseStarted(let id):
            parts = [:]
            _ = exchange.begin(id)
            return [.text(encoder.encode(event))]
        case .agentText(let source, let text), .agentFiller(let source, let text):
            parts[source.item, default: Part()].text += text
            return []
        case .agentAudio(let source, _, let chunk): return begin(source) + [audio(source, chunk)]
        case .agentTextDone(let source, let text):
            // An apology may be shown alone.
            parts[source.item, default: Part()].text = text
            return begin(source) + [.text(RefineryMessage.text(.done, source.agent, text))]
        case .toolCalled(let source, let id, let tool, let arguments?):
            let arguments = functions.arguments(of: tool, called: source.agent, arguments)
            return [.text(RefineryMessage.wait(source.agent, id.name(in: conversation), arguments))]
        case .responseDone(let id, _): return [.text(encoder.encode(event))] + finish(id)
        case .memory(let report): return memory.answer(report)
        case .warning(let problem):
            if problem.code == "audio_not_heard" { return [] }
            return [.text(RefineryMessage.warning(problem))]
                + exchange.giveUp(problem, refused: &refused, memory: &memory)
        case .failure(let problem, let code):
            return [.text(RefineryMessage.failure(problem)), .close(code: code, reason: problem.code)]
        case .ended(let reason): return RefineryMessage.complete(exchange.open) + [RefineryMessage.close(reason)]
        case .heartbeat: return [.text(RefineryMessage.ping)]
        case .awaitsClient, .speechStarted, .speechStopped, .agentStarted, .agentFinished, .agentDraft, .agentCritique,
            .agentAsked,
            .toolCalled, .toolFinished, .paused, .resumed, .vadFrame, .settings, .turnMetrics, .turnUsage:
            return []
        }
    }

    /// Says that an agent begins, once.
    private mutating func begin(_ source: Attribution) -> [Frame] {
        let part = parts[source.item] ?? Part()
        if part.isTold { return [] }
        parts[source.item] = Part(text: part.text, isTold: true)
        return [.text(RefineryMessage.text(.delta, source.agent, part.text))]
    }

    private func audio(_ source: Attribution, _ chunk: AudioChunk) -> Frame {
        let base64 = Data(PCM16.bytes(littleEndian: chunk.samples)).base64EncodedString()
        return .text(RefineryMessage.audio(source.agent, base64))
    }

    private mutating func finish(_ id: ResponseID) -> [Frame] {
        parts = [:]
        guard case .over(let requests, _) = exchange.finish(id, question: nil) else { return [] }
        return RefineryMessage.complete(requests)
    }

    // MARK: - Time

    /// When the end of an interrupted response waits no longer.
    public var wake: Duration? { etiquette.wake }

    /// Ends an interrupted response that nobody has cancelled.
    public mutating func time(_ now: Duration) -> [Frame] { frames(etiquette.time(now)) }
}
