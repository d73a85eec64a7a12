/// Judges, at a pause, whether the caller has said all of it.
///
/// A judge is never alone in deciding: a bound in time stays, because a judge may be wrong or late.
public protocol EndOfTurnJudge: Sendable {
    /// The provider and model as projects write them: `Local/SmartTurn`.
    var name: String { get }

    /// The longest audio that is looked at, in samples at 16 kHz. Of longer audio only the last part counts.
    var window: Int { get }

    /// How likely it is that the turn is over.
    ///
    /// Cancelling the task ends the work within 100 ms.
    /// - Parameter audio: PCM16 mono at 16 kHz: the caller's turn so far, the pause at its end included. The same audio
    ///   gives the same answer.
    /// - Returns: 0…1; 1 is an end.
    /// - Throws: `ProviderError` or `CancellationError`.
    func judge(_ audio: [Int16]) async throws -> Double
}
