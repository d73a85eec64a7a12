/// How an agent answers that looks things up first: a `SearchAgent`, a `ResearchAgent` or a `DeepResearchAgent`.
public struct Research: Codable, Equatable, Sendable {
    /// The most tools that one agent looks things up with.
    public static let mostTools = 8

    /// The names of the tools that the caller's words are looked up with before it writes.
    public var tools: [String]
    /// Whether its model may look up more while it answers.
    public var searchesAgain: Bool
    /// How what was found is chosen and shortened; nil: it is told as it was found.
    public var selection: Selection?
    /// What makes it a research in several stages; nil: the caller's words are looked up, and that is all.
    public var depth: Depth?

    /// How what was found is chosen and shortened.
    public struct Selection: Codable, Equatable, Sendable {
        /// So many passages are kept, the best; nil: as many as there may be.
        public var most: Int?
        /// How much of each passage is kept, above 0 and below 1; nil: all of it.
        public var share: Double?

        /// What is kept.
        public init(most: Int? = nil, share: Double? = nil) { (self.most, self.share) = (most, share) }
    }

    /// A research in several stages: a plan of questions, searches for them, what is still missing, the report.
    public struct Depth: Codable, Equatable, Sendable {
        /// The most questions that a file may ask for at once, and the most rounds of searches.
        public static let (mostQuestions, mostRounds) = (8, 3)

        /// So many questions are looked up in one round; at least 1.
        public var questions: Int
        /// So many rounds of searches there are at most; at least 1.
        public var rounds: Int
        /// Whether the caller may be asked what they mean, before anything is looked up.
        public var clarifies = false
        /// How long the caller is waited for.
        public var patience: Duration = .seconds(300)
        /// Whether the client is shown what is looked up.
        public var showsStages = false

        /// A research of so many questions and rounds.
        public init(questions: Int = 4, rounds: Int = 2) {
            self.questions = min(max(1, questions), Self.mostQuestions)
            self.rounds = min(max(1, rounds), Self.mostRounds)
        }
    }

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
