import ProjectModel

/// What a journal begins with: everything that a replay needs besides the inputs.
public struct JournalHeader: Codable, Equatable, Sendable {
    /// The format that is written and read here.
    public static let currentFormat = 1

    /// The format of the journal.
    public var format = Self.currentFormat
    /// The version of the server that wrote it.
    public var parley: String
    /// When the conversation began: ISO 8601, in UTC.
    public var began: String
    /// What the client learned first.
    public var description: SessionDescription
    /// The project as it was run, with the models that could be had.
    public var project: Project
    /// A hash of the project's content: equal for equal content.
    public var projectHash: String
    /// How far ahead of playout audio was sent.
    public var lead: Duration
    /// Whether the client knew that an answer may pause and go on.
    public var knowsPauses: Bool
    /// What the models were told of date and time; nil when nothing.
    public var clock: WallClock?
    /// Whether there was a memory of the caller; nil is no, as older journals have it.
    public var remembers: Bool?
}

/// One input of a conversation.
public struct JournalEntry: Codable, Equatable, Sendable {
    /// Nanoseconds since the conversation began. Never goes back.
    var at: Int64
    var input: Input
    /// A digest of everything that was decided up to here; nil when it was not taken.
    var digest: String?
}
