import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// Chat with a model that Ollama serves, over its own protocol, streamed.
///
/// Ollama loads a model into memory at its first request, which may take a minute, and stops when that request is cancelled;
/// see `LoadingModel`.
public final class OllamaChat: LoadableModel {
    /// `Ollama/qwen3:8b`
    public let name: String
    private let model: String
    private let settings: OllamaSettings
    private let url: String
    private let client: HTTPClient
    /// Whether the server takes a JSON schema as `format`, which it does since 0.5; found out by its refusal.
    private let structuresAnswers = Mutex(true)

    /// The model `model` of the server that `settings` name.
    public init(
        model: String, settings: OllamaSettings = OllamaSettings(), client: HTTPClient, provider: String = "Ollama"
    ) {
        name = "\(provider)/\(model)"
        self.model = model
        self.settings = settings
        self.client = client
        url = settings.baseURL + "/api/chat"
    }

    /// Opens a connection ahead of the first request.
    public func prepare() async { await client.warm(url) }

    /// Streams the answer; see `LanguageModel`. An empty answer is a failure.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await attempt(of: name) {
            let answer = try await open(request)
            var reply = OllamaReply(provider: name, continues: !request.written.isEmpty)
            for try await line in answer.lines {
                for piece in try reply.take(line) { try await emit(piece) }
            }
            try Task.checkCancellation()
            for piece in try reply.finish() { try await emit(piece) }
        }
    }

    private func open(_ request: GenerationRequest) async throws -> HTTPAnswer {
        guard let schema = request.form.schema, structuresAnswers.withLock({ $0 }) else {
            return try await open(Self.call(url, settings, body(request), .seconds(120)))
        }
        do {
            return try await open(Self.call(url, settings, body(request, format: schema), .seconds(120)))
        } catch let error as ProviderError where error.code == .rejected && error.concernsRequestOnly {
            let answer = try await open(Self.call(url, settings, body(request), .seconds(120)))
            structuresAnswers.withLock { $0 = false }
            return answer
        }
    }

    private func open(_ call: HTTPCall) async throws -> HTTPAnswer {
        do { return try await client.open(call, for: name, key: settings.key) } catch let error as ProviderError {
            throw Self.explained(error)
        }
    }

    private func body(_ request: GenerationRequest, format: JSONValue? = nil) -> [String: JSONValue] {
        var body = request.chatBody(model: model, listsPictures: true) { JSONValue($0.utf8) ?? .object([:]) }
        body["format"] = format
        var options: [String: JSONValue] = [:]
        options["temperature"] = request.sampling.temperature.map(JSONValue.double)
        options["top_p"] = request.sampling.topP.map(JSONValue.double)
        options["num_predict"] = request.sampling.maxTokens.map(JSONValue.int)
        if !options.isEmpty { body["options"] = .object(options) }
        body["keep_alive"] = settings.keepAliveValue
        return body
    }

    // MARK: - Loading

    /// A chat without messages loads the model and says nothing.
    public func load() async throws(ProviderError) {
        let body: [String: JSONValue] = [
            "model": .string(model), "messages": [], "stream": false, "keep_alive": settings.keepAliveValue,
        ]
        do {
            try await client.finish(
                Self.call(url, settings, body, settings.loadTimeout), for: name, key: settings.key)
        } catch { throw Self.explained(error) }
    }

    private static func explained(_ error: ProviderError) -> ProviderError {
        guard error.message == "HTTP 404" else { return error }
        var error = error
        error.message += " (the server does not have this model)"
        return error
    }

    private static func call(
        _ url: String, _ settings: OllamaSettings, _ body: [String: JSONValue], _ timeout: Duration
    ) -> HTTPCall {
        var headers = [(name: "Content-Type", value: "application/json")]
        if let key = settings.key {
            headers.append((name: "Authorization", value: key.withValue { "Bearer \($0)" }))
        }
        return HTTPCall(url: url, headers: headers, body: JSONValue.object(body).bytes, answerTimeout: timeout)
    }
}
