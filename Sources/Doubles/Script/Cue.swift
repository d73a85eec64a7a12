/// What a stand-in does with one request: what it says, when each piece comes, and what goes wrong.
public struct Cue: Sendable {
    /// What happens instead of, or with, a piece.
    public enum Turn: Sendable, Equatable {
        /// Send the piece.
        case go
        /// Break the connection off.
        case cut
        /// Send nothing any more and leave the connection open.
        case stall
        /// Send something that breaks the protocol, then end.
        case malformed
    }

    /// A refusal in place of an answer.
    public struct Refusal: Sendable, Equatable {
        /// 400…599
        public var status: Int
        /// When to come back, in seconds.
        public var retryAfter: Int?
    }

    /// What the script lets it say or hear; empty for a silent success; nil: the engines decide.
    public let text: String?
    /// What goes wrong, if anything.
    public let fault: Fault?
    /// When the request came: the first piece is due `firstMs` later. A stand-in whose request begins after its cue was
    /// given (the first words on a socket that was open before) sets it.
    public var start: ContinuousClock.Instant
    private let rule: Rule
    private let seed: UInt64

    init(rule: Rule, text: String?, seed: UInt64, start: ContinuousClock.Instant) {
        self.rule = rule
        self.text = rule.fault == .silent ? "" : text
        fault = rule.fault
        self.seed = seed
        self.start = start
    }

    /// Whether everything succeeds with nothing in it.
    public var isSilent: Bool { fault == .silent }

    /// The refusal, if the request is to be refused.
    public var refusal: Refusal? {
        if case .status(let status, let retryAfter) = fault {
            Refusal(status: status, retryAfter: retryAfter)
        } else {
            nil
        }
    }

    // MARK: Decisions

    /// What happens in place of piece `index`, from 0.
    public func turn(at index: Int) -> Turn {
        switch fault {
        case .cut(let after) where index >= after: .cut
        case .stall(let after) where index >= after: .stall
        case .malformed(let after) where index >= after: .malformed
        default: .go
        }
    }

    /// When piece `index` is due, from `start`; never less than nothing. Pieces are due on a grid, so that the time that
    /// a stand-in works does not add up.
    public func due(_ index: Int) -> Duration {
        delay(rule.firstMs + index * rule.betweenMs, salt: index)
    }

    /// From the end of the caller's audio to the final transcript.
    public var finalDelay: Duration {
        if case .lateFinal(let more) = fault {
            delay(rule.finalMs + more, salt: -1)
        } else {
            delay(rule.finalMs, salt: -1)
        }
    }

    /// So many milliseconds, early or late by at most `jitterMs` in steps of a microsecond, and never before the request.
    private func delay(_ milliseconds: Int, salt: Int) -> Duration {
        let span = UInt64(rule.jitterMs) * 2000 + 1
        let shift = Int(scrambled(seed &+ UInt64(bitPattern: Int64(salt))) % span) - rule.jitterMs * 1000
        return .microseconds(max(0, milliseconds * 1000 + shift))
    }

    // MARK: Doing

    /// Waits until piece `index` is due, and says what to do in its place.
    /// - Throws: `CancellationError`.
    public func before(piece index: Int) async throws -> Turn {
        let due = start.advanced(by: due(index))
        if due > .now { try await Task.sleep(until: due, tolerance: .zero, clock: .continuous) }
        return turn(at: index)
    }

    /// Waits, from now, as long as the final transcript takes.
    /// - Throws: `CancellationError`.
    public func beforeFinal() async throws {
        let delay = finalDelay
        if delay > .zero { try await Task.sleep(for: delay, tolerance: .zero, clock: .continuous) }
    }
}
