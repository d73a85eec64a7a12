/// A call of a tool as it leaves the conversation.
public struct ToolInvocation: Codable, Equatable, Sendable {
    /// Names this call for all time: the conversation and a running number. Whoever carries calls out must do one key once.
    public var key: String
    /// The agent that wants it.
    public var agent: String
    /// The tool's name.
    public var tool: String
    /// A JSON object, as text. It is what the model wrote, and is not checked yet.
    public var arguments: String

    /// A call of a tool.
    public init(key: String, agent: String, tool: String, arguments: String) {
        self.key = key
        self.agent = agent
        self.tool = tool
        self.arguments = arguments
    }
}

/// What came of a call.
public enum ToolOutcome: Codable, Equatable, Sendable {
    /// Its result, as the model is told it: JSON or plain text, at most `ToolOutcome.longestResult` characters.
    case result(String)
    /// It was not carried out, or not to its end; the model is told the message, which holds no secret.
    case failed(Failure, String)

    /// Why a call failed.
    public enum Failure: String, Codable, Equatable, Sendable {
        /// There is no such tool, or this agent may not use it.
        case unknownTool
        /// The arguments do not fit the tool's schema. Nothing was sent.
        case invalidArguments
        /// The address may not be asked. Nothing was sent.
        case forbidden
        /// It did not answer in time; whether it was carried out is not known.
        case timedOut
        /// It answered with an error.
        case refused
        /// It cannot be reached, or answered with what cannot be read.
        case unavailable
        /// The caller's interruption took it back.
        case cancelled
    }

    /// A longer result is cut, and says so.
    public static let longestResult = 16_000
}

/// Carries out the calls of tools: over HTTP, over MCP.
public protocol ToolExecutor: Sendable {
    /// The tools that the agent may call now, as its model is told them. Servers that cannot be reached contribute nothing.
    func definitions(for agent: String) async -> [ToolDefinition]

    /// Carries out one call. The same key may come again after a failure of the way there; it is then done at most once as
    /// far as the tool honours the key. Cancelling the task ends the wait.
    func call(_ invocation: ToolInvocation) async -> ToolOutcome
}
