/// A variable of a caller that gets a value, or is taken away.
public struct MemoryChange: Codable, Equatable, Sendable {
    /// The variable's name.
    public var name: String
    /// What it is from now on; nil removes it.
    public var value: String?

    /// `name` is `value` from now on.
    public init(_ name: String, _ value: String?) { (self.name, self.value) = (name, value) }
}
