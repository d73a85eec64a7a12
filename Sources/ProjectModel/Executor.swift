/// How an agent answers whose answer is the result of one call: a `CustomAgent`, or an agent of another platform.
public struct Executor: Codable, Equatable, Sendable {
    /// The longest settings, in bytes.
    public static let longestSettings = 8000

    /// The name of the tool that is called.
    public var tool: String
    /// Under which name the call gets the caller's words: `query` or `prompt`.
    public var argument: String
    /// What the file gives the function: a JSON object, as text; nil: nothing.
    public var settings: String?
    /// Whether the call holds what was said before.
    public var isToldHistory: Bool
    /// Whether the call holds date and time.
    public var isToldDate: Bool

    /// An agent whose answer is the result of one call.
    public init(
        tool: String, argument: String = "query", settings: String? = nil, isToldHistory: Bool = false,
        isToldDate: Bool = false
    ) {
        self.tool = tool
        self.argument = argument
        self.settings = settings
        self.isToldHistory = isToldHistory
        self.isToldDate = isToldDate
    }
}
