/// How a whole call goes: its first words, what happens in a long silence, and how it ends.
///
/// The lines may hold placeholders such as `{caller}`; see `Placeholders`.
public struct CallRules: Codable, Equatable, Sendable {
    /// What happens when nobody says anything.
    public struct Idle: Codable, Equatable, Sendable {
        /// So long nobody speaks before something is said.
        public var after: Duration
        /// What is said then.
        public var prompt: String
        /// So many prompts are said before the call ends, 0…10. Words of the caller begin the count anew.
        public var hangUpAfter: Int

        /// What happens when nobody says anything.
        public init(after: Duration, prompt: String, hangUpAfter: Int = 2) {
            self.after = after
            self.prompt = prompt
            self.hangUpAfter = hangUpAfter
        }
    }

    /// What is said first; nil leaves the first word to the caller.
    public var greeting: String?
    /// What is said last when the call is not ended by the caller; nil is nothing.
    public var goodbye: String?
    /// What happens when nobody says anything; nil is nothing.
    public var idle: Idle?
    /// The call ends after that; nil leaves it as long as it is.
    public var longest: Duration?

    /// The caller speaks first, and only the caller ends the call.
    public init() {}
}
