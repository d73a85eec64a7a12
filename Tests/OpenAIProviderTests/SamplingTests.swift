import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

@testable import Vendors

/// How words are chosen: what is asked for, and answers that reach their longest.
struct SamplingTests {
    private func chat(_ rig: Rig, model: String = "gpt-4.1-mini") -> OpenAIChat {
        OpenAIChat(
            model: model, endpoint: OpenAIEndpoint(baseURL: "\(rig.url)/v1", key: Secret("k")), client: rig.client)
    }

    private func azure(_ rig: Rig, model: String = "o4-mini") -> OpenAIChat {
        OpenAIChat(
            model: model, endpoint: OpenAIEndpoint(azureResource: rig.url, key: Secret("k")), client: rig.client,
            provider: "AzureOpenAI")
    }

    private func generate(
        _ model: OpenAIChat, _ sampling: SamplingRequest, continuing written: String = ""
    ) async throws -> [GenerationPiece] {
        var request = LanguageModelConformance.request("Tell me a story.")
        (request.sampling, request.written) = (sampling, written)
        let pieces = Collected<GenerationPiece>()
        try await model.generate(request) { pieces.add($0) }
        return pieces.all
    }

    @Test func onlyWhatIsGivenIsAskedFor() async throws {
        try await ForeignServer.run(answer: { _ in
            ForeignServer.stream(#"data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#)
        }) { server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            _ = try await generate(model, SamplingRequest())
            _ = try await generate(model, SamplingRequest(temperature: 0.25, topP: 0.5, maxTokens: 300))
            let keys = ["temperature", "top_p", "max_tokens", "max_completion_tokens"]
            let asked = server.requests.map { request in keys.map { JSONValue(request.body)?[$0]?.double } }
            #expect(asked == [[nil, nil, nil, nil], [0.25, 0.5, 300, nil]])
        }
    }

    @Test func theLongestAnswerIsAnOrdinaryOne() async throws {
        try await Rig.run(Rule(text: ["One two three four five six."])) { rig in
            for model in [chat(rig), azure(rig, model: "my deployment")] {
                let pieces = try await generate(model, SamplingRequest(temperature: 2, topP: 1, maxTokens: 3))
                #expect(LanguageModelConformance.text(of: pieces) == "One two")
                guard case .usage(let usage) = pieces.last else {
                    Issue.record("no usage")
                    return
                }
                #expect(usage.output == 2)
            }
        }
    }

    /// Where the old name of the longest answer is refused, the new one is used from then on.
    @Test func reasoningModelsAreAskedInTheirOwnWords() async throws {
        try await Rig.run(Rule(text: ["One two three four five six."])) { rig in
            for model in [azure(rig), chat(rig, model: "gpt-5-mini")] {
                let before = rig.events(of: .openAIChat).count { $0 == .refused }
                for _ in 0..<3 {
                    let pieces = try await generate(model, SamplingRequest(maxTokens: 3))
                    #expect(LanguageModelConformance.text(of: pieces) == "One two")
                }
                #expect(rig.events(of: .openAIChat).count { $0 == .refused } == before + 1)
            }
        }
    }

    /// A refusal that only mentions the new name, and goes on, does not change how the server is asked.
    @Test func otherRefusalsTeachNothing() async throws {
        try await ForeignServer.run(answer: { _ in
            .problem(400, code: "bad", message: "max_completion_tokens and stream_options were talked about")
        }) { server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            for _ in 0..<2 {
                let error = await #expect(throws: ProviderError.self) {
                    _ = try await generate(model, SamplingRequest(maxTokens: 3))
                }
                #expect(error?.code == .rejected)
            }
            let asked = server.requests.map { JSONValue($0.body)?["max_tokens"]?.int }
            #expect(asked == [3, 3, nil, 3, 3, nil])
        }
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", ChatDialect.LengthKey.maxCompletionTokens),
        ("https://eu.api.openai.com:443/v1", .maxCompletionTokens), ("http://127.0.0.1:8000/v1", .maxTokens),
        ("https://api.openai.com.example.org/v1", .maxTokens), ("https://me.openai.azure.com/openai/v1", .maxTokens),
    ])
    func onlyOpenAIItselfIsSureToKnowTheNewName(url: String, key: ChatDialect.LengthKey) {
        #expect(ChatDialect(at: OpenAIEndpoint(baseURL: url, key: nil)).lengthKey == key)
    }

    @Test(arguments: [
        SamplingRequest(temperature: 2.5), SamplingRequest(temperature: -1), SamplingRequest(topP: 1.5),
        SamplingRequest(topP: -0.5), SamplingRequest(maxTokens: 0),
    ])
    func theStandInKnowsTheRanges(sampling: SamplingRequest) async throws {
        try await Rig.run { rig in
            let error = await #expect(throws: ProviderError.self) { _ = try await generate(chat(rig), sampling) }
            #expect(error?.code == .rejected, "\(error?.description ?? "-")")
        }
    }

    /// Thoughts may use all tokens up. That is no illness of the server, and another try would not help.
    @Test func noRoomForAWordIsAFailureThatIsNotTriedAgain() async throws {
        try await Rig.run(Rule(text: ["Understandably."])) { rig in
            let error = await #expect(throws: ProviderError.self) {
                _ = try await generate(chat(rig), SamplingRequest(maxTokens: 1))
            }
            #expect(error?.code == .unsupported && error?.message == "max_tokens left no room for an answer")
            // An answer that had begun before is not empty.
            let rest = try await generate(chat(rig), SamplingRequest(maxTokens: 1), continuing: "Well, ")
            #expect(LanguageModelConformance.text(of: rest) == "")
        }
    }

    @Test func aCallThatIsCutShortIsNotMade() async throws {
        let chunk =
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a"}}]},"finish_reason":"length"}]}"#
        var completion = ChatCompletion(provider: "OpenAI/m", key: nil)
        #expect(try completion.take(chunk) == [])
        let error = #expect(throws: ProviderError.self) { try completion.finish() }
        #expect(error?.code == .unsupported)
    }
}
