/// A key that the loader asked a file for. The tests hold these against `schemas/project.schema.json`, so that schema
/// and loader cannot drift apart.
struct KeyRequest: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case text
        /// Text or a list of them.
        case texts(atMost: Int)
        case boolean
        /// A truth value, or one of these words.
        case booleanOr([String])
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        /// The lower bound is not part of the range.
        case numberAbove(Double, through: Double)
        case choice([String])
        case block
        case list
        /// A list of texts; it may be empty.
        case textList(atMost: Int)
        /// Accepted whole, whatever it holds.
        case anything
    }

    /// With `[]` for any place in a list, and `*` for any name: `utility_agents[].config.output_style`.
    var path: String
    var kind: Kind
    var isRequired: Bool
    /// As JSON, when there is one.
    var defaultValue: String?
}
