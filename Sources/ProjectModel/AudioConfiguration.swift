import TurnTaking

/// Hearing and speaking: the `audio_config` block.
public struct AudioConfiguration: Codable, Equatable, Sendable {
    /// The recogniser, and those that stand in for it.
    public var recognizer = ModelChain.localRecognizers
    /// BCP-47, of what callers speak.
    public var language = "en-US"
    /// When a caller's turn is over.
    public var endpointing = EndpointingConfiguration()
    /// The synthesiser of every voice that names none.
    public var synthesizer = ModelChain.localSynthesizers
    /// How a caller may interrupt; nil is push-to-talk.
    public var vad: VADConfiguration?

    /// How much silence ends the caller's turn.
    public var silence: Duration { endpointing.longestSilence }

    /// The defaults: local engines, push-to-talk.
    public init() {}
}
