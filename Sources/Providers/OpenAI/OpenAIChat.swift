import Network
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// Chat completions of OpenAI, Azure OpenAI, vLLM and whatever else is compatible, streamed.
public final class OpenAIChat: LanguageModel {
    /// `OpenAI/gpt-4.1-mini`
    public let name: String
    private let model: String
    private let endpoint: OpenAIEndpoint
    private let client: HTTPClient
    /// False once the server has said that it does not know `stream_options`: some that are compatible don't.
    private let reportsUsage = Atomic(true)

    /// The model `model` at `endpoint`; `provider` is how projects call that.
    public init(model: String, endpoint: OpenAIEndpoint, client: HTTPClient, provider: String = "OpenAI") {
        name = "\(provider)/\(model)"
        self.model = model
        self.endpoint = endpoint
        self.client = client
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

    private func open(_ request: GenerationRequest) async throws -> HTTPAnswer {
        let asksForUsage = reportsUsage.load(ordering: .relaxed)
        let answer = try await client.send(call(request, asksForUsage: asksForUsage))
        if (200..<300).contains(answer.status) { return answer }
        let body = (try? await answer.bytes(limit: 64 << 10)) ?? []
        if asksForUsage, answer.status == 400 || answer.status == 422,
            String(decoding: body, as: UTF8.self).contains("stream_options")
        {
            reportsUsage.store(false, ordering: .relaxed)
            return try await client.open(
                call(request, asksForUsage: false), for: name, key: endpoint.key, vendorCode: OpenAIEndpoint.vendorCode)
        }
        throw ProviderError(
            status: answer.status, headers: answer.headers,
            vendorCode: JSONValue(body).flatMap(OpenAIEndpoint.vendorCode), hiding: endpoint.key, provider: name)
    }

    private func call(_ request: GenerationRequest, asksForUsage: Bool) -> HTTPCall {
        var body = request.chatBody(model: model)
        if asksForUsage { body["stream_options"] = ["include_usage": true] }
        return endpoint.call("chat/completions", model: model, body: .object(body), accept: "text/event-stream")
    }
}
