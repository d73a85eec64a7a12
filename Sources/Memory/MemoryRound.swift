/// Whose memory it is.
public struct MemoryOwner: Hashable, Sendable {
    /// The project's name, without a version.
    public var project: String
    /// A name of the caller that stays the same from call to call.
    public var user: String

    /// The memory of `user` in `project`.
    public init(project: String, user: String) { (self.project, self.user) = (project, user) }
}

/// What the caller said, and what was heard of all answers to it.
public struct MemoryRound: Codable, Equatable, Sendable {
    /// What one party said.
    public struct Entry: Codable, Equatable, Sendable {
        /// Who speaks.
        public enum Speaker: Codable, Hashable, Sendable {
            /// The caller.
            case caller
            /// The agent of that name; nil is the orchestrator.
            case agent(String?)
        }

        /// Who speaks.
        public var speaker: Speaker
        /// The caller's words, or what of an agent's answer was heard.
        public var text: String
        /// Whether somebody talked over it, so that `text` is only what was heard until then.
        public var wasInterrupted: Bool
        /// Whether it was too long, so that `text` is only its beginning.
        public var isCut: Bool

        /// What one party said.
        public init(_ speaker: Speaker, _ text: String, wasInterrupted: Bool = false, isCut: Bool = false) {
            (self.speaker, self.text) = (speaker, text)
            (self.wasInterrupted, self.isCut) = (wasInterrupted, isCut)
        }
    }

    /// In the order in which it was said.
    public var entries: [Entry]

    /// What was said in one round.
    public init(_ entries: [Entry]) { self.entries = entries }
}

/// An earlier round that has to do with what is said now.
public struct Recollection: Codable, Equatable, Sendable {
    /// What was said.
    public var round: MemoryRound
    /// How much it has to do with it, above 0 and at most 1; see `Relevance`.
    public var relevance: Double

    /// A round and how much it has to do with what is said now.
    public init(_ round: MemoryRound, relevance: Double) { (self.round, self.relevance) = (round, relevance) }
}
