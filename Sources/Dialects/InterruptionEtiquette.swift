import Session

/// What clients expect around an interruption that know no pauses and answer `response.interrupted` with a cancel. Pure.
///
/// - The response's end waits for that cancel, up to 250 ms.
/// - A pause is an interruption, and an answer that goes on is a new one.
struct InterruptionEtiquette: Sendable {
    /// What the client is to be told.
    enum Told: Equatable, Sendable {
        /// This event.
        case event(ConversationEvent)
        /// Nothing yet: from here on this response is another one to the client.
        case renamed(ResponseID)
    }

    /// What a client's cancel is about.
    enum Subject: Equatable, Sendable {
        /// It names no response.
        case any
        /// It names the one that is open.
        case open
        /// It names one that is not open.
        case other
    }

    /// How an interrupted response ends.
    private enum Ending: Equatable {
        /// Nothing was interrupted. Exits: `told`, `owed`.
        case none
        /// The client was told that this response is interrupted, but it only pauses. Exits: `none` when it goes on, `owed`.
        case told(ResponseID, isConfirmed: Bool)
        /// The response is over, and its end waits for the client's cancel. Exits: `none`.
        case owed(ResponseID, until: Duration)
    }

    /// The response's end waits so long for the client's cancel.
    static let cancelWait: Duration = .milliseconds(250)
    /// A cancel that comes so long after an interruption was told is the answer to it.
    static let confirmationWait: Duration = .seconds(1)

    private var ending: Ending = .none
    /// Until when one cancel is the client's answer to an interruption.
    private var confirmationUntil: Duration?
    /// The response that is open.
    private(set) var open: ResponseID?

    // MARK: - From the client

    /// The client cancels.
    /// - Returns: whether that is an order, and what the client is told at once.
    mutating func cancel(_ subject: Subject, now: Duration) -> (isOrder: Bool, told: [Told]) {
        switch (subject, ending) {
        case (.other, _), (.any, .owed):
            confirmationUntil = nil
            return (false, release())
        case (_, .told(let id, isConfirmed: false)) where subject == .any || open == id:
            // The client knows of an interruption that may turn out to be a pause.
            ending = .told(id, isConfirmed: true)
            confirmationUntil = nil
            return (false, [])
        case (.open, _): return (true, [])
        case (.any, _):
            let answers = confirmationUntil.map { now <= $0 } ?? false
            confirmationUntil = nil
            return (!answers, [])
        }
    }

    // MARK: - To the client

    /// What the client is told of an event.
    /// - Parameter knowsPauses: whether this client does after all.
    mutating func write(_ event: ConversationEvent, knowsPauses: Bool = false, now: Duration) -> [Told] {
        switch event {
        case .responseStarted(let id):
            open = id
            return release() + [.event(event)]
        case .agentAudio:
            // The client hears something new: a cancel from now on means that.
            confirmationUntil = nil
            return [.event(event)]
        case .paused(let id, let agent, let heard):
            if knowsPauses { return [.event(event)] }
            ending = .told(id, isConfirmed: false)
            confirmationUntil = now + Self.confirmationWait
            return [.event(.interrupted(id, agent: agent, heard: heard))]
        case .resumed(let id, let source, let rest):
            guard case .told(id, _) = ending else { return [.event(event)] }
            ending = .none
            let more = rest.isEmpty ? [] : source.map { [Told.event(.agentText($0, rest))] } ?? []
            return [.event(.responseDone(id, .interrupted)), .renamed(id), .event(.responseStarted(id))] + more
        case .interrupted(let id, _, _):
            if case .told(id, _) = ending { return [] }
            confirmationUntil = now + Self.confirmationWait
            return [.event(event)]
        case .responseDone(let id, .interrupted):
            open = nil
            if case .told(id, isConfirmed: true) = ending {
                ending = .none
                return [.event(event)]
            }
            ending = .owed(id, until: now + Self.cancelWait)
            return []
        case .responseDone:
            open = nil
            ending = .none
            return [.event(event)]
        case .ended: return release() + [.event(event)]
        default: return [.event(event)]
        }
    }

    /// The end that is owed.
    private mutating func release() -> [Told] {
        guard case .owed(let id, _) = ending else { return [] }
        ending = .none
        return [.event(.responseDone(id, .interrupted))]
    }

    // MARK: - Time

    /// When the end of an interrupted response waits no longer.
    var wake: Duration? { if case .owed(_, let until) = ending { until } else { nil } }

    /// Ends an interrupted response that nobody has cancelled.
    mutating func time(_ now: Duration) -> [Told] {
        guard case .owed(_, let until) = ending, until <= now else { return [] }
        return release()
    }
}
