import AudioCore

/// Limits audio that arrives faster than real time.
public struct AudioBudget: Equatable, Sendable {
    /// How far the audio may be ahead of the clock.
    public static let allowance: Duration = .seconds(30)

    private var received: Duration = .zero
    private var start: Duration?

    /// A budget for one conversation.
    public init() {}

    /// Whether `duration` more of audio is accepted at clock time `now`; what is refused is not counted.
    public mutating func accept(_ duration: Duration, now: Duration) -> Bool {
        let begin = start ?? now
        start = begin
        // A client that paused does not save up: the allowance is against the later of the two clocks.
        received = max(received, now - begin)
        guard received + duration <= now - begin + Self.allowance else { return false }
        received += duration
        return true
    }
}
