import Session

/// The dialect of the bridge: JSON messages, audio in base64. The tutorial's clients speak it, and our own page.
///
/// What it knows of its clients' habits:
/// - They answer `response.interrupted` with `response.cancel`. The response's end waits for that, up to 250 ms.
/// - They know no pauses unless they say so. Until then a pause is an interruption, and an answer that goes on is a new one.
/// - They want their recording commands echoed.
public struct BridgeDialect: Dialect {
    /// How an interrupted response ends.
    private enum Ending: Equatable {
        /// Nothing was interrupted. Exits: `told`, `owed`.
        case none
        /// The client was told that this response is interrupted, but it only pauses. Exits: `none` when it goes on, `owed`.
        case told(ResponseID, isConfirmed: Bool)
        /// The response is over, and `response.done` waits for the client's cancel. Exits: `none`.
        case owed(Frame, until: Duration?)
    }

    /// The response's end waits so long for the client's cancel.
    static let cancelWait: Duration = .milliseconds(250)
    /// A cancel that comes so long after an interruption was told is the answer to it.
    static let confirmationWait: Duration = .seconds(1)

    private var encoder = BridgeEncoder()
    private var ending: Ending = .none
    /// Until when one cancel is the client's answer to an interruption.
    private var confirmationUntil: Duration?
    /// Counts the client's messages, so that a warning can say which one it is about.
    private var received = 0
    /// The response that is open.
    private var open: ResponseID?

    /// A client that has just connected.
    public init() {}

    /// Bridge clients know no pauses until they say so.
    public var contract: ClientContract { ClientContract(knowsPauses: false) }

    // MARK: - From the client

    /// Reads one message.
    public mutating func read(_ frame: Frame, now: Duration) -> (inputs: [ClientInput], replies: [Frame]) {
        received += 1
        var message = BridgeDecoder.read(frame)
        message.subject.number = received
        switch message.input {
        case .signal(.startRecording): return ([message.input], [.text(encoder.recordingStarted)])
        case .signal(.stopRecording): return ([message.input], [.text(encoder.recordingStopped)])
        case .signal(.cancelResponse), .signal(.stopResponse), .signal(.skipAgent): return cancel(message, now: now)
        case .signal(.malformed(var problem)):
            problem.subject = message.subject
            return ([.signal(.malformed(problem))], [])
        default: return ((message.picture.map { [.signal(.picture($0))] } ?? []) + [message.input], [])
        }
    }

    private mutating func cancel(_ message: BridgeDecoder.Message, now: Duration) -> ([ClientInput], [Frame]) {
        // A cancel that names its response means that one and no other.
        if let named = message.response {
            guard let open, named == encoder.name(of: open) else { return ([], confirm(now: now)) }
            if case .told(open, isConfirmed: false) = ending { return (confirmTold(open), []) }
            return ([message.input], [])
        }
        switch ending {
        case .owed: return ([], confirm(now: now))
        case .told(let id, isConfirmed: false): return (confirmTold(id), [])
        case .told, .none:
            let answers = confirmationUntil.map { now <= $0 } ?? false
            confirmationUntil = nil
            return (answers ? [] : [message.input], [])
        }
    }

    /// The client knows of an interruption that may turn out to be a pause.
    private mutating func confirmTold(_ id: ResponseID) -> [ClientInput] {
        ending = .told(id, isConfirmed: true)
        confirmationUntil = nil
        return []
    }

    private mutating func confirm(now: Duration) -> [Frame] {
        confirmationUntil = nil
        return release()
    }

    /// Writes the end that is owed.
    private mutating func release() -> [Frame] {
        guard case .owed(let done, _) = ending else { return [] }
        ending = .none
        return [done]
    }

    // MARK: - To the client

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        switch event {
        case .responseStarted(let id):
            open = id
            return release() + text(event)
        case .agentAudio:
            // The client hears something new: a cancel from now on means that.
            confirmationUntil = nil
            return text(event)
        case .paused(let id, let agent, let heard):
            if encoder.knowsPauses { return text(event) }
            ending = .told(id, isConfirmed: false)
            confirmationUntil = now + Self.confirmationWait
            return text(.interrupted(id, agent: agent, heard: heard))
        case .resumed(let id, let source, let rest):
            guard case .told(id, _) = ending else { return text(event) }
            ending = .none
            let done = text(.responseDone(id, .interrupted))
            encoder.rename(id)
            let more = rest.isEmpty ? [] : source.map { text(.agentText($0, rest)) } ?? []
            return done + text(.responseStarted(id)) + more
        case .interrupted(let id, _, _):
            if case .told(id, _) = ending { return [] }
            confirmationUntil = now + Self.confirmationWait
            return text(event)
        case .responseDone(let id, .interrupted):
            open = nil
            guard let done = text(event).first else { return [] }
            if case .told(id, isConfirmed: true) = ending {
                ending = .none
                return [done]
            }
            ending = .owed(done, until: now + Self.cancelWait)
            return []
        case .responseDone:
            open = nil
            ending = .none
            return text(event)
        case .failure(let problem, let code): return text(event) + [.close(code: code, reason: problem.code)]
        case .ended(let reason):
            return release() + text(event) + [.close(code: CallEnd.closeCode, reason: reason.rawValue)]
        default: return text(event)
        }
    }

    private mutating func text(_ event: ConversationEvent) -> [Frame] { [.text(encoder.encode(event))] }

    // MARK: - Time

    /// When the end of an interrupted response waits no longer.
    public var wake: Duration? { if case .owed(_, let until) = ending { until } else { nil } }

    /// Ends an interrupted response that nobody has cancelled.
    public mutating func time(_ now: Duration) -> [Frame] {
        guard case .owed(_, let until?) = ending, until <= now else { return [] }
        return release()
    }
}
