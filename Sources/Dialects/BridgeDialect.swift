import Session

/// The dialect of the bridge: JSON messages, audio in base64. The tutorial's clients speak it, and our own page.
///
/// What it knows of its clients' habits:
/// - They answer `response.interrupted` with `response.cancel`, and know no pauses unless they say so
///   (`InterruptionEtiquette`).
/// - They want their recording commands echoed.
public struct BridgeDialect: Dialect {
    private var encoder = BridgeEncoder()
    private var etiquette = InterruptionEtiquette()
    /// Counts the client's messages, so that a warning can say which one it is about.
    private var received = 0

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
        let subject: InterruptionEtiquette.Subject =
            message.response.map { $0 == etiquette.open.map(encoder.name) ? .open : .other } ?? .any
        let (isOrder, told) = etiquette.cancel(subject, now: now)
        return (isOrder ? [message.input] : [], frames(told))
    }

    // MARK: - To the client

    /// Writes one event.
    public mutating func write(_ event: ConversationEvent, now: Duration) -> [Frame] {
        if case .awaitsClient = event { return [] }
        let told = frames(etiquette.write(event, knowsPauses: encoder.knowsPauses, now: now))
        switch event {
        case .failure(let problem, let code): return told + [.close(code: code, reason: problem.code)]
        case .ended(let reason): return told + [.close(code: CallEnd.closeCode, reason: reason.rawValue)]
        default: return told
        }
    }

    private mutating func frames(_ told: [InterruptionEtiquette.Told]) -> [Frame] {
        var frames: [Frame] = []
        for one in told {
            switch one {
            case .event(let event): frames.append(.text(encoder.encode(event)))
            case .renamed(let id): encoder.rename(id)
            }
        }
        return frames
    }

    // MARK: - Time

    /// When the end of an interrupted response waits no longer.
    public var wake: Duration? { etiquette.wake }

    /// Ends an interrupted response that nobody has cancelled.
    public mutating func time(_ now: Duration) -> [Frame] { frames(etiquette.time(now)) }
}
