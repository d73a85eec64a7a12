/// How long a chain waits for an engine. Then the engine counts as stalled. Time that the consumer needs does not count.
public struct PieceDeadlines: Equatable, Sendable {
    /// From the request to the first piece.
    public var first: Duration
    /// From one piece to the next, and from the last to the end.
    public var between: Duration

    /// Deadlines; `between` is `first` unless it is given.
    public init(first: Duration, between: Duration? = nil) {
        self.first = first
        self.between = between ?? first
    }
}

/// The deadline of one attempt: a value that moves with each piece, read by one timer.
struct Watch: Equatable, Sendable {
    private enum State: Equatable, Sendable {
        /// No deadline yet. → waiting when armed, → handing with a piece.
        case unarmed
        /// The engine has until then. → handing with a piece, → expired.
        case waiting(until: Duration)
        /// The consumer has a piece; the engine's time stands still. → waiting or unarmed when it is taken.
        case handing(left: Duration?)
        /// The engine has stalled. Its further output is dropped. Final.
        case expired
    }

    /// What the timer does next.
    enum Verdict: Equatable, Sendable {
        case expired
        /// Look again then; nothing can have expired before.
        case again(at: Duration)
    }

    /// What a piece sets the deadline to; nil when pieces leave it as it is.
    private let between: Duration?
    private var state = State.unarmed

    init(between: Duration?) { self.between = between }

    var hasExpired: Bool { state == .expired }

    /// Gives the engine `limit` from now.
    mutating func arm(_ limit: Duration, now: Duration) {
        switch state {
        case .unarmed, .waiting: state = .waiting(until: now + limit)
        case .handing: state = .handing(left: limit)
        case .expired: break
        }
    }

    /// A piece goes to the consumer; false when it comes too late.
    mutating func pieceCame(now: Duration) -> Bool {
        switch state {
        case .unarmed: state = .handing(left: nil)
        case .waiting(let until): state = .handing(left: between ?? max(.zero, until - now))
        case .handing: break
        case .expired: return false
        }
        return true
    }

    /// The consumer has taken the piece.
    mutating func pieceTaken(now: Duration) {
        guard case .handing(let left) = state else { return }
        state = left.map { .waiting(until: now + $0) } ?? .unarmed
    }

    /// Called by the timer. Pieces that come meanwhile never set a deadline that is earlier than the time to look again.
    mutating func check(now: Duration) -> Verdict {
        switch state {
        case .unarmed: return .again(at: now + (between ?? Self.pace))
        case .waiting(let until):
            guard until > now else {
                state = .expired
                return .expired
            }
            return .again(at: between.map { min(until, now + max($0, Self.pace)) } ?? until)
        case .handing(let left): return .again(at: now + max(left ?? Self.pace, Self.pace))
        case .expired: return .expired
        }
    }

    /// The shortest interval of the timer.
    private static let pace = Duration.milliseconds(10)
}
