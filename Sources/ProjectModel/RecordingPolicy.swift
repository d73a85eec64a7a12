/// Whether conversations are recorded, and how.
public struct RecordingPolicy: Codable, Hashable, Sendable {
    /// Whose voice is recorded beside the journal.
    public enum Audio: String, Codable, CaseIterable, Sendable {
        /// The caller's.
        case caller
        /// The caller's and the agents'.
        case both
        /// Nobody's; the words are in the journal all the same.
        case none
    }

    /// Whether a journal is written at all.
    public var isEnabled: Bool
    /// Whose voice is recorded.
    public var audio: Audio
    /// Days after which a recording is deleted, 1…3650.
    public var keepDays: Int
    /// What the caller is told about it first; nil when nothing.
    public var announcement: String?

    /// Nothing is recorded unless told otherwise.
    public init(isEnabled: Bool = false, audio: Audio = .caller, keepDays: Int = 30, announcement: String? = nil) {
        self.isEnabled = isEnabled
        self.audio = audio
        self.keepDays = keepDays
        self.announcement = announcement
    }
}
