/// What of a conversation's memory a prompt holds, beside date and time, which every prompt holds.
public struct PromptMemory: Codable, Equatable, Sendable {
    /// A value that the project gives a name.
    public struct Variable: Codable, Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its value, as text.
        public var value: String

        /// A value with a name.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Whose answers of the conversation it holds; nil is everybody's. The caller's words are always there.
    public var answersOf: [String]?
    /// The variables it holds, in the order of the file.
    public var variables: [Variable]
    /// Older journals lack it.
    private var relevant: Bool?

    /// Whether it holds earlier rounds that have to do with what the caller says.
    public var holdsRelevant: Bool {
        get { relevant ?? false }
        set { relevant = newValue ? true : nil }
    }

    /// Everybody's answers and no variables, or something else.
    public init(answersOf: [String]? = nil, variables: [Variable] = []) {
        self.answersOf = answersOf
        self.variables = variables
    }
}
