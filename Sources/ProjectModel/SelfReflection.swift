/// How an agent looks at drafts of its answer before anybody hears one.
public struct SelfReflection: Codable, Equatable, Sendable {
    /// Which draft becomes the answer.
    public enum Selection: String, Codable, Equatable, Sendable, CaseIterable {
        /// The one that the model chooses at the end.
        case best
        /// One answer that is written from all of them.
        case aggregate
        /// The last if it was found good, else the best.
        case auto
    }

    /// How many drafts may be written. With one, nothing is checked.
    public static let attempts = 1...5

    /// The most drafts of one answer, within `attempts`.
    public var maximumAttempts = 2
    /// Which draft becomes the answer.
    public var selection = Selection.auto
    /// Whether the client is shown drafts and critiques.
    public var isShown = false

    /// The default: two drafts at most.
    public init(maximumAttempts: Int = 2, selection: Selection = .auto, isShown: Bool = false) {
        self.maximumAttempts = maximumAttempts
        self.selection = selection
        self.isShown = isShown
    }
}
