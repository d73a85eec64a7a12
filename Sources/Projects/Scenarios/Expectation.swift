/// What is expected of a part of a conversation.
public struct Expectation: Equatable, Sendable {
    /// What agents say, be it heard or not.
    public var said = TextExpectation()
    /// What the caller hears: what was played, up to an interruption.
    public var heard = TextExpectation()
    /// Calls of tools.
    public var tools: [ToolExpectation] = []
    /// What other services hold afterwards.
    public var data: [DataExpectation] = []
    /// From the end of the caller's line to the first sound of the answer.
    public var within: Duration?
    /// Whether the conversation is over.
    public var ended: Bool?
    /// Whether the caller has interrupted an answer.
    public var interrupted: Bool?

    /// Nothing is expected.
    public init() {}
}

/// What a text is expected to hold.
public struct TextExpectation: Equatable, Sendable {
    /// It holds all of these.
    public var contains: [TextPattern] = []
    /// It holds none of these.
    public var absent: [TextPattern] = []

    /// Nothing is expected.
    public init(contains: [TextPattern] = [], absent: [TextPattern] = []) {
        self.contains = contains
        self.absent = absent
    }
}

/// Something that a text may hold. Letters count alike in both cases.
public enum TextPattern: Equatable, Sendable, CustomStringConvertible {
    /// These words.
    case words(String)
    /// Anything that the regular expression matches; written between slashes.
    case expression(String)

    /// Reads a pattern as it is written: `/…/` is a regular expression.
    /// - Returns: nil when it is a regular expression that makes no sense.
    public init?(_ text: String) {
        guard text.count > 2, text.hasPrefix("/"), text.hasSuffix("/") else {
            self = .words(text)
            return
        }
        let expression = String(text.dropFirst().dropLast())
        guard (try? Regex(expression)) != nil else { return nil }
        self = .expression(expression)
    }

    /// Whether the text holds it.
    public func isFound(in text: String) -> Bool {
        switch self {
        case .words(let words): text.lowercased().contains(words.lowercased())
        case .expression(let expression):
            (try? Regex(expression).ignoresCase().firstMatch(in: text)) != nil
        }
    }

    /// As it is written in a file.
    public var description: String {
        switch self {
        case .words(let words): "\"\(words)\""
        case .expression(let expression): "/\(expression)/"
        }
    }
}

/// What is expected of the calls of one tool.
public struct ToolExpectation: Equatable, Sendable {
    /// The tool's name.
    public var name: String
    /// A JSON object, as text: calls count whose arguments hold it.
    public var arguments: String
    /// So many calls; nil: at least one.
    public var count: Int?

    /// What is expected of the calls of one tool.
    public init(name: String, arguments: String = "{}", count: Int? = nil) {
        self.name = name
        self.arguments = arguments
        self.count = count
    }
}

/// What another service is expected to hold.
public struct DataExpectation: Equatable, Sendable {
    /// Asked with GET, and answered with JSON. `ENV:NAME` at its beginning is the value of that variable of the environment.
    public var url: String
    /// Keys and places in lists, from the root of the answer to the value that is judged.
    public var path: [String]
    /// What that value is expected to be.
    public var value: Value

    /// What a value is expected to be; JSON as text.
    public enum Value: Equatable, Sendable {
        case equals(String)
        /// Objects may hold more keys. Each entry of a list must be found in the other list.
        case contains(String)
        /// A list has so many entries, or an object so many keys.
        case count(Int)
    }

    /// What another service is expected to hold.
    public init(url: String, path: [String] = [], _ value: Value) {
        self.url = url
        self.path = path
        self.value = value
    }
}
