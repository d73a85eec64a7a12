extension ConversationCore {
    /// What a conversation is from its beginning.
    struct Identity: Sendable {
        /// What the client learns first.
        var description: SessionDescription
        /// How far ahead of playout audio is sent.
        var lead: Duration = .milliseconds(400)
        /// Whether the client knows that an answer may pause and go on.
        var knowsPauses = false
        /// What is said before anything else, such as that the conversation is recorded.
        var announcement: String?
        /// What the models are told of date and time; nil tells them nothing.
        var clock: WallClock?
        /// Whether there is a memory of the caller, from one conversation to the next.
        var remembers = false
    }
}
