import Doubles
import DoublesRig
import Network
import ProviderConformance
import ProviderKit
import ProviderTransport
import Telemetry
import Testing

@testable import Vendors

/// Choices and verdicts, asked for as values.
struct AnswerFormTests {
    private static let choice = AnswerForm.choice(of: ["Stock", "Stock Planner", "Stock"])

    private func generate(_ model: some LanguageModel, _ form: AnswerForm) async throws -> String {
        var request = LanguageModelConformance.request("Who?")
        request.form = form
        let pieces = Collected<GenerationPiece>()
        try await model.generate(request) { pieces.add($0) }
        return LanguageModelConformance.text(of: pieces.all)
    }

    private static func said(_ text: String) -> HTTPResponse {
        ForeignServer.stream(
            "data: {\"choices\":[{\"delta\":{\"content\":\"\(text)\"},\"finish_reason\":\"stop\"}]}\n\n")
    }

    @Test func theFormIsAStrictSchema() async throws {
        try await ForeignServer.run(answer: { _ in Self.said("a") }) { server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            for form in [.text, Self.choice, .verdict(), .choice(of: []), .choice(of: (0..<251).map { "\($0)" })] {
                _ = try await generate(model, form)
            }
            let asked = server.requests.map { JSONValue($0.body)?["response_format"] }
            func format(_ key: String, _ value: JSONValue) -> JSONValue {
                [
                    "type": "json_schema",
                    "json_schema": [
                        "name": "answer", "strict": true,
                        "schema": [
                            "type": "object", "properties": [key: value], "required": [.string(key)],
                            "additionalProperties": false,
                        ],
                    ],
                ]
            }
            #expect(
                asked == [
                    nil, format("agent", ["type": "string", "enum": ["Stock", "Stock Planner"]]),
                    format("holds", ["type": "boolean"]), nil, nil,
                ])
        }
    }

    @Test func teamsAreAskedForAStrictSchema() {
        let step = AnswerForm.step(of: ["Ada", "Bob", "none"]).schema
        #expect(step?["properties"]?["agent"]?["enum"] == ["Ada", "Bob", "none"])
        #expect(step?["required"] == ["agent", "task"] && step?["additionalProperties"] == false)
        let score = AnswerForm.score(from: 0, through: 3).schema
        #expect(score?["properties"]?["score"] == ["type": "integer", "enum": [0, 1, 2, 3]])
        #expect(score?["required"] == ["reason", "score"])
        #expect(AnswerForm.step(of: []).schema == nil && AnswerForm.score(from: 3, through: 2).schema == nil)
    }

    @Test(arguments: [
        (400, "response_format type must be one of \\\"text\\\" or \\\"json_object\\\", but got: json_schema"),
        (400, "This response format is unavailable now"), (422, "unknown variant `json_schema`"),
        (500, "Unsupported: Structured Outputs"), (501, "response_format is not implemented"),
    ])
    func aServerWithoutItIsAskedInWordsFromThenOn(status: Int, refusal: String) async throws {
        try await ForeignServer.run(answer: { request in
            if JSONValue(request.body)?["response_format"] == nil { return Self.said("Stock") }
            return HTTPResponse.json(Array("{\"error\": {\"message\": \"\(refusal)\"}}".utf8), status: status)
        }) { server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            for _ in 0..<3 {
                let said = try await generate(model, Self.choice)
                #expect(said == "Stock")
            }
            let asked = server.requests.map { JSONValue($0.body)?["response_format"] != nil }
            #expect(asked == [true, false, false, false])
        }
    }

    @Test func anyOtherRefusalStands() async throws {
        try await ForeignServer.run(answer: { _ in HTTPResponse.json(Array("{}".utf8), status: 400) }) {
            server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            await #expect(throws: ProviderError.self) { try await generate(model, Self.choice) }
            #expect(server.requests.count == 1)
        }
    }

    /// A server may know neither of the things that are tried.
    @Test func twoRefusalsAreTwoLessons() async throws {
        try await ForeignServer.run(answer: { request in
            for key in ["stream_options", "response_format"] where JSONValue(request.body)?[key] != nil {
                return HTTPResponse.json(Array("{\"error\": \"unknown field \(key)\"}".utf8), status: 400)
            }
            return Self.said("yes")
        }) { server, url, client in
            let model = OpenAIChat(model: "m", endpoint: OpenAIEndpoint(baseURL: url, key: nil), client: client)
            for _ in 0..<2 {
                let said = try await generate(model, .verdict())
                #expect(said == "yes")
            }
            #expect(server.requests.count == 4)
        }
    }

    @Test(arguments: [
        (
            "The Stock Planner should.", AnswerForm.choice(of: ["Stock", "Stock Planner"]),
            #"{"agent":"Stock Planner"}"#
        ),
        ("Nobody knows.", .choice(of: ["Stock", "Bond"]), #"{"agent":"Stock"}"#),
        ("Yes, it does.", .verdict(), #"{"holds":true}"#), ("no", .verdict(), #"{"holds":false}"#),
        (#"{"agent": "Bond"}"#, .choice(of: ["Stock", "Bond"]), #"{"agent": "Bond"}"#),
        ("Free.", .text, "Free."),
    ])
    func theStandInKeepsToTheSchema(text: String, form: AnswerForm, answer: String) async throws {
        try await Rig.run(Rule(text: [text])) { rig in
            let endpoints = [
                OpenAIEndpoint(baseURL: "\(rig.url)/v1", key: Secret("k")),
                OpenAIEndpoint(azureResource: rig.url, key: Secret("k")),
            ]
            for endpoint in endpoints {
                let model = OpenAIChat(model: "m", endpoint: endpoint, client: rig.client)
                let said = try await generate(model, form)
                #expect(said == answer)
            }
        }
    }
}
