/// How an agent answers that looks things up first: a `SearchAgent` or a `ResearchAgent`.
public struct Research: Codable, Equatable, Sendable {
    /// The most tools that one agent looks things up with.
    public static let mostTools = 8

    /// The names of the tools that the caller's words are looked up with before it writes.
    public var tools: [String]
    /// Whether its model may look up more while it answers.
    public var searchesAgain: Bool

    /// An agent that looks things up first.
    public init(tools: [String], searchesAgain: Bool = false) {
        self.tools = tools
        self.searchesAgain = searchesAgain
    }
}

/// Where a tool finds passages for a query.
public struct Retriever: Codable, Equatable, Sendable {
    /// How many passages are found, at most.
    public static let passages = 1...10
    /// The arguments of its tool, as JSON Schema.
    public static let parameters = """
        {"type":"object","properties":{"query":{"type":"string","minLength":1,"description":"What to look for."}},\
        "required":["query"]}
        """

    /// Where it looks.
    public enum Place: Codable, Equatable, Sendable {
        /// An address with `{query}` in it.
        case http(HTTPTool)
        /// A tool of an MCP server, and the name of the argument that takes the query.
        case mcp(server: String, tool: String, argument: String)
        /// The texts of a folder, by its absolute path.
        case folder(String)
    }

    /// Where it looks.
    public var place: Place
    /// How many passages it finds, at most.
    public var most: Int

    /// A place to look things up.
    public init(_ place: Place, most: Int = 5) {
        self.place = place
        self.most = most
    }
}
