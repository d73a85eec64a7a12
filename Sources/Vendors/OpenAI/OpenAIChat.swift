import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// Chat completions of OpenAI, Azure OpenAI, vLLM and whatever else is compatible, streamed.
public final class OpenAIChat: LoadableModel {
    /// `OpenAI/gpt-4.1-mini`
    public let name: String
    /// The longest that loading a model may take.
    private static let loadTimeout: Duration = .seconds(600)

    private let model: String
    private let endpoint: OpenAIEndpoint
    private let client: HTTPClient
    private let dialect: Mutex<ChatDialect>

    /// The model `model` at `endpoint`; `provider` is how projects call that.
    public init(model: String, endpoint: OpenAIEndpoint, client: HTTPClient, provider: String = "OpenAI") {
        name = "\(provider)/\(model)"
        self.model = model
        self.endpoint = endpoint
        self.client = client
        dialect = Mutex(ChatDialect(at: endpoint))
    }

    /// Opens a connection ahead of the first request.
    public func prepare() async { await client.warm(endpoint.url("chat/completions", model: model)) }

    /// Streams the answer; see `LanguageModel`. An answer that a filter cut short is rejected, an empty one is a failure.
    public func generate(
        _ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void
    ) async throws {
        try await attempt(of: name) {
            let answer = try await open(request)
            var completion = ChatCompletion(provider: name, continues: !request.written.isEmpty, key: endpoint.key)
            for try await event in ServerSentEvents(answer) {
                for piece in try completion.take(event.data) { try await emit(piece) }
            }
            try Task.checkCancellation()
            for piece in try completion.finish() { try await emit(piece) }
        }
    }

    /// The shortest chat there is: a server has to load the model for it.
    public func load() async throws(ProviderError) {
        let body: [String: JSONValue] = [
            "model": .string(model), "messages": [["role": "user", "content": "Hi."]], "stream": false,
            dialect.withLock { $0.lengthKey.rawValue }: .int(1),
        ]
        var call = endpoint.call("chat/completions", model: model, body: .object(body), accept: "application/json")
        call.answerTimeout = Self.loadTimeout
        try await client.finish(call, for: name, key: endpoint.key, vendorCode: OpenAIEndpoint.vendorCode)
    }

    private func open(_ request: GenerationRequest) async throws -> HTTPAnswer {
        let known = dialect.withLock { $0 }
        var tried = known
        while true {
            let answer = try await client.send(call(request, tried))
            if (200..<300).contains(answer.status) {
                if tried != known { dialect.withLock { [tried] in $0 = tried } }
                return answer
            }
            let refusal = (try? await answer.bytes(limit: 64 << 10)) ?? []
            // Some servers call it their own failure when they are asked for something that they do not know.
            if [400, 422, 500, 501].contains(answer.status),
                let other = tried.other(after: String(decoding: refusal, as: UTF8.self))
            {
                tried = other
                continue
            }
            throw ProviderError(
                status: answer.status, headers: answer.headers,
                vendorCode: JSONValue(refusal).flatMap(OpenAIEndpoint.vendorCode), hiding: endpoint.key, provider: name)
        }
    }

    private func call(_ request: GenerationRequest, _ dialect: ChatDialect) -> HTTPCall {
        var body = request.chatBody(model: model)
        if dialect.reportsUsage { body["stream_options"] = ["include_usage": true] }
        if dialect.structuresAnswers, let schema = request.form.schema {
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": "answer", "strict": true, "schema": schema],
            ]
        }
        body["temperature"] = request.sampling.temperature.map(JSONValue.double)
        body["top_p"] = request.sampling.topP.map(JSONValue.double)
        body[dialect.lengthKey.rawValue] = request.sampling.maxTokens.map(JSONValue.int)
        return endpoint.call("chat/completions", model: model, body: .object(body), accept: "text/event-stream")
    }
}
