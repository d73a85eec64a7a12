import Foundation
import Network
import Testing

@Suite struct UpgradeTests {
    @Test func theSamePathIsPageAndSocket() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer()?.text == "a page")
                // On a connection that has served a page already.
                let answer = try client.upgrade("/")
                #expect(answer.status == 101)
                #expect(answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                #expect(answer.headers["sec-websocket-extensions"] == nil)
                client.send(.text("hello"))
                #expect(try client.frame() == .text("hello"))
            }
        }
    }

    @Test func aRefusalIsPlainHTTP() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let refused = try RawClient(port: port).upgrade("/refuse")
                #expect(refused.status == 409)
                #expect(refused.headers["content-type"] == "application/json")
                let json = try #require(
                    try JSONSerialization.jsonObject(with: Data(refused.body)) as? [String: [String: String]])
                #expect(json["error"]?["message"] == "Somebody is \"here\" already.")
                #expect(try RawClient(port: port).upgrade("/nowhere").status == 404)
            }
        }
    }

    @Test(
        arguments: [
            ("", "", nil), ("realtime", "", nil), ("realtime", "realtime", "realtime"),
            ("one, two", "two", "two"), ("one,two", "three", nil),
            ("realtime, key.sk-1234_56~", "realtime", "realtime"),
            ("one, two", "", nil),
        ] as [(String, String, String?)])
    func aSubprotocolIsNamedOnlyIfOffered(offered: String, chosen: String, named: String?) async throws {
        try await withServer { server, handler in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                let header = offered.isEmpty ? "" : "Sec-WebSocket-Protocol: \(offered)\r\n"
                let answer = try client.upgrade("/protocol" + (chosen.isEmpty ? "" : "?choose=\(chosen)"), header)
                #expect(answer.status == 101)
                #expect(answer.headers["sec-websocket-protocol"] == named)
                client.send(.text("x"))
                #expect(try client.frame() == .text("x"))
            }
            let socket = try #require(await handler.nextSocket())
            #expect(socket.subprotocol == named)
        }
    }

    @Test(arguments: [
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426),
        ("Sec-WebSocket-Version: 13", "X-Request-Id: y", 426),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: short", 400),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X-Request-Id: y", 400),
        ("Connection: keep-alive, Upgrade", "Connection: keep-alive", 400),
        ("Host: 127.0.0.1", "X-Request-Id: y", 400),
        ("GET /", "POST /", 400),
        ("Upgrade: websocket", "Upgrade: h2c", 400),
        ("Upgrade: websocket", "Upgrade: tea", 403),
        ("X-Request-Id: y", "Sec-WebSocket-Protocol: \(String(repeating: "a", count: 64))", 431),
        (
            "X-Request-Id: y",
            "Sec-WebSocket-Protocol: \(Array(repeating: "abcdefg", count: 20).joined(separator: ","))", 431
        ),
        ("X-Request-Id: y", "Sec-WebSocket-Protocol: a b@c", 400),
    ])
    func brokenHandshakes(good: String, bad: String, status: Int) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let whole = RawClient.handshake("/", "X-Request-Id: y\r\n")
                #expect(whole.contains(good))
                let client = try RawClient(port: port)
                client.send(whole.replacingOccurrences(of: good, with: bad))
                let first = try client.answer()
                #expect(first?.status == status)
                // And again behind a page, where the library keeps other state.
                let second = try RawClient(port: port)
                second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try second.answer()?.status == 200)
                second.send(whole.replacingOccurrences(of: good, with: bad))
                let again = try second.answer()
                #expect(again?.status == status)
                let after = try RawClient(port: port)
                #expect(try after.upgrade("/").status == 101)
            }
        }
    }
}
