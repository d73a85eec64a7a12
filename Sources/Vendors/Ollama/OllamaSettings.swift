import ProviderTransport
import Telemetry

/// How an Ollama server is spoken to.
public struct OllamaSettings: Sendable {
    /// The server's address, without a slash at its end.
    public var baseURL = "http://127.0.0.1:11434"
    /// For servers that want one, sent as a bearer token.
    public var key: Secret?
    /// How long the server keeps the model in memory after a request: as Ollama has it, `30m`, `-1` for ever.
    public var keepAlive = "30m"
    /// The longest that loading a model may take.
    public var loadTimeout: Duration = .seconds(600)

    /// The defaults named on each property.
    public init() {}

    /// Ollama takes whole seconds as a number and everything else as text.
    var keepAliveValue: JSONValue { Int(keepAlive).map(JSONValue.int) ?? .string(keepAlive) }
}
