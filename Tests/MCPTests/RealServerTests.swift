import Foundation
import MCP
import Network
import ProjectModel
import ProviderKit
import ProviderTransport
import TestSupport
import Testing

/// Servers made with the library of the protocol's authors: `Tests/MCP/server.py`.
@Suite(
    "Servers of the official library", .serialized, .timeLimit(.minutes(2)),
    .enabled(if: RealServer.python != nil, "needs Python with Tests/requirements.txt: ./dev test, or PARLEY_PYTHON"))
struct RealServerTests {
    @Test("are listed and called, however they are reached", arguments: RealServer.Way.allCases)
    func calls(_ way: RealServer.Way) async throws {
        try await RealServer.run(way) { server, client in
            let executor = MCPExecutor([server], client: client)
            let names = await executor.names()
            #expect(names == ["add", "weather", "picture", "fail", "slow", "learn", "long"])
            let add = await executor.definitions(for: "A").first
            #expect(add?.description == "Adds two numbers.")
            #expect(JSONValue((add?.parameters ?? "").utf8)?["properties"]?["b"]?["type"] == "integer")

            #expect(await executor.ask("add", #"{"a":2,"b":40}"#) == .result("42"))
            guard case .result(let weather) = await executor.ask("weather", #"{"city":"Bern"}"#) else {
                Issue.record("no weather")
                return
            }
            #expect(JSONValue(weather.utf8)?["degrees"] == 4)
            #expect(await executor.ask("picture") == .result("[an image (image/png)]"))
            guard case .failed(.refused, _) = await executor.ask("fail") else {
                Issue.record("a failure of the tool was not told")
                return
            }
            guard case .failed(.refused, _) = await executor.ask("add", #"{"a":"two"}"#) else {
                Issue.record("wrong arguments were not told")
                return
            }
            guard case .result(let long) = await executor.ask("long", #"{"length":20000}"#) else {
                Issue.record("no long answer")
                return
            }
            #expect(long.count == ToolOutcome.longestResult)
            await executor.close()
        }
    }

    @Test("are asked side by side, and a slow call ends at its limit", arguments: [RealServer.Way.stdio, .sse, .http])
    func slow(_ way: RealServer.Way) async throws {
        try await RealServer.run(way) { server, client in
            let executor = MCPExecutor([server], client: client, limits: MCPLimits(call: .seconds(3)))
            async let slow = executor.ask("slow")
            #expect(await executor.ask("add", #"{"a":1,"b":1}"#) == .result("2"))
            #expect(await slow == .failed(.timedOut, "The tool did not answer in time."))
            #expect(await executor.ask("add", #"{"a":1,"b":2}"#) == .result("3"))
            await executor.close()
        }
    }

    @Test("tell of new tools", arguments: [RealServer.Way.stdio, .sse])
    func learning(_ way: RealServer.Way) async throws {
        try await RealServer.run(way) { server, client in
            let executor = MCPExecutor([server], client: client)
            #expect(await !executor.names().contains("learned"))
            #expect(await executor.ask("learn") == .result("done"))
            #expect(await executor.names().contains("learned"))
            #expect(await executor.ask("learned") == .result("I learned this."))
            await executor.close()
        }
    }
}

/// A server in a process of its own.
enum RealServer {
    enum Way: String, CaseIterable, Sendable {
        case stdio, sse, http, json, sessionless, modern
    }

    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    private static let script = root + "/Tests/MCP/server.py"

    /// `PARLEY_PYTHON`, or the one in `.dev/venv`; nil when there is none.
    static let python: String? = {
        if let named = ProcessInfo.processInfo.environment["PARLEY_PYTHON"] { return named }
        let local = root + "/.dev/venv/bin/python"
        return FileManager.default.isExecutableFile(atPath: local) ? local : nil
    }()

    static func run(_ way: Way, _ body: (MCPServer, HTTPClient) async throws -> Void) async throws {
        let python = try #require(python)
        let client = try HTTPClient()
        if way == .stdio {
            let transport = MCPServer.Transport.stdio(command: python, arguments: [script, "stdio"])
            try await body(MCPServer(name: "desk", transport: transport), client)
        } else {
            let process = Process()
            process.executableURL = URL(filePath: python)
            process.arguments = [script, way.rawValue]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            defer { kill(process.processIdentifier, SIGKILL) }
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let port = try #require(Int(line.trimmingCharacters(in: .newlines)), "the server did not start")
            let address = "http://127.0.0.1:\(port)"
            let transport =
                way == .sse ? MCPServer.Transport.sse(url: address + "/sse") : .http(url: address + "/mcp")
            try await body(MCPServer(name: "desk", transport: transport, allowsPrivate: true), client)
        }
        await client.shutDown()
    }
}
