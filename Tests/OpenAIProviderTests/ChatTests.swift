import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import Telemetry
import Testing
import Vendors

struct ChatTests {
    private static let canary = "sk-canary-7c1d"

    private func chat(_ rig: Rig, model: String = "gpt-4.1-mini", key: String = canary) -> OpenAIChat {
        OpenAIChat(
            model: model, endpoint: OpenAIEndpoint(baseURL: "\(rig.url)/v1", key: Secret(key)), client: rig.client)
    }

    private func azure(_ rig: Rig, key: String = canary) -> OpenAIChat {
        OpenAIChat(
            model: "my deployment", endpoint: OpenAIEndpoint(azureResource: rig.url, key: Secret(key)),
            client: rig.client, provider: "AzureOpenAI")
    }

    @Test func keepsToWhatLanguageModelsDo() async throws {
        try await Rig.run(Rule(text: ["One two three four five six."])) { rig in
            try await LanguageModelConformance.check(chat(rig))
            try await LanguageModelConformance.check(azure(rig))
        }
    }

    @Test func streamsTextAndCountsTokens() async throws {
        try await Rig.run { rig in
            for model in [chat(rig), azure(rig)] {
                let pieces = try await LanguageModelConformance.generate(model, "Grüße, \"Welt\" 😀\n!")
                #expect(LanguageModelConformance.text(of: pieces) == "You said: Grüße, \"Welt\" 😀\n!")
                #expect(pieces.count > 3)
                guard case .usage(let usage) = pieces.last else {
                    Issue.record("no usage")
                    return
                }
                #expect(usage.input > 10 && usage.output > 3)
            }
            #expect(chat(rig).name == "OpenAI/gpt-4.1-mini" && azure(rig).name == "AzureOpenAI/my deployment")
        }
    }

    @Test func callsOfToolsComeWhole() async throws {
        let script = """
            {"content": "One moment.", "tool_calls": [{"name": "rate", "arguments": {"pair": "EUR/USD", "at": [1, 2.5, null]}},
             {"name": "stop", "arguments": {}}]}
            """
        let tools = [
            ToolDefinition(name: "rate", description: "A rate.", parameters: #"{"type": "object", "properties": {}}"#),
            ToolDefinition(name: "stop", description: "", parameters: #"{"type": "object"}"#),
        ]
        try await Rig.run(Rule(text: [script])) { rig in
            let pieces = try await LanguageModelConformance.generate(chat(rig), tools: tools)
            let calls = pieces.compactMap { piece -> ToolCall? in
                if case .toolCall(let call) = piece { call } else { nil }
            }
            #expect(LanguageModelConformance.text(of: pieces) == "One moment.")
            #expect(calls.map(\.name) == ["rate", "stop"])
            #expect(calls.map(\.arguments) == [#"{"at":[1,2.5,null],"pair":"EUR/USD"}"#, "{}"])
            #expect(Set(calls.map(\.id)).count == 2)
        }
    }

    @Test(arguments: [
        (Fault.status(401), ProviderError.Code.rejected, "HTTP 401 (invalid_api_key)"),
        (.status(404), .rejected, "HTTP 404 (model_not_found)"),
        (.status(429, retryAfter: 7), .rateLimited, "HTTP 429 (rate_limit_exceeded)"),
        (.status(500), .unavailable, "HTTP 500 (server_error)"),
        (.status(503), .unavailable, "HTTP 503 (server_error)"),
        (.cut(after: 0), .unavailable, "the connection broke off"),
        (.cut(after: 2), .unavailable, "the connection broke off"),
        (.malformed(after: 0), .protocolViolation, "a chunk of the answer cannot be read"),
        (.malformed(after: 3), .protocolViolation, "a chunk of the answer cannot be read"),
        (.silent, .unavailable, "the answer was empty"),
    ])
    func everyFaultIsAnErrorOfItsKind(fault: Fault, code: ProviderError.Code, message: String) async throws {
        try await Rig.run(Rule(text: ["One two three four five."], fault: fault)) { rig in
            let pieces = Collected<GenerationPiece>()
            let error = await #expect(throws: ProviderError.self) {
                try await chat(rig).generate(LanguageModelConformance.request("A secret word")) { pieces.add($0) }
            }
            #expect(error?.code == code && error?.message == message, "\(error?.description ?? "-")")
            #expect(error?.retryAfter == (code == .rateLimited ? .seconds(7) : nil))
            switch fault {
            case .cut(let after), .malformed(let after): #expect(pieces.count == after)
            default: #expect(pieces.count == 0)
            }
            #expect(!"\(error.map(String.init(reflecting:)) ?? "")".contains("canary"))
        }
    }

    /// A stalled answer ends when it is cancelled, here and at the other side.
    @Test func aStallEndsWithCancellation() async throws {
        try await Rig.run(Rule(text: ["One two three."], fault: .stall(after: 1))) { rig in
            let began = Gate()
            let model = chat(rig)
            let writing = Task {
                try await model.generate(LanguageModelConformance.request("Hello.")) { _ in began.open() }
            }
            await began.pass()
            writing.cancel()
            let result = await writing.result
            #expect(throws: CancellationError.self) { try result.get() }
            while !rig.events(of: .openAIChat).contains(.cancelled) { await Task.yield() }
        }
    }

    @Test func wrongKeysAndUnknownModelsAreRejected() async throws {
        try await Rig.run { rig in
            for (model, message) in [
                (chat(rig, key: "wrong-key"), "HTTP 401 (invalid_api_key)"),
                (azure(rig, key: "wrong-key"), "HTTP 401 (401)"),
                (chat(rig, model: "no-such-model"), "HTTP 404 (model_not_found)"),
            ] {
                let error = await #expect(throws: ProviderError.self) {
                    try await LanguageModelConformance.generate(model)
                }
                #expect(error?.message == message && error?.code == .rejected)
            }
        }
    }

    @Test func nobodyThereIsUnavailable() async throws {
        let client = try HTTPClient()
        let model = OpenAIChat(
            model: "m", endpoint: OpenAIEndpoint(baseURL: "http://127.0.0.1:1/v1", key: nil), client: client)
        let error = await #expect(throws: ProviderError.self) { try await LanguageModelConformance.generate(model) }
        #expect(error?.code == .unavailable)
        await client.shutDown()
    }
}
