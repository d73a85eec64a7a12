/// Something that agents may call while they answer.
public struct Tool: Codable, Equatable, Sendable {
    /// Unique within the project: letters, digits, `_` and `-`, at most 64.
    public var name: String
    /// Tells the model what it does, and when to use it.
    public var description: String
    /// A JSON Schema object for its arguments, as JSON text.
    public var parameters: String
    /// Who carries it out.
    public var source: Source
    /// What becomes of a call when the caller speaks over the answer.
    public var interruption: Interruption
    /// What is said when a call takes longer than a second; nil: the agent's filler.
    public var progress: String?
    /// How long a call may take.
    public var timeout: Duration

    /// Who carries a tool out.
    public enum Source: Codable, Equatable, Sendable {
        case http(HTTPTool)
        /// Finds passages for a query.
        case retriever(Retriever)
        /// The connected client.
        case client
        /// The conversation itself ends the call, after what is being said: `end_call`.
        case endCall
        /// A query on tables: by the server, or by the connected client where it has them.
        case tables(TableSet)
    }

    /// What becomes of a call when the caller speaks over the answer.
    public enum Interruption: String, Codable, Equatable, Sendable, CaseIterable {
        /// It goes on, and its result enters the history.
        case finish
        /// It is taken back.
        case cancel
        /// It goes on, and the agent is told to ask whether it is still wanted.
        case ask
    }

    /// Whether the connected client carries it out.
    public var isClients: Bool {
        switch source {
        case .client: true
        case .tables(let set): if case .client = set.storage { true } else { false }
        case .http, .retriever, .endCall: false
        }
    }

    /// Something that agents may call.
    public init(
        name: String, description: String, parameters: String, source: Source, interruption: Interruption = .finish,
        progress: String? = nil, timeout: Duration = .seconds(10)
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.source = source
        self.interruption = interruption
        self.progress = progress
        self.timeout = timeout
    }
}

/// A tool behind an HTTP address.
public struct HTTPTool: Codable, Equatable, Sendable {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    public var method: String
    /// With `{name}` in the place of arguments.
    public var url: String
    /// A value may be `ENV:NAME`, a variable of the server's environment.
    public var headers: [Header]
    /// Whether addresses of private networks, of this machine included, may be asked.
    public var allowsPrivate: Bool
    /// The variable of the environment that holds the key by which bodies are signed (HMAC-SHA-256); nil: they are not.
    public var signingKey: String?

    /// One header.
    public struct Header: Codable, Equatable, Sendable {
        /// Such as `Authorization`.
        public var name: String
        /// May hold `ENV:NAME`.
        public var value: String

        /// One header.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A tool behind an HTTP address.
    public init(
        method: String, url: String, headers: [Header] = [], allowsPrivate: Bool = false, signingKey: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.allowsPrivate = allowsPrivate
        self.signingKey = signingKey
    }
}

/// A server of the Model Context Protocol whose tools agents may call.
public struct MCPServer: Codable, Equatable, Sendable {
    /// Unique within the project.
    public var name: String
    /// How it is reached.
    public var transport: Transport
    /// A value may be `ENV:NAME`, a variable of the server's environment.
    public var headers: [HTTPTool.Header]
    /// Whether addresses of private networks, of this machine included, may be asked.
    public var allowsPrivate: Bool

    /// How a server is reached.
    public enum Transport: Codable, Equatable, Sendable {
        /// Streamable HTTP.
        case http(url: String)
        /// The older way: a stream of server-sent events, and an address for messages.
        case sse(url: String)
        /// A program, its messages on its standard input and output.
        case stdio(command: String, arguments: [String])
    }

    /// A server of the Model Context Protocol.
    public init(name: String, transport: Transport, headers: [HTTPTool.Header] = [], allowsPrivate: Bool = false) {
        self.name = name
        self.transport = transport
        self.headers = headers
        self.allowsPrivate = allowsPrivate
    }
}

/// What an agent may call, and how often.
public struct ToolUse: Codable, Equatable, Sendable {
    /// Names of the project's tools.
    public var tools: [String]
    /// Names of the project's MCP servers; all their tools.
    public var servers: [String]
    /// How many times in a turn its model may be asked again with results: 1…20.
    public var maxSteps: Int

    /// Whether there is anything to call.
    public var isEmpty: Bool { tools.isEmpty && servers.isEmpty }

    /// What an agent may call.
    public init(tools: [String] = [], servers: [String] = [], maxSteps: Int = 6) {
        self.tools = tools
        self.servers = servers
        self.maxSteps = maxSteps
    }
}
