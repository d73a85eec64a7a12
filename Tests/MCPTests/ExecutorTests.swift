import MCP
import Network
import ProjectModel
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite("The client of MCP", .timeLimit(.minutes(1)))
struct ExecutorTests {
    @Test("agrees on a version, lists, and calls, with the session's headers")
    func walk() async throws {
        try await ScriptedServer.run(ScriptedServer.desk()) { server, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            #expect(await executor.names() == ["add"])
            #expect(await executor.ask("add", #"{"a":1}"#) == .result("done"))
            await executor.close()

            let posts = server.seen.filter { $0.http.method == "POST" }
            #expect(posts.map(\.method) == ["initialize", "notifications/initialized", "tools/list", "tools/call"])
            #expect(posts[0].http.headers["mcp-session-id"] == nil)
            #expect(posts[0].message?["params"]?["protocolVersion"] == "2025-06-18")
            for post in posts.dropFirst() {
                #expect(post.http.headers["mcp-session-id"] == "s-1")
                #expect(post.http.headers["mcp-protocol-version"] == "2025-06-18")
            }
            #expect(posts.allSatisfy { $0.http.headers["accept"] == "application/json, text/event-stream" })
            #expect(posts[3].message?["params"]?["arguments"] == ["a": 1])
            #expect(posts[3].message?["params"]?["_meta"]?["idempotencyKey"] == "c-1")
            #expect(server.seen.contains { $0.http.method == "DELETE" })
        }
    }

    @Test("reads a stream, and answers what the server asks on it")
    func stream() async throws {
        let script = ScriptedServer.desk { seen in
            let id = seen.message?["id"] ?? nil
            return ScriptedServer.events([
                ["jsonrpc": "2.0", "method": "notifications/progress", "params": ["progress": 1]],
                ["jsonrpc": "2.0", "id": "p", "method": "ping"],
                ["jsonrpc": "2.0", "id": "s", "method": "sampling/createMessage", "params": [:]],
                ["jsonrpc": "2.0", "id": 99, "result": ScriptedServer.content("somebody else's")],
                ["jsonrpc": "2.0", "id": id, "result": ScriptedServer.content("streamed")],
            ])
        }
        try await ScriptedServer.run(script) { server, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            #expect(await executor.ask("add") == .result("streamed"))
            let replies = server.seen.compactMap(\.message).filter { $0["id"]?.string != nil }
            #expect(replies.map { $0["result"] } == [[:], nil])
            #expect(replies.map { $0["error"]?["code"] } == [nil, -32601])
        }
    }

    @Test("begins a new session when the server has ended it, and calls once more", arguments: [404, 400])
    func sessionOver(_ status: Int) async throws {
        let calls = Mutex(0)
        let script = ScriptedServer.desk { seen in
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            guard number == 1 else { return ScriptedServer.said("again", to: seen) }
            return ScriptedServer.error(-32000, "Bad Request: no valid session", to: seen, status: status)
        }
        try await ScriptedServer.run(script) { server, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            #expect(await executor.ask("add") == .result("again"))
            #expect(server.methods("initialize").count == 2)
            #expect(server.methods("tools/call").count == 2)
        }
    }

    @Test("does not call twice when the answer cannot be read")
    func once() async throws {
        let script = ScriptedServer.desk { _ in HTTPResponse(status: 500) }
        try await ScriptedServer.run(script) { server, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            #expect(
                await executor.ask("add")
                    == .failed(.unavailable, "The tool's server desk: it answered with HTTP status 500."))
            #expect(server.methods("tools/call").count == 1)
        }
    }

    @Test("lists anew after a change, and after five minutes, and not before")
    func listing() async throws {
        let script = ScriptedServer.desk { seen in
            ScriptedServer.events([
                ["jsonrpc": "2.0", "method": "notifications/tools/list_changed"],
                ["jsonrpc": "2.0", "id": seen.message?["id"] ?? nil, "result": ScriptedServer.content("changed")],
            ])
        }
        let clock = ManualClock()
        try await ScriptedServer.run(script) { server, url, client in
            let executor = MCPExecutor([desk(url)], client: client, clock: ChainClock(clock))
            for _ in 0..<3 { #expect(await executor.names() == ["add"]) }
            #expect(server.methods("tools/list").count == 1)
            #expect(await executor.ask("add") == .result("changed"))
            #expect(await executor.names() == ["add"])
            #expect(server.methods("tools/list").count == 2)
            clock.advance(by: .seconds(299))
            #expect(await executor.names() == ["add"])
            #expect(server.methods("tools/list").count == 2)
            clock.advance(by: .seconds(1))
            #expect(await executor.names() == ["add"])
            #expect(server.methods("tools/list").count == 3)
            #expect(server.methods("initialize").count == 1)
        }
    }

    @Test("leaves a server alone that fails, and asks it again later; others are not held up")
    func backoff() async throws {
        let isDown = Mutex(true)
        let up = ScriptedServer.desk()
        let clock = ManualClock()
        try await ScriptedServer.run({ seen in
            isDown.withLock { $0 } ? HTTPResponse(status: 503) : await up(seen)
        }) { server, url, client in
            try await ScriptedServer.run(ScriptedServer.desk(tools: ["other"])) { _, otherURL, otherClient in
                let servers = [desk(url), desk(otherURL, name: "other")]
                let executor = MCPExecutor(servers, client: otherClient, clock: ChainClock(clock))
                #expect(await executor.names() == ["other"])
                isDown.withLock { $0 = false }
                #expect(await executor.names() == ["other"])
                #expect(server.seen.count == 1)
                clock.advance(by: .seconds(1))
                #expect(await executor.names() == ["add", "other"])
            }
        }
    }

    @Test("takes a call back that lasts too long")
    func timeout() async throws {
        let clock = ManualClock()
        try await ScriptedServer.run(ScriptedServer.desk { _ in await ScriptedServer.silence() }) {
            server, url, client in
            let executor = MCPExecutor([desk(url)], client: client, clock: ChainClock(clock))
            async let outcome = executor.ask("add")
            let call = await server.arrival(of: "tools/call")
            clock.advance(by: .seconds(30))
            #expect(await outcome == .failed(.timedOut, "The tool did not answer in time."))
            let notice = await server.arrival(of: "notifications/cancelled")
            #expect(notice?.message?["params"]?["requestId"] == call?.message?["id"])
        }
    }

    @Test("takes a call back whose task is cancelled")
    func cancellation() async throws {
        try await ScriptedServer.run(ScriptedServer.desk { _ in await ScriptedServer.silence() }) {
            server, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            let outcome = await withTaskGroup(of: ToolOutcome?.self) { group in
                group.addTask { await executor.ask("add") }
                let call = await server.arrival(of: "tools/call")
                group.cancelAll()
                let notice = await server.arrival(of: "notifications/cancelled")
                #expect(notice?.message?["params"]?["requestId"] == call?.message?["id"])
                return await group.next() ?? nil
            }
            #expect(outcome == .failed(.cancelled, "The call was taken back."))
        }
    }

    @Test("asks no private address unless the project allows it")
    func guarded() async throws {
        try await ScriptedServer.run(ScriptedServer.desk()) { server, url, client in
            let asked = Mutex<[[UInt8]]>([])
            let executor = MCPExecutor(
                servers: [desk(url, isPrivate: false)], access: ["A": ["desk"]], environment: [:], client: client,
                log: .none,
                mayConnect: { address in
                    asked.withLock { $0.append(address) }
                    return false
                })
            #expect(await executor.names().isEmpty)
            #expect(Set(asked.withLock { $0 }) == [[127, 0, 0, 1]])
            #expect(server.seen.isEmpty)
        }
    }

    @Test("sends headers from the environment, and shows them nowhere")
    func secrets() async throws {
        let script = ScriptedServer.desk { seen in
            ScriptedServer.error(-1, "bad key: \(seen.http.headers["authorization"] ?? "")", to: seen)
        }
        try await ScriptedServer.run(script) { server, url, client in
            let lines = Mutex("")
            let log = Log(format: .text) { line in lines.withLock { $0 += line } }
            let headers = [HTTPTool.Header(name: "Authorization", value: "ENV:DESK_KEY")]
            let executor = MCPExecutor(
                [desk(url, headers: headers)], client: client, environment: ["DESK_KEY": "Bearer very-secret"], log: log
            )
            #expect(await executor.ask("add") == .failed(.refused, "bad key: Bearer <redacted>"))
            #expect(server.methods("tools/call").first?.http.headers["authorization"] == "Bearer very-secret")

            let without = MCPExecutor([desk(url, headers: headers)], client: client, log: log)
            #expect(await without.names().isEmpty)
            #expect(lines.withLock { $0 }.contains("the environment variable DESK_KEY is not set"))
            #expect(!lines.withLock { $0 }.contains("secret"))
        }
    }

    @Test("gives each agent its own servers, and names that go on meaning what they meant")
    func access() async throws {
        try await ScriptedServer.run(ScriptedServer.desk(tools: ["find"]) { ScriptedServer.said("one", to: $0) }) {
            _, first, client in
            try await ScriptedServer.run(ScriptedServer.desk(tools: ["find"]) { ScriptedServer.said("two", to: $0) }) {
                _, second, _ in
                let executor = MCPExecutor(
                    servers: [desk(first, name: "one"), desk(second, name: "two")],
                    access: ["A": ["one"], "B": ["two", "one"]], environment: [:], client: client, log: .none,
                    mayConnect: { _ in true })
                #expect(await executor.names("A") == ["find"])
                #expect(await executor.names("B") == ["one_find", "two_find"])
                #expect(await executor.names("C").isEmpty)
                #expect(await executor.ask("find", agent: "A") == .result("one"))
                #expect(await executor.ask("two_find", agent: "B") == .result("two"))
                let unknown = ToolOutcome.failed(.unknownTool, "There is no tool of this name.")
                #expect(await executor.ask("two_find", agent: "A") == unknown)
                #expect(await executor.ask("find", agent: "C") == unknown)
                #expect(
                    await executor.ask("find", "[1]", agent: "A")
                        == .failed(.invalidArguments, "The arguments are not a JSON object."))
            }
        }
    }

    @Test("speaks without a session to a server that knows none")
    func stateless() async throws {
        let schema: JSONValue = ["properties": ["city": ["type": "string", "x-mcp-header": "City"]]]
        try await ScriptedServer.run({ seen in
            switch seen.method {
            case "server/discover": ScriptedServer.result(["supportedVersions": ["2026-07-28"]], to: seen)
            case "tools/list":
                ScriptedServer.result(["tools": [["name": "add", "inputSchema": schema]]], to: seen)
            case "tools/call": ScriptedServer.said("modern", to: seen)
            default: ScriptedServer.error(-32022, "Unsupported protocol version", to: seen, status: 400)
            }
        }) { server, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            #expect(await executor.ask("add", #"{"city":"Bern"}"#) == .result("modern"))
            #expect(server.seen.map(\.method) == ["initialize", "server/discover", "tools/list", "tools/call"])
            let call = try #require(server.seen.last)
            #expect(call.http.headers["mcp-method"] == "tools/call")
            #expect(call.http.headers["mcp-name"] == "add")
            #expect(call.http.headers["mcp-param-city"] == "Bern")
            #expect(call.http.headers["mcp-protocol-version"] == "2026-07-28")
            #expect(
                call.message?["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
        }
    }

    @Test("takes no message of more than 1 MiB")
    func tooLong() async throws {
        let script = ScriptedServer.desk { ScriptedServer.said(String(repeating: "x", count: 1 << 20), to: $0) }
        try await ScriptedServer.run(script) { _, url, client in
            let executor = MCPExecutor([desk(url)], client: client)
            #expect(
                await executor.ask("add")
                    == .failed(
                        .unavailable, "The tool's server desk: it sent a message of more than 1048576 bytes."))
        }
    }
}
