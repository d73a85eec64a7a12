/// Something that an agent wants to know of the caller.
public struct Question: Codable, Hashable, Sendable {
    /// What kind of answer is wanted.
    public enum Kind: String, Codable, Hashable, Sendable { case text, truth, integer, number }

    /// The name under which the answer is passed on.
    public var name: String
    /// What kind of answer is wanted.
    public var kind: Kind
    /// What is asked; may be empty.
    public var text: String
    /// Whether it is asked again when the caller does not say it.
    public var isRequired: Bool

    /// Something that an agent wants to know.
    public init(name: String, kind: Kind = .text, text: String = "", isRequired: Bool = false) {
        self.name = name
        self.kind = kind
        self.text = text
        self.isRequired = isRequired
    }
}
