import Foundation
import ProjectModel
import Telemetry

/// Where a provider is reached, and with what key.
public struct ProviderEndpoint: Sendable, Equatable {
    /// Where it is.
    public enum Place: Sendable, Equatable {
        /// A URL without a slash at its end.
        case url(String)
        /// A region of Azure, whose hosts follow from it.
        case region(String)
    }

    /// Where it is.
    public var place: Place
    /// nil where none is needed.
    public var key: Secret?
}

/// Which providers this server may use. Keys come from the environment only, never from a project.
public struct ProviderAccess: Sendable, Equatable {
    /// What is wrong with a variable. Says nothing of its value, which may be a key in the wrong place.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        /// The variable's name.
        public var variable: String
        /// What it should hold.
        public var expected: String

        /// One line for an operator.
        public var description: String { "the environment variable \(variable) should hold \(expected)" }
    }

    /// Azure OpenAI's REST version; of the environment, else the last that was generally available.
    public private(set) var azureOpenAIVersion = "2024-10-21"
    /// How long Ollama keeps a model in memory, as Ollama writes it; nil where the environment does not say.
    public private(set) var ollamaKeepAlive: String?
    /// Local engines that cannot be had on this machine, each with what to do about it.
    public var absentEngines: [ModelReference: String] = SmallModel(environment: [:]).absent
    private var endpoints: [String: ProviderEndpoint] = [:]

    /// No provider but the local ones.
    public init() {}

    /// Reads the environment; an empty variable counts as one that is not set.
    public init(environment: [String: String]) throws(Problem) {
        let variables = Variables(values: environment)
        for provider in Self.providers {
            guard let endpoint = try provider.endpoint(variables) else { continue }
            endpoints[provider.name] = endpoint
        }
        if let version = variables["AZURE_OPENAI_API_VERSION"] ?? variables["OPENAI_API_VERSION"] {
            guard version.wholeMatch(of: /[0-9A-Za-z.-]{1,40}/) != nil else {
                throw Problem(variable: "AZURE_OPENAI_API_VERSION", expected: "a version such as 2024-10-21")
            }
            azureOpenAIVersion = version
        }
        if let time = variables["OLLAMA_KEEP_ALIVE"] {
            guard time.wholeMatch(of: /-?[0-9]{1,9}|-?([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h)){1,4}/) != nil else {
                throw Problem(variable: "OLLAMA_KEEP_ALIVE", expected: "a time such as 30m, or -1 for ever")
            }
            ollamaKeepAlive = time
        }
    }

    /// Where `provider` (as projects name it) is reached; nil without credentials for it.
    public func endpoint(of provider: String) -> ProviderEndpoint? { endpoints[provider] }

    /// What an operator does to get `model`; nil when nothing is missing.
    public func missing(for model: ModelReference) -> String? {
        if model.knownProvider == .local { return absentEngines[model] }
        if endpoints[model.provider] != nil { return nil }
        return Self.providers.first { $0.name == model.provider }.map { "this server has no credentials: \($0.remedy)" }
            ?? "there is no such provider"
    }

    // MARK: -

    private struct Variables {
        let values: [String: String]

        subscript(name: String) -> String? {
            let value = values[name]?.trimmingCharacters(in: .whitespaces)
            return value?.isEmpty == false ? value : nil
        }

        func key(_ name: String) throws(Problem) -> Secret? {
            guard let value = self[name] else { return nil }
            // A line break in a key would end the header that it is sent in.
            guard value.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }) else {
                throw Problem(variable: name, expected: "a key of printable characters without spaces")
            }
            return Secret(value)
        }

        func url(_ name: String, schemes: [String]) throws(Problem) -> String? {
            guard let value = self[name] else { return nil }
            guard let parts = URLComponents(string: value), let scheme = parts.scheme?.lowercased(),
                schemes.contains(scheme), parts.host?.isEmpty == false, parts.query == nil, parts.user == nil
            else { throw Problem(variable: name, expected: "a URL that begins with \(schemes[0])://") }
            return value.last == "/" ? String(value.dropLast()) : value
        }
    }

    private struct Provider: Sendable {
        let name: String
        let remedy: String
        let endpoint: @Sendable (Variables) throws(Problem) -> ProviderEndpoint?
    }

    private static let web = ["https", "http"]
    private static let sockets = ["wss", "ws", "https", "http"]

    private static let providers = [
        Provider(name: "OpenAI", remedy: "set OPENAI_API_KEY, or OPENAI_BASE_URL for a compatible server") {
            variables throws(Problem) in
            let (url, key) = (try variables.url("OPENAI_BASE_URL", schemes: web), try variables.key("OPENAI_API_KEY"))
            return url == nil && key == nil
                ? nil : ProviderEndpoint(place: .url(url ?? "https://api.openai.com/v1"), key: key)
        },
        Provider(name: "AzureOpenAI", remedy: "set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY") {
            variables throws(Problem) in
            guard let url = try variables.url("AZURE_OPENAI_ENDPOINT", schemes: web),
                let key = try variables.key("AZURE_OPENAI_API_KEY")
            else { return nil }
            return ProviderEndpoint(place: .url(url), key: key)
        },
        Provider(name: "Ollama", remedy: "set OLLAMA_HOST, such as 127.0.0.1:11434") { variables throws(Problem) in
            guard let host = variables["OLLAMA_HOST"] else { return nil }
            let address = host.contains("://") ? host : "http://\(host)"
            let checked = Variables(values: ["OLLAMA_HOST": address])
            return try checked.url("OLLAMA_HOST", schemes: ["http", "https"]).map {
                ProviderEndpoint(place: .url(URLComponents(string: $0)?.port == nil ? "\($0):11434" : $0), key: nil)
            }
        },
        keyed("Deepgram", key: "DEEPGRAM_API_KEY", url: "DEEPGRAM_BASE_URL", standard: "wss://api.deepgram.com"),
        keyed(
            "ElevenLabs", key: "ELEVENLABS_API_KEY", url: "ELEVENLABS_BASE_URL", standard: "https://api.elevenlabs.io"),
        keyed(
            "Qwen", key: "DASHSCOPE_API_KEY", url: "DASHSCOPE_BASE_URL",
            standard: "wss://dashscope.aliyuncs.com/api-ws/v1"),
        Provider(name: "Azure", remedy: "set AZURE_SPEECH_KEY and AZURE_SPEECH_REGION") { variables throws(Problem) in
            guard let key = try variables.key("AZURE_SPEECH_KEY") else { return nil }
            if let url = try variables.url("AZURE_SPEECH_ENDPOINT", schemes: sockets) {
                return ProviderEndpoint(place: .url(url), key: key)
            }
            guard let region = variables["AZURE_SPEECH_REGION"] else { return nil }
            guard region.wholeMatch(of: /[a-z0-9]{2,40}/) != nil else {
                throw Problem(variable: "AZURE_SPEECH_REGION", expected: "a region such as westeurope")
            }
            return ProviderEndpoint(place: .region(region), key: key)
        },
    ]

    private static func keyed(_ name: String, key: String, url: String, standard: String) -> Provider {
        Provider(name: name, remedy: "set \(key)") { variables throws(Problem) in
            guard let secret = try variables.key(key) else { return nil }
            return ProviderEndpoint(place: .url(try variables.url(url, schemes: sockets) ?? standard), key: secret)
        }
    }
}
