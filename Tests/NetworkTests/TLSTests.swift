import Foundation
import Network
import Testing

/// Certificates: an authority of our own, and servers that show its certificates.
@Suite(.enabled(if: Python.path != nil, "needs Python with Tests/requirements.txt")) struct TLSTests {
    /// Made by openssl in a folder that goes with it.
    private final class Authority: Sendable {
        let folder: URL
        var file: String { folder.appending(path: "ca.pem").path }

        /// With a certificate for each of `names`.
        init(_ names: [String]) async throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "parley-ca-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            try await openssl(
                ["req", "-x509"] + curve + ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Parley Test CA"])
            for name in names {
                try await openssl(
                    ["req", "-x509", "-CA", "ca.pem", "-CAkey", "ca.key"] + curve + [
                        "-keyout", "\(name).key", "-out", "\(name).pem", "-subj", "/CN=\(name)", "-addext",
                        "subjectAltName=DNS:\(name),IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
                    ])
            }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        private func openssl(_ arguments: [String]) async throws {
            let arguments = arguments.map {
                $0.hasSuffix(".pem") || $0.hasSuffix(".key") ? folder.appending(path: $0).path : $0
            }
            _ = try await run("/bin/sh", ["-c", "exec openssl \"$@\" 2>/dev/null", "openssl"] + arguments)
        }

        /// A client's bounds with this authority trusted, or not.
        func limits(trusted: Bool = true) -> NetworkLimits {
            var limits = NetworkLimits()
            if trusted { limits.trustedCertificates = file }
            return limits
        }
    }

    private static let httpServer = """
        import http.server, ssl, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                text = str(self.client_address[1]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            def do_HEAD(self):
                self.send_response(404)
                self.end_headers()
            def log_message(self, *arguments): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + ".pem", sys.argv[1] + ".key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    private static let webSocketServer = """
        import asyncio, ssl, sys
        from websockets.asyncio.server import serve
        async def echo(socket):
            await socket.send(socket.request.headers.get("Authorization", "-") + " " + socket.request.path)
            async for message in socket: await socket.send(message)
        async def main():
            context = None
            if len(sys.argv) > 1:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[1] + ".pem", sys.argv[1] + ".key")
            async with serve(echo, "127.0.0.1", 0, ssl=context, subprotocols=["USP"]) as server:
                print(server.sockets[0].getsockname()[1], flush=True)
                await asyncio.Future()
        asyncio.run(main())
        """

    @Test func httpsWithAnAuthorityOfOnesOwn() async throws {
        let authority = try await Authority(["localhost", "elsewhere"])
        let certificate = authority.folder.appending(path: "localhost").path
        try await Python.serve(Self.httpServer, certificate) { port in
            let client = try HTTPClient(limits: authority.limits())
            var clientPorts: Set<[UInt8]> = []
            await client.warm("https://localhost:\(port)")
            for _ in 0..<5 {
                let answer = try await client.send(HTTPCall(url: "https://localhost:\(port)/", body: [1]))
                #expect(answer.status == 200)
                clientPorts.insert(try await answer.bytes(limit: 10))
            }
            #expect(clientPorts.count == 1, "each request had a connection of its own")
            #expect(try await client.send(HTTPCall(url: "https://127.0.0.1:\(port)/")).status == 200)
            let stranger = try HTTPClient(limits: authority.limits(trusted: false))
            let error = await #expect(throws: NetworkError.self) {
                _ = try await stranger.send(HTTPCall(url: "https://localhost:\(port)/"))
            }
            #expect(error?.code == .connectionFailed)
            #expect(error?.message.contains("certificate") == true)
            // Not TLS.
            await #expect(throws: NetworkError.self) {
                _ = try await client.send(HTTPCall(url: "http://localhost:\(port)/"))
            }
        }
        let other = authority.folder.appending(path: "elsewhere").path
        try await Python.serve(Self.httpServer, other) { port in
            let client = try HTTPClient(limits: authority.limits())
            let error = await #expect(throws: NetworkError.self) {
                _ = try await client.send(HTTPCall(url: "https://localhost:\(port)/"))
            }
            #expect(error?.code == .connectionFailed)
        }
    }

    @Test func webSocketsWithAnAuthorityOfOnesOwn() async throws {
        let authority = try await Authority(["localhost", "elsewhere"])
        let token = "Bearer " + String(repeating: "t", count: 1500)
        let path = "/cognitiveservices?q=" + String(repeating: "q", count: 2048)
        try await Python.serve(Self.webSocketServer, authority.folder.appending(path: "localhost").path) { port in
            let client = try WebSocketClient(limits: authority.limits())
            let socket = try await client.connect(
                url: "wss://localhost:\(port)\(path)", headers: [(name: "Authorization", value: token)],
                subprotocols: ["USP"])
            #expect(socket.subprotocol == "USP")
            var messages = socket.messages.makeAsyncIterator()
            #expect(await messages.next() == .text("\(token) \(path)"))
            for size in [0, 1, 640, 100_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 3) }
                socket.send(bytes)
                #expect(await messages.next() == .binary(bytes))
            }
            socket.close()
            #expect(await socket.closed().code == 1000)
            let stranger = try WebSocketClient(limits: authority.limits(trusted: false))
            let error = await #expect(throws: NetworkError.self) {
                _ = try await stranger.connect(url: "wss://localhost:\(port)/")
            }
            #expect(error?.code == .connectionFailed)
        }
        try await Python.serve(Self.webSocketServer, authority.folder.appending(path: "elsewhere").path) { port in
            let client = try WebSocketClient(limits: authority.limits())
            let error = await #expect(throws: NetworkError.self) {
                _ = try await client.connect(url: "wss://localhost:\(port)/")
            }
            #expect(error?.code == .connectionFailed)
        }
    }

    @Test func anAuthorityThatIsNoFile() async throws {
        var limits = NetworkLimits()
        limits.trustedCertificates = "/nowhere/ca.pem"
        let client = try HTTPClient(limits: limits)
        let error = await #expect(throws: NetworkError.self) {
            _ = try await client.send(HTTPCall(url: "https://127.0.0.1:1/"))
        }
        #expect(error?.code == .connectionFailed)
    }
}
