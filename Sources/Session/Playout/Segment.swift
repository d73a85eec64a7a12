/// One piece of an agent's words on its way to the caller: a sentence to show, to speak, or both.
struct Segment: Equatable, Sendable {
    /// What it is to the answer.
    enum Kind: Equatable, Sendable {
        /// A part of the answer.
        case answer
        /// A part of the answer that a speech-to-speech model writes and speaks at once; text and audio go on coming.
        case ownVoice
        /// Only bridges a silence; never said again.
        case filler
        /// Says something that no model knows of: an apology or an announcement.
        case notice
    }

    var id: SegmentID
    var source: Attribution
    var kind: Kind = .answer
    /// What the client shows when the segment's turn comes.
    var shown: String?
    /// What is said, and in which voice.
    var speech: Speech?
    /// The agent's whole text when this is its last segment.
    var closes: String?

    /// Whether it is no part of the answer.
    var isAside: Bool { kind == .filler || kind == .notice }
}
