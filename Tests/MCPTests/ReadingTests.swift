import Network
import ProjectModel
import ProviderKit
import ProviderTransport
import Testing

@testable import MCP

@Suite("What servers answer")
struct ReadingTests {
    static let results: [(result: JSONValue, outcome: ToolOutcome)] = [
        (["content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]], .result("a\nb")),
        (["content": []], .result("")),
        (["content": [], "structuredContent": ["b": 1, "a": nil]], .result(#"{"a":null,"b":1}"#)),
        (["structuredContent": [1, 2]], .result("[1,2]")),
        (["content": [["type": "text", "text": "told"]], "structuredContent": ["n": 1]], .result("told")),
        (
            ["content": [["type": "image", "mimeType": "image/png", "data": "AAAA"]], "structuredContent": ["n": 1]],
            .result(#"{"n":1}"#)
        ),
        (
            [
                "content": [
                    ["type": "text", "text": "See:"], ["type": "image", "mimeType": "image/png", "data": "AAAA"],
                ]
            ],
            .result("See:\n[an image (image/png)]")
        ),
        (["content": [["type": "audio", "data": "AAAA"]]], .result("[a sound]")),
        (["content": [["type": "resource_link", "uri": "file:///a", "name": "A"]]], .result("[a link: A]")),
        (["content": [["type": "resource", "resource": ["uri": "x:1", "text": "words"]]]], .result("words")),
        (["content": [["type": "resource", "resource": ["uri": "x:1", "blob": "AAAA"]]]], .result("[a file: x:1]")),
        (["content": [["type": "hologram"]]], .result("[something that is not text]")),
        (["content": [["type": "text", "text": "closed"]], "isError": true], .failed(.refused, "closed")),
        (["content": [], "isError": true], .failed(.refused, "The tool failed and did not say why.")),
        ([:], .failed(.unavailable, "The tool's server answered with what cannot be read.")),
        (17, .failed(.unavailable, "The tool's server answered with what cannot be read.")),
        (["content": "text"], .failed(.unavailable, "The tool's server answered with what cannot be read.")),
        (
            ["resultType": "input_required", "inputRequests": [:]],
            .failed(.refused, "The tool wants something that only a person at a screen can give.")
        ),
    ]

    @Test("becomes what the model is told", arguments: results)
    func result(_ row: (result: JSONValue, outcome: ToolOutcome)) {
        #expect(CallResult.outcome(row.result) == row.outcome)
    }

    @Test("is cut at 16,000 characters, and says so")
    func cut() {
        let longest = String(repeating: "ä", count: ToolOutcome.longestResult)
        #expect(CallResult.cut(longest) == longest)
        let cut = CallResult.cut(longest + "b")
        #expect(cut.count == ToolOutcome.longestResult)
        #expect(cut.hasSuffix("ä\n[The rest was cut.]"))
        guard case .failed(.refused, let message) = CallResult.outcome(RPCError(code: 1, message: longest + "b")) else {
            Issue.record("not refused")
            return
        }
        #expect(message.count == ToolOutcome.longestResult)
    }

    @Test("agrees on a version", arguments: ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
    func version(_ version: String) throws {
        let agreement = try Agreement(answer: ["protocolVersion": .string(version), "capabilities": [:]])
        #expect(agreement == .session(version: version))
        #expect(agreement.completed(["a": 1]) == ["a": 1])
    }

    @Test(
        "is refused in a version that nobody knows",
        arguments: [
            ["protocolVersion": "1999-01-01"], ["protocolVersion": 3], [:], "text",
        ] as [JSONValue])
    func unknownVersion(_ answer: JSONValue) {
        #expect(throws: MCPFailure.self) { _ = try Agreement(answer: answer) }
    }

    @Test(
        "shows whether the server knows sessions",
        arguments: [
            (RPCError(code: -32022, message: "", data: ["supported": ["2026-07-28"]]), true),
            (RPCError(code: -32022, message: "", data: nil), true),
            (RPCError(code: -32022, message: "", data: ["supported": ["2025-06-18"]]), false),
            (RPCError(code: -32601, message: "", data: nil), true),
            (RPCError(code: -32603, message: "", data: nil), false),
            (RPCError(code: -32000, message: "", data: nil), false),
        ])
    func era(_ error: RPCError, _ isStateless: Bool) { #expect(Agreement.isStateless(error) == isStateless) }

    @Test("without sessions wants the version and the client in each request")
    func stateless() {
        let params = Agreement.stateless(version: "v").completed(["_meta": ["idempotencyKey": "k"], "name": "n"])
        #expect(params["name"] == "n")
        #expect(params["_meta"]?["idempotencyKey"] == "k")
        #expect(params["_meta"]?["io.modelcontextprotocol/protocolVersion"] == "v")
        #expect(params["_meta"]?["io.modelcontextprotocol/clientInfo"]?["name"] == "parley")
    }

    @Test("is waited for longer after each failure, at most a minute")
    func backoff() {
        var backoff = Backoff()
        #expect(backoff.isOver(at: .zero))
        var now = Duration.seconds(100)
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            backoff.failed(at: now)
            #expect(!backoff.isOver(at: now + .seconds(seconds) - .milliseconds(1)))
            now += .seconds(seconds)
            #expect(backoff.isOver(at: now))
        }
        backoff.succeeded()
        backoff.failed(at: now)
        #expect(backoff.isOver(at: now + .seconds(1)))
    }

    @Test(
        "about where messages go is followed on the same server only",
        arguments: [
            ("/messages?session=1", "https://a.example:8443/messages?session=1"),
            ("messages", "https://a.example:8443/x/messages"),
            ("https://a.example:8443/m", "https://a.example:8443/m"),
            ("https://b.example:8443/m", nil), ("https://a.example/m", nil), ("http://a.example:8443/m", nil),
            ("//b.example/m", nil),
        ] as [(String, String?)])
    func endpoint(_ reference: String, _ resolved: String?) async throws {
        let client = try HTTPClient()
        let address = try Address(url: "https://a.example:8443/x/sse", headers: [], client: client)
        #expect(address.resolved(reference) == resolved)
        await client.shutDown()
    }

    @Test("goes to a program with the common variables and its own")
    func environment() {
        let ours = ["PATH": "/bin", "HOME": "/h", "OPENAI_API_KEY": "secret"]
        let theirs = Stdio.environment(from: ours, extra: [(name: "TOKEN", value: "t")])
        #expect(theirs == ["PATH": "/bin", "HOME": "/h", "TOKEN": "t"])
    }

    @Test("to a header's variable is its value, or the variable's name")
    func headers() throws {
        let environment = ["KEY": "k", "EMPTY": ""]
        #expect(try HTTPTool.Header(name: "A", value: "ENV:KEY").value(in: environment) == "k")
        #expect(try HTTPTool.Header(name: "A", value: "plain").value(in: environment) == "plain")
        for variable in ["EMPTY", "NONE"] {
            #expect(throws: MCPFailure.unreachable("the environment variable \(variable) is not set")) {
                _ = try HTTPTool.Header(name: "A", value: "ENV:\(variable)").value(in: environment)
            }
        }
    }
}
