import Foundation
import Network
import Testing

/// Clients that others wrote: the `websockets` package and curl.
@Suite struct ForeignClientTests {
    @Test(.enabled(if: Python.path != nil, "needs Python with Tests/requirements.txt"))
    func websocketsForPython() async throws {
        try await withServer { server, _ in
            let output = try await Python.run(
                """
                import asyncio, json, sys
                import websockets
                from websockets.exceptions import InvalidStatus, ConnectionClosed
                base = "ws://127.0.0.1:" + sys.argv[1]
                async def main():
                    async with websockets.connect(base + "/echo", max_size=None) as ws:
                        for size in (0, 1, 125, 126, 65535, 65536, 1 << 20):
                            data = bytes(i * 7 % 256 for i in range(size))
                            await ws.send(data)
                            assert await ws.recv() == data, size
                        await ws.send("grüße")
                        assert await ws.recv() == "grüße"
                        async def pieces():
                            for part in ("a", "", "bc", "ü"):
                                yield part
                        await ws.send(pieces())
                        assert await ws.recv() == "abcü"
                        await (await ws.ping())
                        assert not ws.protocol.extensions
                    assert ws.close_code == 1000
                    async with websockets.connect(base + "/protocol?choose=b", subprotocols=["a", "b"]) as ws:
                        assert ws.subprotocol == "b", ws.subprotocol
                    async with websockets.connect(base + "/protocol?choose=b") as ws:
                        assert ws.subprotocol is None
                    try:
                        await websockets.connect(base + "/refuse")
                        assert False
                    except InvalidStatus as error:
                        assert error.response.status_code == 409
                        assert json.loads(error.response.body)["error"]["code"] == "busy"
                    for code in (1012, 1013, 1001, 4000):
                        async with websockets.connect(base + f"/close?code={code}&reason=because") as ws:
                            assert await ws.recv() == "last words"
                            try:
                                await ws.recv()
                                assert False
                            except ConnectionClosed as error:
                                assert (error.rcvd.code, error.rcvd.reason) == (code, "because"), error
                    print("all well")
                asyncio.run(main())
                """, "\(server.port)")
            #expect(output == "all well\n")
        }
    }

    @Test func curl() async throws {
        try await withServer { server, _ in
            let address = "http://127.0.0.1:\(server.port)"
            let body = String(repeating: "0123456789abcdef", count: 60_000)
            let file = FileManager.default.temporaryDirectory.appending(path: "parley-body-\(server.port)")
            try Data(body.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            #expect(
                try await run("/usr/bin/curl", ["-sS", "--fail", "--data-binary", "@\(file.path)", address + "/echo"])
                    == body)
            #expect(
                try await run("/usr/bin/curl", ["-sS", "--http2", address + "/"]).contains(
                    "upgrade here is to websocket"))
            let refused = try await run(
                "/usr/bin/curl",
                [
                    "-sS", "-w", " %{http_code}", "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H",
                    "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    address + "/refuse",
                ])
            #expect(refused.contains("\"busy\"") && refused.hasSuffix(" 409"))
        }
    }
}

enum Python {
    /// `PARLEY_PYTHON`, or the one in `.dev/venv`; nil when there is none.
    static let path: String? = {
        if let named = ProcessInfo.processInfo.environment["PARLEY_PYTHON"] { return named }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let local = "/\(root)/.dev/venv/bin/python"
        return FileManager.default.isExecutableFile(atPath: local) ? local : nil
    }()

    static func run(_ script: String, _ arguments: String...) async throws -> String {
        try await NetworkTests.run(try #require(path), ["-c", script] + arguments)
    }
}

extension Python {
    /// Runs `body` beside a script that serves, and says its port on its first line.
    static func serve(_ script: String, _ arguments: String..., body: (Int) async throws -> Void) async throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments = ["-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // Not by SIGTERM: a child has the signal mask of the thread that started it, and Dispatch's threads block that.
        defer { kill(process.processIdentifier, SIGKILL) }
        let line = try await blocking { String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) }
        try await body(try #require(Int(line.trimmingCharacters(in: .newlines))))
    }
}

/// The standard output of a program; its errors go to the test's.
func run(_ program: String, _ arguments: [String]) async throws -> String {
    try await blocking {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
