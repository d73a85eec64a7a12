import Network
import ProjectModel
import ProviderKit
import Synchronization
import Testing

@testable import Tools

@Suite("A key is done once")
struct OnceTests {
    @Test func aSecondCallJoinsTheFirst() async throws {
        try await withToolServer(answer: { .text($0.headers["idempotency-key"] ?? "") }) { base, server in
            let box = try ToolBox.of([.http("t", "POST", base + "/gated")])
            await withTaskGroup(of: ToolOutcome.self) { group in
                group.addTask { await box.call("t", key: "a") }
                _ = await server.next()
                for _ in 0..<3 { group.addTask { await box.call("t", key: "a") } }
                group.addTask { await box.call("t", key: "b") }
                _ = await server.next()
                server.openGate()
                var texts: [String] = []
                for await outcome in group { texts.append(outcome.text) }
                #expect(texts.sorted() == ["a", "a", "a", "a", "b"])
            }
            #expect(await box.call("t", key: "a") == .result("a"))
            #expect(server.requests.count == 2)
        }
    }

    @Test func failuresAreRememberedToo() async throws {
        try await withToolServer(answer: { _ in .text("no", status: 500) }) { base, server in
            let box = try ToolBox.of([.http("t", "POST", base)])
            let first = await box.call("t")
            #expect(await box.call("t") == first && first.failure == .refused)
            #expect(server.requests.count == 1)
        }
    }

    @Test func theMemoryForgetsTheOldestAtItsBound() async throws {
        try await withToolServer { base, server in
            let box = try ToolBox.of([.http("t", "POST", base)], rememberedCalls: 2)
            for key in ["a", "b", "b", "a", "c"] { _ = await box.call("t", key: key) }
            #expect(server.requests.count == 3)
            _ = await box.call("t", key: "b")
            #expect(server.requests.count == 3, "b is still known")
            _ = await box.call("t", key: "a")
            #expect(server.requests.count == 4, "a was the oldest")
            _ = await box.call("t", key: "c")
            #expect(server.requests.count == 4, "c is still known: b made room for a")
        }
    }

    @Test func whatIsBeingWorkedOnIsNotForgotten() async throws {
        let memory = CallMemory(capacity: 1)
        let gate = AsyncStream.makeStream(of: Void.self)
        let begun = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: ToolOutcome.self) { group in
            group.addTask {
                await memory.outcome(of: "a") {
                    begun.continuation.finish()
                    for await _ in gate.stream {}
                    return .result("a")
                }
            }
            for await _ in begun.stream {}
            let refused = await memory.outcome(of: "b") { .result("b") }
            #expect(refused.failure == .unavailable)
            gate.continuation.finish()
            #expect(await group.next() == .result("a"))
        }
        #expect(await memory.outcome(of: "b") { .result("b") } == .result("b"))
    }

    @Test func whoeverWaitsMayGiveUp() async throws {
        let memory = CallMemory(capacity: 4)
        let gate = AsyncStream.makeStream(of: Void.self)
        let begun = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let outcome = await memory.outcome(of: "a") {
                    begun.continuation.finish()
                    for await _ in gate.stream {}
                    return .result("a")
                }
                #expect(outcome == .result("a"), "the work went on")
            }
            for await _ in begun.stream {}
            await withTaskGroup(of: ToolOutcome.self) { waiters in
                waiters.addTask { await memory.outcome(of: "a") { .result("again") } }
                waiters.cancelAll()
                #expect(await waiters.next()?.failure == .cancelled)
            }
            gate.continuation.finish()
        }
        #expect(await memory.outcome(of: "a") { .result("again") } == .result("a"))
    }
}

@Suite("Tools of servers")
struct ServedToolsTests {
    /// Serves one tool and repeats the arguments.
    private struct Echo: ToolExecutor {
        var name: String
        var parameters = #"{"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}"#

        func definitions(for agent: String) async -> [ToolDefinition] {
            [ToolDefinition(name: name, description: "Repeats.", parameters: parameters)]
        }
        func call(_ invocation: ToolInvocation) async -> ToolOutcome { .result(name + " " + invocation.arguments) }
    }

    @Test func theyAreToldAndCalledAsTheProjectsOwn() async throws {
        let own = Tool(name: "show", description: "Shows.", parameters: "{}", source: .client)
        let servers = [
            ToolBox.Server(names: ["files"], executor: Echo(name: "read")),
            ToolBox.Server(names: ["odd"], executor: Echo(name: "odd", parameters: "?")),
            ToolBox.Server(names: ["twin"], executor: Echo(name: "show")),
        ]
        let box = try ToolBox.of([own], servers: servers)
        #expect(await box.definitions(for: "Ada").map(\.description) == ["Shows.", "Repeats.", "Repeats."])
        #expect(await box.call("read", #"{ "n": 1.0 }"#, key: "1") == .result(#"read {"n":1.0}"#))
        #expect(await box.call("read", #"{"n": "1"}"#, key: "2").failure == .invalidArguments)
        #expect(await box.call("odd", "as it is", key: "3") == .result("odd as it is"))
        #expect(await box.call("show", key: "4").failure == .unknownTool, "the project's own goes first")
        #expect(await box.call("read", #"{"n": 1}"#, key: "5", agent: "Bob").failure == .unknownTool)
        #expect(await box.definitions(for: "Bob").isEmpty)
    }

    @Test func anAgentIsToldABoundedNumber() async throws {
        struct Many: ToolExecutor {
            func definitions(for agent: String) async -> [ToolDefinition] {
                (0..<500).map { ToolDefinition(name: "t\($0)", description: "", parameters: "{}") }
            }
            func call(_ invocation: ToolInvocation) async -> ToolOutcome { .result("") }
        }
        let box = try ToolBox.of([], servers: [ToolBox.Server(names: ["many"], executor: Many())])
        #expect(await box.definitions(for: "Ada").count == ToolBox.mostTools)
    }
}
