/// The part of JSON Schema by which arguments of tools are checked. What else a schema says is for whoever reads it; its
/// keywords are in `unchecked`.
///
/// Checked are `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`, `minItems`, `maxItems`,
/// `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `minLength`, `maxLength`, simple `pattern`s, `anyOf`,
/// `oneOf` (as `anyOf`) and `allOf`.
public struct JSONSchema: Sendable {
    /// A schema that cannot be one, or is larger than is read.
    public struct Problem: Error, Equatable, Sendable {
        /// Where in the schema: `properties.day.type`; empty for the whole.
        public var path: String
        /// What is wrong, as it stands behind the path.
        public var message: String
    }

    /// The deepest nesting of schemas, in levels.
    public static let deepestLevel = 16
    /// The most schemas within one.
    public static let mostSchemas = 1000

    /// Keywords that say something and are not checked, with their paths.
    public let unchecked: [String]
    /// Keywords that no value can satisfy together with their neighbours: an `enum` of another `type`, a minimum above its
    /// maximum.
    public let unreachable: [String]
    let root: Rule

    /// Reads a schema.
    /// - Throws: the first problem of it.
    public init(_ json: JSON) throws(Problem) {
        var reader = Reader()
        root = try reader.rule(json, path: "", depth: 1)
        unchecked = reader.unchecked
        unreachable = reader.unreachable
    }

    /// The names that an object may have by `properties`, in order.
    public var propertyNames: [String] { root.properties.map(\.name) }
    /// The names that an object must have.
    public var requiredNames: [String] { root.required }
    /// Whether it is about objects.
    public var isAboutObjects: Bool { root.types.contains(.object) }
    /// The kinds of value that the property of that name may have.
    public func kinds(of name: String) -> Set<Kind> { root.properties.first { $0.name == name }?.rule.types ?? [] }

    /// The kinds of value that JSON has; a whole number is an `integer` and a `number`.
    public enum Kind: String, CaseIterable, Sendable {
        case object, array, string, number, integer, boolean, null
    }

    /// One schema, read.
    struct Rule: Sendable {
        /// All, where the schema does not say.
        var types = Set(Kind.allCases)
        var allowed: [JSON]?
        var properties: [(name: String, rule: Rule)] = []
        var required: [String] = []
        var others = Others.anything
        /// Of an array; none or one.
        var items: [Rule] = []
        var count = Range<Int>.any
        var length = Range<Int>.any
        var value = Range<Double>.any
        var pattern: SimplePattern?
        /// One of each group must hold.
        var alternatives: [[Rule]] = []
        /// For `false`, the schema of nothing.
        var isNothing = false
    }

    /// What members without a schema of their own may be.
    enum Others: Sendable {
        case anything, nothing
        indirect case each(Rule)
    }

    /// Bounds, as far as there are any.
    struct Range<Bound: Comparable & Sendable>: Sendable {
        var low: Bound?
        var high: Bound?
        /// Whether the bound itself is outside.
        var excludesLow = false
        var excludesHigh = false

        static var any: Self { Self() }

        func contains(_ value: Bound) -> Bool {
            if let low, value < low || (excludesLow && value == low) { return false }
            if let high, value > high || (excludesHigh && value == high) { return false }
            return true
        }
    }
}
