import Foundation
import JSONText
import Network
import ProjectModel
import ProviderKit
import Synchronization
import Testing

@testable import Tools

@Suite("Tools over HTTP")
struct ToolBoxTests {
    private static let slot = """
        {"type": "object", "properties": {"day": {"type": "string"}, "seats": {"type": "integer"}, "note": {"type": ["string", "null"]},
         "who": {"type": "object"}}, "required": ["day"], "additionalProperties": false}
        """

    @Test func aPostCarriesArgumentsKeyHeadersAndSignature() async throws {
        try await withToolServer { base, server in
            let box = try ToolBox.of(
                [
                    .http(
                        "book", "POST", base + "/days/{day}", parameters: Self.slot,
                        headers: [
                            .init(name: "Authorization", value: "ENV:KEY"), .init(name: "X-Key", value: "plain"),
                        ],
                        signingKey: "SECRET")
                ], environment: ["KEY": "Bearer abc", "SECRET": "swordfish"])
            let outcome = await box.call(
                "book", #"{"seats": 2, "day": "31/1 ", "who": {"b": 1, "a": [true]}}"#, key: "c7:3")
            #expect(outcome == .result("done"))
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1 && request.method == "POST")
            #expect(request.path == "/days/31/1 ", "the server decodes what was one part")
            let body = #"{"seats":2,"who":{"b":1,"a":[true]}}"#
            #expect(String(decoding: request.body, as: UTF8.self) == body)
            #expect(request.headers["authorization"] == "Bearer abc" && request.headers["x-key"] == "plain")
            #expect(request.headers["idempotency-key"] == "c7:3")
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["x-parley-timestamp"] == "1700000000")
            let digest = RequestSignature.hexadecimal(
                of: Array("1700000000.\(body)".utf8), key: Array("swordfish".utf8))
            #expect(request.headers["x-parley-signature"] == "sha256=\(digest)")
        }
    }

    @Test func aGetCarriesArgumentsInItsQuery() async throws {
        try await withToolServer { base, server in
            let box = try ToolBox.of([.http("find", "GET", base + "/find?v=1", parameters: Self.slot)])
            let arguments = #"{"day": "a&b=c", "seats": 2, "note": null, "who": {"a": 1}}"#
            #expect(await box.call("find", arguments) == .result("done"))
            let request = try #require(server.requests.first)
            #expect(request.query == ["v": "1", "day": "a&b=c", "seats": "2", "who": #"{"a":1}"#])
            #expect(request.body.isEmpty && request.headers["content-type"] == nil)
        }
    }

    /// RFC 4231.
    @Test func signatures() {
        let text = RequestSignature.hexadecimal(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(text == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            RequestSignature.hexadecimal(of: [], key: [])
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test(arguments: [
        ("{\"day\": 7}", "day: must be a string"), ("{}", "day: is missing"), ("[1]", "must be a JSON object"),
        ("{\"day\": \"x\"", "no JSON"), ("", "day: is missing"), ("{\"day\": \"..\"}", "steps . and .."),
        ("{\"day\": \"x\", \"dya\": 1}", "dya: is not known"), ("{\"day\": \"\"}", "must not be empty"),
        ("{\"day\": \"" + String(repeating: "x", count: ToolArguments.longest) + "\"}", "more than"),
    ])
    func argumentsThatDoNotFitAreNotSent(arguments: String, message: String) async throws {
        try await withToolServer { base, server in
            let box = try ToolBox.of([.http("book", "POST", base + "/{day}", parameters: Self.slot)])
            let outcome = await box.call("book", arguments)
            #expect(outcome.failure == .invalidArguments && outcome.text.contains(message), "\(outcome)")
            #expect(server.requests.isEmpty)
        }
    }

    @Test func onlyAgentsWithTheToolMayCallIt() async throws {
        try await withToolServer { base, server in
            let client = Tool(name: "show", description: "Shows.", parameters: "{}", source: .client)
            let end = Tool(name: "end_call", description: "Ends.", parameters: "{}", source: .endCall)
            let box = try ToolBox.of([.http("book", "POST", base), client, end])
            #expect(await box.definitions(for: "Ada").map(\.name) == ["book", "show", "end_call"])
            for other in ["Bob", "Eve"] { #expect(await box.definitions(for: other).isEmpty) }
            #expect(await box.call("book", key: "1", agent: "Bob").failure == .unknownTool)
            #expect(await box.call("book", key: "2", agent: "Eve").failure == .unknownTool)
            #expect(await box.call("look", key: "3").failure == .unknownTool)
            #expect(await box.call("show", key: "4").failure == .unknownTool)
            #expect(await box.call("end_call", key: "5").failure == .unknownTool)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func answersBecomeOutcomes() async throws {
        let answers: [String: HTTPResponse] = [
            "/json": .json(Array(#"{"ok": true}"#.utf8)), "/empty": HTTPResponse(status: 204),
            "/missing": .text("no slot of that name", status: 404), "/broken": HTTPResponse(status: 500),
            "/moved": HTTPResponse(status: 302, headers: [(name: "Location", value: "/json")]),
            "/binary": HTTPResponse(
                status: 200, headers: [(name: "Content-Type", value: "image/png")], body: [0x89, 0x50]),
            "/latin": HTTPResponse(
                status: 200, headers: [(name: "Content-Type", value: "text/plain; charset=ISO-8859-1")], body: [0xE9]),
            "/nonsense": HTTPResponse(status: 200, body: [0x61, 0xE9, 0x62]),
            "/untyped": HTTPResponse(status: 200, body: Array("plain".utf8)),
            "/picture-of-an-error": HTTPResponse(
                status: 503, headers: [(name: "Content-Type", value: "image/png")], body: [0x89]),
        ]
        try await withToolServer(answer: { answers[$0.path] ?? .notFound }) { base, server in
            let expected: [(String, ToolOutcome)] = [
                ("/json", .result(#"{"ok": true}"#)), ("/empty", .result(#"{"status":204}"#)),
                ("/untyped", .result("plain")),
                ("/missing", .failed(.refused, "it answered with status 404: no slot of that name")),
                ("/broken", .failed(.refused, "it answered with status 500")),
                ("/picture-of-an-error", .failed(.refused, "it answered with status 503")),
                ("/moved", .failed(.refused, "it answered with a redirect (302), which is not followed")),
                ("/binary", .failed(.unavailable, "it answered with what is no text")),
                ("/latin", .failed(.unavailable, "it answered with what is no text in UTF-8")),
                ("/nonsense", .failed(.unavailable, "it answered with what is no text in UTF-8")),
            ]
            for (path, outcome) in expected {
                let box = try ToolBox.of([.http("t", "POST", base + path)])
                #expect(await box.call("t") == outcome, "\(path)")
            }
            #expect(server.requests.count == expected.count)
        }
    }

    @Test(arguments: [0, 1, 2, 3])
    func aLongAnswerIsCutAndSaysSo(offset: Int) async throws {
        // The bound on bytes falls at each place within a character.
        let text = String(repeating: "x", count: offset) + String(repeating: "😀", count: 200_000)
        try await withToolServer(answer: { .text(text, status: $0.path == "/error" ? 400 : 200) }) { base, _ in
            let box = try ToolBox.of([.http("long", "POST", base + "/long"), .http("error", "POST", base + "/error")])
            let outcome = await box.call("long", key: "1")
            #expect(outcome.failure == nil && outcome.text.count == ToolOutcome.longestResult)
            #expect(outcome.text.hasSuffix("[cut here: the answer is longer]"))
            let error = await box.call("error", key: "2")
            #expect(error.failure == .refused && error.text.count < 1100 && error.text.hasSuffix("longer]"))
        }
        let exact = String(repeating: "é", count: ToolOutcome.longestResult)
        try await withToolServer(answer: { _ in .text(exact) }) { base, _ in
            let box = try ToolBox.of([.http("t", "POST", base)])
            #expect(await box.call("t") == .result(exact))
        }
    }

    @Test func secretsDoNotComeBack() async throws {
        try await withToolServer(answer: {
            .text("I saw \($0.headers["authorization"] ?? "") and swordfish", status: $0.path == "/error" ? 401 : 200)
        }) { base, _ in
            let headers = [HTTPTool.Header(name: "Authorization", value: "ENV:KEY")]
            let tools: [Tool] = [
                .http("echo", "POST", base, headers: headers, signingKey: "SECRET"),
                .http("error", "POST", base + "/error", headers: headers, signingKey: "SECRET"),
            ]
            let box = try ToolBox.of(tools, environment: ["KEY": "Bearer topsecret", "SECRET": "swordfish"])
            for tool in tools {
                let text = await box.call(tool.name, key: tool.name).text
                #expect(text.contains("I saw") && !text.contains("topsecret") && !text.contains("swordfish"), "\(text)")
            }
            let bare = try await ToolBox.of(tools).call("echo")
            #expect(bare == .failed(.unavailable, "this tool is not set up: the server has no variable KEY"))
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost", "127.1", "0x7f.1", "[::ffff:127.0.0.1]"])
    func privateAddressesAreNotAsked(host: String) async throws {
        try await withToolServer { base, server in
            let port = base.split(separator: ":").last ?? ""
            let box = try ToolBox.of([.http("t", "POST", "http://\(host):\(port)/", allowsPrivate: false)])
            #expect(await box.call("t").failure == .forbidden)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aToolThatDoesNotAnswerInTimeIsLeft() async throws {
        try await withToolServer { base, server in
            let box = try ToolBox.of([.http("t", "POST", base + "/gated", timeout: .milliseconds(300))])
            #expect(await box.call("t").failure == .timedOut)
        }
    }

    @Test func cancellingEndsTheWait() async throws {
        try await withToolServer { base, server in
            let box = try ToolBox.of([.http("t", "POST", base + "/gated")])
            await withTaskGroup(of: ToolOutcome.self) { group in
                group.addTask { await box.call("t") }
                _ = await server.next()
                group.cancelAll()
                #expect(await group.next()?.failure == .cancelled)
            }
            #expect(await box.call("t").failure == .cancelled, "and it is not done again")
            #expect(server.requests.count == 1)
        }
    }

    @Test func whatCannotBeReachedIsTriedTwice() async throws {
        let template = try URLTemplate("http://127.0.0.1:1/")
        let arguments = try ToolArguments("{}", schema: JSONSchema(.object([])))
        var request = try HTTPToolRequest(
            HTTPTool(method: "POST", url: "http://127.0.0.1:1/"), at: template, arguments: arguments, key: "k",
            timeout: .seconds(20), environment: [:], seconds: 0)
        let attempts = Mutex(0)
        request.call.mayConnect = { _ in
            attempts.withLock { $0 += 1 }
            return true
        }
        let outcome = await HTTPToolRunner(client: try HTTPClient()).run(request, timeout: .seconds(20))
        #expect(outcome == .failed(.unavailable, "it cannot be reached; nothing was sent"))
        #expect(attempts.withLock { $0 } == 2)
    }
}
