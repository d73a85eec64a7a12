/// When the conversation wants to be woken, and its signs of life. Pure.
struct Alarm: Equatable, Sendable {
    /// A sign of life is sent this often.
    static let heartbeat: Duration = .seconds(15)

    private var nextBeat: Duration = .zero
    /// What was asked for last.
    private var wake: Duration?

    /// The conversation begins.
    mutating func begin(now: Duration) { nextBeat = now + Self.heartbeat }

    /// Whether a sign of life is due; each is due once.
    mutating func beats(now: Duration) -> Bool {
        guard nextBeat <= now else { return false }
        nextBeat = now + Self.heartbeat
        return true
    }

    /// Asks to be woken at the first of these times or for the next sign of life; nil when that was asked for already.
    mutating func set(_ deadlines: [Duration]) -> Output? { set(min(deadlines.min() ?? nextBeat, nextBeat)) }

    /// Wants no more.
    mutating func stop() -> Output? { set(nil) }

    private mutating func set(_ next: Duration?) -> Output? {
        guard next != wake else { return nil }
        wake = next
        return .wake(next)
    }
}
