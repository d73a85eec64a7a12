import Network
import ProviderKit
import ProviderTransport
import Telemetry

/// Chat with a model that Ollama serves, over its own protocol, streamed.
public struct OllamaChat: LanguageModel {
    /// `Ollama/qwen3:8b`
    public let name: String
    private let model: String
    private let url: String
    private let key: Secret?
    private let client: HTTPClient

    /// The model `model` of the server at `baseURL`.
    /// - Parameters:
    ///   - baseURL: without a slash at its end.
    ///   - key: for servers that want one, sent as a bearer token.
    public init(model: String, baseURL: String = "http://127.0.0.1:11434", key: Secret? = nil, client: HTTPClient) {
        name = "Ollama/\(model)"
        self.model = model
        self.key = key
        self.client = client
        url = baseURL + "/api/chat"
    }

    /// Opens a connection ahead of the first request.
    public func prepare() async { await client.warm(url) }

    /// Streams the answer; see `LanguageModel`. An empty answer is a failure.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await attempt(of: name) {
            let answer: HTTPAnswer
            do {
                answer = try await client.open(call(request), for: name, key: key)
            } catch var error as ProviderError where error.message == "HTTP 404" {
                error.message += " (the server does not have this model)"
                throw error
            }
            var reply = OllamaReply(provider: name, continues: !request.written.isEmpty)
            for try await line in answer.lines {
                for piece in try reply.take(line) { try await emit(piece) }
            }
            try Task.checkCancellation()
            for piece in try reply.finish() { try await emit(piece) }
        }
    }

    private func call(_ request: GenerationRequest) -> HTTPCall {
        var body = request.chatBody(model: model)
        var options: [String: JSONValue] = [:]
        options["temperature"] = request.sampling.temperature.map(JSONValue.double)
        options["top_p"] = request.sampling.topP.map(JSONValue.double)
        options["num_predict"] = request.sampling.maxTokens.map(JSONValue.int)
        if !options.isEmpty { body["options"] = .object(options) }
        var headers = [(name: "Content-Type", value: "application/json")]
        if let key { headers.append((name: "Authorization", value: key.withValue { "Bearer \($0)" })) }
        // A model that is not in memory yet is loaded first.
        return HTTPCall(url: url, headers: headers, body: JSONValue.object(body).bytes, answerTimeout: .seconds(120))
    }
}
