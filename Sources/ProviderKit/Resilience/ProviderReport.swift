/// What one attempt at one provider came to: for metrics, the log and the bill. Holds neither words nor keys.
public struct ProviderReport: Codable, Equatable, Sendable {
    /// What the provider was asked to do.
    public enum Kind: String, Codable, Equatable, Sendable { case recognition, generation, synthesis }

    /// How the attempt ended.
    public enum Outcome: Codable, Equatable, Sendable {
        /// The engine did its work.
        case completed
        /// The engine failed. Another attempt may have followed.
        case failed(ProviderError.Code)
        /// It was told to stop.
        case cancelled
        /// It was not asked, because its breaker is open.
        case skipped
    }

    /// The provider and model as projects write them.
    public var provider: String
    /// What it was asked to do.
    public var kind: Kind
    /// The result.
    public var outcome: Outcome
    /// The engine's error for the log: a `ProviderError.message`.
    public var reason: String?
    /// Which retry at this engine within the request: 0 for the first attempt.
    public var retry: Int
    /// From the request to the engine's first piece, if there was one.
    public var firstPiece: Duration?
    /// From the request to its end, the consumer's share included.
    public var total: Duration
    /// The part of `total` during which the consumer held the engine up.
    public var held: Duration
    /// Characters: given to a synthesiser to speak, or written by a language model and passed on.
    public var characters: Int
    /// What a language model counted, if it told.
    public var tokens: TokenUsage?
    /// The audio that a recogniser was given.
    public var audioIn: Duration
    /// The audio of a synthesiser that was passed on.
    public var audioOut: Duration

    /// Whether the engine may charge for it. An engine that refused, or failed before its first piece, has done nothing. An
    /// engine that timed out may charge.
    public var isCharged: Bool {
        switch outcome {
        case .skipped: false
        case .failed(let code): firstPiece != nil || code == .timedOut
        case .completed, .cancelled: true
        }
    }

    /// A report. Values that are not given are zero.
    public init(
        provider: String, kind: Kind, outcome: Outcome, reason: String? = nil, retry: Int = 0,
        firstPiece: Duration? = nil,
        total: Duration = .zero, held: Duration = .zero, characters: Int = 0, tokens: TokenUsage? = nil,
        audioIn: Duration = .zero, audioOut: Duration = .zero
    ) {
        self.provider = provider
        self.kind = kind
        self.outcome = outcome
        self.reason = reason
        self.retry = retry
        self.firstPiece = firstPiece
        self.total = total
        self.held = held
        self.characters = characters
        self.tokens = tokens
        self.audioIn = audioIn
        self.audioOut = audioOut
    }
}
