import Network
import ProviderTransport
import Telemetry

/// Where OpenAI's API, or one that is compatible with it, is found, and the key for it.
public struct OpenAIEndpoint: Sendable, Hashable {
    private enum Place: Hashable {
        /// The address up to and with `/v1`.
        case compatible(baseURL: String)
        /// An Azure OpenAI resource; a model's name is that of its deployment.
        case azure(resource: String, apiVersion: String)
    }

    private let place: Place
    let key: Secret?

    /// OpenAI itself, vLLM, or whatever else speaks its protocol.
    /// - Parameters:
    ///   - baseURL: the address with its version, such as `https://api.openai.com/v1`, without a slash at its end.
    ///   - key: sent as a bearer token; nil for servers that want none.
    public init(baseURL: String = "https://api.openai.com/v1", key: Secret?) {
        place = .compatible(baseURL: baseURL)
        self.key = key
    }

    /// Azure OpenAI; models are named by their deployments.
    /// - Parameters:
    ///   - azureResource: such as `https://NAME.openai.azure.com`, without a slash at its end.
    ///   - apiVersion: the version of Azure's API; speech and transcription need one of its previews.
    ///   - key: sent as `api-key`.
    public init(azureResource: String, apiVersion: String = "2024-10-21", key: Secret) {
        place = .azure(resource: azureResource, apiVersion: apiVersion)
        self.key = key
    }

    /// Whether it is OpenAI itself, and not a server that is compatible.
    var isOpenAI: Bool {
        guard case .compatible(let baseURL) = place else { return false }
        let host = baseURL.lowercased().split(separator: "/").dropFirst().first?.prefix { $0 != ":" } ?? ""
        return host == "api.openai.com" || host.hasSuffix(".api.openai.com")
    }

    /// The address of `path`, such as `chat/completions`, for `model`.
    func url(_ path: String, model: String) -> String {
        switch place {
        case .compatible(let baseURL): "\(baseURL)/\(path)"
        case .azure(let resource, let apiVersion):
            "\(resource)/openai/deployments/\(percentEncoded(model))/\(path)?api-version=\(percentEncoded(apiVersion))"
        }
    }

    /// The header that carries the key.
    var authorization: [(name: String, value: String)] {
        guard let key else { return [] }
        return switch place {
        case .compatible: [(name: "Authorization", value: key.withValue { "Bearer \($0)" })]
        case .azure: [(name: "api-key", value: key.withValue { $0 })]
        }
    }

    /// A request with a JSON body.
    func call(_ path: String, model: String, body: JSONValue, accept: String) -> HTTPCall {
        HTTPCall(
            url: url(path, model: model),
            headers: authorization + [
                (name: "Content-Type", value: "application/json"), (name: "Accept", value: accept),
            ], body: body.bytes, answerTimeout: .seconds(60))
    }

    /// The code in the body of a refusal, `{"error": {"code": …, "type": …}}`.
    static func vendorCode(_ body: JSONValue) -> String? {
        body["error"]?["code"]?.string ?? body["error"]?["type"]?.string
    }
}
