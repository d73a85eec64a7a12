/// What a `HumanAgent` asks the caller, and how long it waits for the answer.
public struct Inquiry: Codable, Equatable, Sendable {
    /// One thing that it wants to know.
    public struct Field: Codable, Equatable, Sendable {
        /// What kind of answer is wanted.
        public enum Kind: String, Codable, Equatable, Sendable { case text, truth, integer, number }

        /// Unique within the inquiry; what later agents know the answer by.
        public var name: String
        /// What kind of answer is wanted.
        public var kind: Kind
        /// What is asked; may be empty.
        public var description: String
        /// Whether it is asked again when the caller does not say it.
        public var isRequired: Bool

        /// One thing that it wants to know.
        public init(name: String, kind: Kind = .text, description: String = "", isRequired: Bool = false) {
            self.name = name
            self.kind = kind
            self.description = description
            self.isRequired = isRequired
        }
    }

    /// What it wants to know; nothing: whatever the caller says.
    public var fields: [Field]
    /// Whether a language model reads the fields in what the caller says.
    public var interprets: Bool
    /// How long it waits for the caller, from the end of its question.
    public var patience: Duration

    /// What is asked.
    public init(fields: [Field] = [], interprets: Bool = true, patience: Duration = .seconds(300)) {
        self.fields = fields
        self.interprets = interprets
        self.patience = patience
    }
}
