/// What is kept of a conversation for the next ones of the same user, and how it is told. Nothing is kept of callers whose
/// client names no user.
public struct MemoryPolicy: Codable, Hashable, Sendable {
    /// How earlier rounds are found that have to do with what the caller says.
    public struct Search: Codable, Hashable, Sendable {
        /// The most rounds that a project file may ask for.
        public static let mostRounds = 100

        /// At most so many rounds; at least 1.
        public var top: Int
        /// What is less relevant is left out, 0…1: the share of the caller's words that a round holds, rare words counting
        /// more.
        public var threshold: Double
        /// Characters (Unicode scalars) over all rounds that are told; at least 1.
        public var maximumCharacters: Int

        /// Three rounds that hold a fifth of the caller's words, in 2,000 characters, or something else.
        public init(top: Int = 3, threshold: Double = 0.2, maximumCharacters: Int = 2000) {
            self.top = max(1, top)
            self.threshold = threshold
            self.maximumCharacters = max(1, maximumCharacters)
        }
    }

    /// Whether a conversation begins with the last rounds of earlier ones, as far as its history allows.
    public var loadsEarlier: Bool
    /// How relevant rounds are found; nil when no prompt is told any.
    public var search: Search?

    /// Whether what is said is kept; if not, variables alone are.
    public var keepsRounds: Bool { loadsEarlier || search != nil }

    /// What is kept and told.
    public init(loadsEarlier: Bool = true, search: Search? = nil) {
        (self.loadsEarlier, self.search) = (loadsEarlier, search)
    }
}
