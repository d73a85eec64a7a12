import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing
import Vendors

struct OllamaChatTests {
    private func chat(_ rig: Rig, model: String = "llama3.2", key: String? = "canary-ollama") -> OllamaChat {
        var settings = OllamaSettings()
        (settings.baseURL, settings.key) = (rig.url, key.map { Secret($0) })
        return OllamaChat(model: model, settings: settings, client: rig.client)
    }

    private func chat(at url: String, _ client: HTTPClient) -> OllamaChat {
        var settings = OllamaSettings()
        settings.baseURL = url
        return OllamaChat(model: "m", settings: settings, client: client)
    }

    @Test func keepsToWhatLanguageModelsDo() async throws {
        try await Rig.run(Rule(text: ["One two three four five six."])) { rig in
            try await LanguageModelConformance.check(chat(rig))
        }
    }

    @Test func streamsTextAndCountsTokens() async throws {
        try await Rig.run { rig in
            let pieces = try await LanguageModelConformance.generate(chat(rig, key: nil), "Grüße, \"Welt\" 😀")
            #expect(LanguageModelConformance.text(of: pieces) == "You said: Grüße, \"Welt\" 😀")
            guard case .usage(let usage) = pieces.last else {
                Issue.record("no usage")
                return
            }
            #expect(usage.input > 3 && usage.output > 3)
        }
    }

    @Test func callsOfToolsComeWhole() async throws {
        let script = #"{"tool_calls": [{"name": "rate", "arguments": {"pair": "EUR", "n": 3}}, {"name": "stop"}]}"#
        try await Rig.run(Rule(text: [script])) { rig in
            let tool = ToolDefinition(name: "rate", description: "A rate.", parameters: #"{"type": "object"}"#)
            let pieces = try await LanguageModelConformance.generate(chat(rig), tools: [tool])
            #expect(
                Array(pieces.prefix(2)) == [
                    .toolCall(ToolCall(id: "call_0", name: "rate", arguments: #"{"n":3,"pair":"EUR"}"#)),
                    .toolCall(ToolCall(id: "call_1", name: "stop", arguments: "{}")),
                ])
        }
    }

    private func generate(_ model: OllamaChat, _ sampling: SamplingRequest) async throws -> [GenerationPiece] {
        var request = LanguageModelConformance.request("Tell me a story.")
        request.sampling = sampling
        let pieces = Collected<GenerationPiece>()
        try await model.generate(request) { pieces.add($0) }
        return pieces.all
    }

    @Test func onlyOptionsThatAreGivenAreAskedFor() async throws {
        try await ForeignServer.run(answer: { _ in
            ForeignServer.stream(#"{"message":{"content":"a"},"done":true}"#, type: "application/x-ndjson")
        }) { server, url, client in
            let model = chat(at: url, client)
            for sampling in [
                SamplingRequest(), SamplingRequest(temperature: 0.25, topP: 0.5, maxTokens: 300),
                SamplingRequest(temperature: 0),
            ] { _ = try await generate(model, sampling) }
            #expect(
                server.requests.map { JSONValue($0.body)?["options"] } == [
                    nil, ["temperature": .double(0.25), "top_p": .double(0.5), "num_predict": 300],
                    ["temperature": 0],
                ])
        }
    }

    private func choice(_ model: OllamaChat) async throws -> String {
        var request = LanguageModelConformance.request("Who?")
        request.form = .choice(of: ["Stock", "Bond"])
        let pieces = Collected<GenerationPiece>()
        try await model.generate(request) { pieces.add($0) }
        return LanguageModelConformance.text(of: pieces.all)
    }

    @Test func aChoiceIsAskedForAsASchema() async throws {
        try await Rig.run(Rule(text: ["I would say Bond."])) { rig in
            let said = try await choice(chat(rig))
            #expect(said == #"{"agent":"Bond"}"#)
        }
    }

    /// Servers before 0.5 know `json` only.
    @Test func anOldServerIsAskedInWordsFromThenOn() async throws {
        try await ForeignServer.run(answer: { request in
            if JSONValue(request.body)?["format"] == nil {
                return ForeignServer.stream(
                    #"{"message":{"content":"Bond"},"done":true}"#, type: "application/x-ndjson")
            }
            let refusal = "json: cannot unmarshal object into Go struct field ChatRequest.format of type string"
            return HTTPResponse.json(JSONValue.object(["error": .string(refusal)]).bytes, status: 400)
        }) { server, url, client in
            let model = chat(at: url, client)
            for _ in 0..<3 {
                let said = try await choice(model)
                #expect(said == "Bond")
            }
            let asked = server.requests.map { JSONValue($0.body)?["format"]?["properties"]?["agent"]?["enum"] }
            #expect(asked == [["Stock", "Bond"], nil, nil, nil])
        }
    }

    @Test func aRequestThatIsRefusedEitherWayTeachesNothing() async throws {
        try await ForeignServer.run(answer: { _ in HTTPResponse.json(Array("{}".utf8), status: 400) }) {
            server, url, client in
            let model = chat(at: url, client)
            for _ in 0..<2 { await #expect(throws: ProviderError.self) { try await choice(model) } }
            #expect(server.requests.map { JSONValue($0.body)?["format"] != nil } == [true, false, true, false])
        }
    }

    @Test func theLongestAnswerIsAnOrdinaryOne() async throws {
        try await Rig.run(Rule(text: ["One two three four five six."])) { rig in
            let pieces = try await generate(chat(rig), SamplingRequest(temperature: 2, topP: 1, maxTokens: 3))
            #expect(LanguageModelConformance.text(of: pieces) == "One two")
            guard case .usage(let usage) = pieces.last else {
                Issue.record("no usage")
                return
            }
            #expect(usage.output == 2)
        }
    }

    @Test(arguments: [
        (Fault.status(401), ProviderError.Code.rejected, "HTTP 401"),
        (.status(404), .rejected, "HTTP 404 (the server does not have this model)"),
        (.status(429, retryAfter: 7), .rateLimited, "HTTP 429"), (.status(503), .unavailable, "HTTP 503"),
        (.cut(after: 0), .unavailable, "the connection broke off"),
        (.cut(after: 2), .unavailable, "the connection broke off"),
        (.malformed(after: 1), .protocolViolation, "a line of the answer cannot be read"),
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
            #expect(error?.description.contains("canary") == false)
            if case .cut(let after) = fault { #expect(pieces.count == after) }
        }
    }

    @Test func anUnknownModelAndAWrongKeyAreRejected() async throws {
        try await Rig.run { rig in
            for model in [chat(rig, model: "no-such-model"), chat(rig, key: "wrong-key")] {
                let error = await #expect(throws: ProviderError.self) {
                    try await LanguageModelConformance.generate(model)
                }
                #expect(error?.code == .rejected)
            }
        }
    }

    /// However the lines were cut on their way, the pieces are the same; lines of Windows and a last one without an end too.
    @Test(arguments: [1, 2, 3, 5, 8, 64, 100_000])
    func cutsChangeNothing(width: Int) async throws {
        let lines = [
            #"{"message":{"role":"assistant","content":"Grüß"},"done":false}"#, "",
            #"{"message":{"content":" dich 😀\n","tool_calls":[{"function":{"name":"f","arguments":{"ä":"é"}}}]}}"#,
            #"{"message":{"content":""},"done":true,"prompt_eval_count":3,"eval_count":4}"#,
        ]
        for text in [lines.joined(separator: "\n"), lines.joined(separator: "\r\n") + "\r\n"] {
            let answer = text
            try await ForeignServer.run(answer: { _ in
                ForeignServer.stream(answer, type: "application/x-ndjson", width: width)
            }) { _, url, client in
                let model = chat(at: url, client)
                let pieces = try await LanguageModelConformance.generate(model)
                #expect(
                    pieces == [
                        .text("Grüß"), .text(" dich 😀\n"),
                        .toolCall(ToolCall(id: "call_0", name: "f", arguments: #"{"ä":"é"}"#)),
                        .usage(TokenUsage(input: 3, output: 4)),
                    ])
            }
        }
    }
}
