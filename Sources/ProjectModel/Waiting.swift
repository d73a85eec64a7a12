/// How long a provider may take before it counts as failed, and the next of its chain is asked.
public struct Deadlines: Codable, Hashable, Sendable {
    /// From the request to the first piece of a language model's text.
    public var firstToken: Duration
    /// From the request to the first audio of a synthesiser.
    public var firstAudio: Duration
    /// From the end of the caller's turn to the recogniser's last word on it.
    public var finalTranscript: Duration

    /// The defaults, or others.
    public init(
        firstToken: Duration = .milliseconds(8000), firstAudio: Duration = .milliseconds(4000),
        finalTranscript: Duration = .milliseconds(3000)
    ) {
        self.firstToken = firstToken
        self.firstAudio = firstAudio
        self.finalTranscript = finalTranscript
    }
}

/// A line that bridges a silence.
public struct Filler: Codable, Hashable, Sendable {
    /// 1…200 characters on one line.
    public var text: String
    /// How long the caller hears nothing before it is said.
    public var after: Duration

    /// What is waited for when nobody says otherwise.
    public static let defaultDelay = Duration.milliseconds(1500)

    /// One line.
    public init(text: String, after: Duration = Filler.defaultDelay) {
        self.text = text
        self.after = after
    }
}
