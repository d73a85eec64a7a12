/// A rule that what the caller says is checked against before anybody answers.
public struct ConductRule: Codable, Equatable, Sendable {
    /// Unique in the project; a refusal names it.
    public var name: String
    /// What it asks of the caller's words.
    public var description: String
    /// What callers may say.
    public var passing: [String]
    /// What is refused.
    public var failing: [String]

    /// A rule.
    public init(name: String, description: String = "", passing: [String] = [], failing: [String] = []) {
        self.name = name
        self.description = description
        self.passing = passing
        self.failing = failing
    }
}
