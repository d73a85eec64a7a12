import Telemetry

/// Where Qwen's text-to-speech is and how to get in.
public struct QwenSettings: Sendable {
    /// DashScope for China; `wss://dashscope-intl.aliyuncs.com/api-ws/v1` is the other one.
    public static let defaultURL = "wss://dashscope.aliyuncs.com/api-ws/v1"

    /// The address without the final `/realtime`; `ws://` for a server without TLS.
    public var baseURL: String
    /// The key, sent as a bearer token.
    public var key: Secret
    /// The workspace that pays, if not the key's own.
    public var workspace: String?

    /// The service at `baseURL`.
    public init(key: Secret, baseURL: String = defaultURL, workspace: String? = nil) {
        self.key = key
        self.baseURL = baseURL
        self.workspace = workspace
    }
}
