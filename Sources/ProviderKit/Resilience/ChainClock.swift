/// Time and random numbers for everything around providers. Tests hand in their own.
///
/// Times are durations since the clock was made; chains and breakers that work together share one clock.
public struct ChainClock: Sendable {
    /// How long the clock has run.
    public let now: @Sendable () -> Duration
    /// Returns when the clock has run for the given time; throws `CancellationError` when the task is cancelled.
    public let sleep: @Sendable (_ until: Duration) async throws -> Void
    /// A number in 0..<1, for jitter.
    public let random: @Sendable () -> Double

    /// Reads `clock`, beginning at zero now.
    public init<Base: Clock<Duration>>(
        _ clock: Base, random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        let origin = clock.now
        now = { origin.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
        self.random = random
    }

    /// The clock of the machine.
    public static var continuous: ChainClock { ChainClock(ContinuousClock()) }
}
