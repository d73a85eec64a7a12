import Telemetry

/// The two protocols of the realtime family.
public enum RealtimeDialect: Sendable, Hashable {
    /// OpenAI Realtime as it is generally available, and servers that are compatible with it.
    case openAI
    /// Qwen Omni at DashScope: the names of OpenAI's beta, and nothing to cut an answer's memory with.
    case qwen

    /// The part of a model's name that says whose it is.
    var vendor: String { self == .openAI ? "OpenAI" : "Qwen" }
    /// The rate at which the server wants the caller's audio, in hertz.
    var inputRate: Int { self == .openAI ? 24000 : 16000 }
    /// The rate at which the server speaks, in hertz.
    var outputRate: Int { 24000 }
    /// Whether the server can be told how much of an answer was heard.
    var truncates: Bool { self == .openAI }
}

/// Where a realtime server is and how to get in.
public struct RealtimeSettings: Sendable {
    /// The vendors' own addresses.
    public static let openAI = "https://api.openai.com/v1"
    /// DashScope for China; `dashscope-intl.aliyuncs.com` is the other one.
    public static let qwen = "wss://dashscope.aliyuncs.com/api-ws/v1"

    /// The protocol that is spoken there.
    public var dialect: RealtimeDialect
    /// `https://host/v1` or `wss://host/v1`, without the final `/realtime`; `http` and `ws` for servers without TLS.
    public var baseURL: String
    /// The key, sent as a bearer token; nil for servers that want none.
    public var key: Secret?

    /// A server of `dialect`, at the vendor's own address if no other is given.
    public init(_ dialect: RealtimeDialect, key: Secret?, baseURL: String? = nil) {
        self.dialect = dialect
        self.key = key
        self.baseURL = baseURL ?? (dialect == .openAI ? Self.openAI : Self.qwen)
    }

    /// The header that carries the key.
    var authorization: [(name: String, value: String)] {
        key.map { [(name: "Authorization", value: $0.withValue { "Bearer \($0)" })] } ?? []
    }

    /// The address of the socket for `model`.
    func url(for model: String) -> String { realtimeURL(baseURL, model: model) }
}

/// `BASE/realtime?model=…` with a WebSocket's scheme.
package func realtimeURL(_ baseURL: String, model: String) -> String {
    var base = baseURL
    while base.hasSuffix("/") { base.removeLast() }
    if base.lowercased().hasPrefix("http") { base = "ws" + base.dropFirst(4) }
    if !base.hasSuffix("/realtime") { base += "/realtime" }
    let escaped = model.utf8.map { byte -> String in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            String(UnicodeScalar(byte))
        default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return base + "?model=" + escaped.joined()
}
