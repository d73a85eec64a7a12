import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// Chat with a model that Ollama serves, over its own protocol, streamed.
///
/// Ollama loads a model into memory at its first request, which may take a minute, and stops when that request is cancelled.
/// `run()` loads the model ahead of requests; those that come meanwhile wait for it, and their deadlines do not stop it.
public final class OllamaChat: LanguageModel {
    /// `Ollama/qwen3:8b`
    public let name: String
    private let model: String
    private let settings: OllamaSettings
    private let url: String
    private let client: HTTPClient
    /// Whether the server takes a JSON schema as `format`, which it does since 0.5; found out by its refusal.
    private let structuresAnswers = Mutex(true)
    private let loader: ModelLoader

    /// The model `model` of the server that `settings` name.
    /// - Parameter loading: told of loads that take longer than a second, and of failures to load.
    public init(
        model: String, settings: OllamaSettings = OllamaSettings(), client: HTTPClient,
        clock: ChainClock = .continuous, provider: String = "Ollama",
        loading: @escaping @Sendable (ModelLoading) -> Void = { _ in }
    ) {
        name = "\(provider)/\(model)"
        self.model = model
        self.settings = settings
        self.client = client
        url = settings.baseURL + "/api/chat"
        let (name, call) = (name, Self.call(url, settings, Self.loading(model, settings), settings.loadTimeout))
        loader = ModelLoader(
            name: name, clock: clock,
            load: { () throws(ProviderError) in try await Self.load(call, name, client, settings.key) },
            report: loading)
    }

    /// Opens a connection ahead of the first request, and has the model loaded if it may not be there.
    public func prepare() async {
        loader.want()
        await client.warm(url)
    }

    /// Loads the model, and keeps it loaded while it is in use, until the task is cancelled. For one caller, once.
    public func run() async { await loader.run() }

    /// Streams the answer; see `LanguageModel`. An empty answer is a failure.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await loader.ready()
        var hasAnswered = false
        // Also when the consumer has had enough: then a load is asked for that is not needed, and costs nothing.
        defer { if !hasAnswered { loader.doubt() } }
        try await attempt(of: name) {
            let answer = try await open(request)
            var reply = OllamaReply(provider: name, continues: !request.written.isEmpty)
            for try await line in answer.lines {
                let pieces = try reply.take(line)
                if !hasAnswered {
                    hasAnswered = true
                    loader.answered()
                }
                for piece in pieces { try await emit(piece) }
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
        var body = request.chatBody(model: model)
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
    private static func loading(_ model: String, _ settings: OllamaSettings) -> [String: JSONValue] {
        ["model": .string(model), "messages": [], "stream": false, "keep_alive": settings.keepAliveValue]
    }

    private static func load(
        _ call: HTTPCall, _ name: String, _ client: HTTPClient, _ key: Secret?
    ) async throws(ProviderError) {
        do {
            let answer = try await client.open(call, for: name, key: key)
            _ = try await answer.bytes(limit: 64 << 10)
        } catch let error as ProviderError {
            throw explained(error)
        } catch let error as NetworkError {
            throw ProviderError(error, provider: name)
        } catch {
            throw ProviderError(.unavailable, provider: name, message: "the load was stopped")
        }
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
