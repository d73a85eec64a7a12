/// Keeps what is known of conversations besides their words: which, when, on what. Never what anybody said.
public protocol ConversationStore: Sendable {
    /// A conversation begins. What is older than `ConversationLimits` allows is forgotten.
    func began(_ conversation: ConversationRecord) async throws(StoreError)

    /// A conversation is over.
    func ended(_ id: String, _ end: ConversationRecord.End) async throws(StoreError)

    /// The conversations of `tenant`, the newest first.
    /// - Parameters:
    ///   - project: nil is all.
    ///   - most: at most so many.
    func conversations(of tenant: String, project: String?, most: Int) async throws(StoreError)
        -> [ConversationRecord]
}

/// One conversation, without a word of it.
public struct ConversationRecord: Hashable, Sendable {
    /// How it ended.
    public struct End: Hashable, Sendable {
        /// In milliseconds since 1970.
        public var time: Int
        /// The close code of its WebSocket.
        public var closeCode: Int
        /// Responses that were begun.
        public var turns: Int

        /// An end of these parts.
        public init(time: Int, closeCode: Int, turns: Int) {
            (self.time, self.closeCode, self.turns) = (time, closeCode, turns)
        }
    }

    /// The name that it has in the log.
    public var id: String
    /// Whose project it was on.
    public var tenant: String
    /// The project.
    public var project: String
    /// Its version.
    public var version: Int
    /// Whom the client named; nil for nobody.
    public var user: String?
    /// In milliseconds since 1970.
    public var began: Int
    /// Nil while it goes on, and when the server ended before it did.
    public var end: End?

    /// A conversation of these parts.
    public init(
        id: String, tenant: String, project: String, version: Int, user: String?, began: Int,
        end: End? = nil
    ) {
        (self.id, self.tenant, self.project, self.version) = (id, tenant, project, version)
        (self.user, self.began, self.end) = (user, began, end)
    }
}

/// How much is kept of conversations.
public struct ConversationLimits: Sendable {
    /// Conversations of all tenants; the oldest fall out.
    public var most = 100_000
    /// Days after which one is forgotten.
    public var days = 30

    /// The defaults.
    public init() {}

    /// Limits for tests.
    public init(most: Int, days: Int) { (self.most, self.days) = (most, days) }
}
