/// When the caller's turn is over: the `audio_config.asr` block of a project.
public struct EndpointingConfiguration: Equatable, Codable, Sendable {
    /// Silence that ends the caller's turn: 100…10,000 ms.
    public var silence: Duration = .milliseconds(700)
    /// Audio before the onset of speech that still belongs to the utterance: 0…5000 ms.
    public var prefixPadding: Duration = .milliseconds(300)

    /// The defaults.
    public init() {}
}
