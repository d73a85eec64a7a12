/// Which names of models are meant: those that hold all of some words and none of others. Upper and lower case matter.
public struct NamePattern: Equatable, Sendable {
    /// Words that must be in the name.
    public var with: [String]
    /// Words that must not.
    public var without: [String]

    /// Names with all of `with` and none of `without`.
    public init(with: [String] = [], without: [String] = []) {
        self.with = with
        self.without = without
    }

    /// Whether `name` is meant.
    public func matches(_ name: String) -> Bool {
        with.allSatisfy { name.contains($0) } && !without.contains { name.contains($0) }
    }
}
