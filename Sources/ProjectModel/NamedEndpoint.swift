/// A server that a project names itself, `providers: {house-vllm: {kind: openai, …}}`: one that speaks a vendor's protocol
/// at an address and with a key of its own.
public struct NamedEndpoint: Codable, Equatable, Hashable, Sendable {
    /// The name before the slash of its models.
    public var name: String
    /// The vendor whose protocol it speaks.
    public var vendor: String
    /// Its address as the engines take it; nil is the vendor's own, or follows from the options.
    public var baseURL: String?
    /// The variable of the environment that holds its key; nil for a server that wants none.
    public var keyVariable: String?
    /// The vendor's options by key, where they are given.
    public var options: [String: String]

    /// An endpoint.
    public init(
        name: String, vendor: String, baseURL: String? = nil, keyVariable: String? = nil,
        options: [String: String] = [:]
    ) {
        self.name = name
        self.vendor = vendor
        self.baseURL = baseURL
        self.keyVariable = keyVariable
        self.options = options
    }
}
