/// Whether one engine is asked again, and after which pause. The chain decides when a retry is safe.
public struct RetryPolicy: Equatable, Sendable {
    /// How often one engine is asked for the same thing, the first time included; at least 1.
    public var attempts: Int
    /// The longest pause before the first retry; it doubles with each further one. The pause itself is drawn evenly
    /// between nothing and the longest, so that callers who failed together don't come back together.
    public var firstPause: Duration
    /// The longest pause, except where a provider asks for a longer one.
    public var longestPause: Duration
    /// A provider that asks for a longer pause than this is not asked again.
    public var longestRetryAfter: Duration

    /// A policy. The defaults suit a caller who is waiting.
    public init(
        attempts: Int = 2, firstPause: Duration = .milliseconds(150), longestPause: Duration = .seconds(2),
        longestRetryAfter: Duration = .seconds(2)
    ) {
        self.attempts = max(1, attempts)
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.longestRetryAfter = longestRetryAfter
    }

    /// No retries.
    public static let once = RetryPolicy(attempts: 1)

    /// The pause before retry number `retry` (1 is the first) after `error`; nil when the engine is not asked again.
    /// - Parameter random: in 0..<1, drawn anew for each pause.
    public func pause(beforeRetry retry: Int, after error: ProviderError, random: Double) -> Duration? {
        guard error.isRetryable, retry >= 1, retry < attempts else { return nil }
        var longest = min(firstPause, longestPause)
        // The cap limits the pause, not the number of retries.
        for _ in 1..<retry where longest < longestPause { longest = min(longest * 2, longestPause) }
        let pause = longest * random
        guard let wish = error.retryAfter else { return pause }
        return wish <= longestRetryAfter ? wish + pause : nil
    }
}
