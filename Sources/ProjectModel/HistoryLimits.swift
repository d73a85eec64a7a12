/// How much of a conversation its models are told.
public struct HistoryLimits: Codable, Hashable, Sendable {
    /// The most turns and characters that a project file may ask for.
    public static let (mostTurns, mostCharacters) = (1000, 2_000_000)

    /// The caller's turns, each with all answers to it; at least 1.
    public var maximumTurns: Int
    /// Characters (Unicode scalars) over all that is kept; at least 1. A token is some three to four of them.
    public var maximumCharacters: Int

    /// Twenty turns of at most 24,000 characters, or something else.
    public init(maximumTurns: Int = 20, maximumCharacters: Int = 24_000) {
        self.maximumTurns = max(1, maximumTurns)
        self.maximumCharacters = max(1, maximumCharacters)
    }
}
