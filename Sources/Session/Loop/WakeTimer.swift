/// Which timer is wanted and which one runs. One that runs out early is harmless, so a timer is replaced only by an earlier
/// one. Pure.
struct WakeTimer: Equatable, Sendable {
    private var wanted: Duration?
    private var running: (number: Int, at: Duration)?
    private var count = 0

    static func == (left: WakeTimer, right: WakeTimer) -> Bool {
        left.wanted == right.wanted && left.running?.at == right.running?.at && left.count == right.count
    }

    /// The conversation wants to be woken then; nil: not at all.
    mutating func want(_ at: Duration?) { wanted = at }

    /// The timer to start, and the one to stop; nil when the one that runs will do.
    /// - Parameter other: when somebody else wants to be woken.
    mutating func arm(_ other: Duration? = nil) -> (number: Int, at: Duration, old: Int?)? {
        guard let wanted = [wanted, other].compactMap(\.self).min() else { return nil }
        if let running, running.at <= wanted { return nil }
        let old = running?.number
        count += 1
        running = (count, wanted)
        return (count, wanted, old)
    }

    /// A timer has run out.
    /// - Returns: whether it is the one that runs.
    mutating func fired(_ number: Int) -> Bool {
        guard running?.number == number else { return false }
        running = nil
        return true
    }
}
