/// When the caller's turn is over: the `audio_config.asr` block of a project.
public struct EndpointingConfiguration: Equatable, Codable, Sendable {
    /// Silence that ends the caller's turn: 100…10,000 ms. With `endOfTurn`, that decides.
    public var silence: Duration = .milliseconds(700)
    /// Audio before the onset of speech that still belongs to the utterance: 0…5000 ms.
    public var prefixPadding: Duration = .milliseconds(300)
    /// How evidence shortens the silence; nil: the silence alone decides.
    public var endOfTurn: EndOfTurnPolicy?

    /// The defaults.
    public init() {}

    /// The silence that ends a turn without any evidence.
    public var longestSilence: Duration { endOfTurn?.longest ?? silence }
}

/// What ends a turn sooner than the longest silence: the `asr.end_of_turn` block of a project.
public struct EndOfTurnPolicy: Equatable, Codable, Sendable {
    /// Who is asked at a pause whether the turn is over, `Provider/name`; nil: the recogniser's own word that speech has ended
    /// is the evidence.
    public var judge: String?
    /// Silence that ends a turn with evidence that it is over: 100…10,000 ms.
    public var shortest: Duration
    /// Silence that ends any turn: `shortest`…10,000 ms.
    public var longest: Duration

    /// The usual `shortest`.
    public static let usualShortest: Duration = .milliseconds(300)
    /// A judge must find an end more likely than that.
    public static let likely = 0.5

    /// A policy.
    public init(judge: String? = nil, shortest: Duration = usualShortest, longest: Duration) {
        (self.judge, self.shortest, self.longest) = (judge, shortest, longest)
    }
}
