import Foundation
import Network
import Testing

@Suite struct HTTPTests {
    @Test func allMethodsOnOneConnection() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                for method in ["GET", "DELETE", "OPTIONS"] {
                    client.send("\(method) /echo?q=a%20b&q=second HTTP/1.1\r\nHost: x\r\nX-Request-Id: 42\r\n\r\n")
                    let answer = try #require(try client.answer())
                    #expect(answer.status == 200)
                    #expect(answer.headers["x-method"] == method)
                    #expect(answer.headers["x-query"] == "a b")
                    #expect(answer.headers["x-seen"] == "42")
                }
                for (method, body) in [
                    ("POST", "hello"), ("PUT", ""), ("PATCH", "x"), ("DELETE", "gone"), ("POST", ""),
                ] {
                    client.send(
                        "\(method) /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    let answer = try #require(try client.answer(), "\(method)")
                    #expect(answer.headers["x-method"] == method)
                    #expect(answer.text == body)
                }
                client.send("HEAD /big?size=1000 HTTP/1.1\r\nHost: x\r\n\r\n")
                let head = try #require(try client.answer(toHead: true))
                #expect(head.headers["content-length"] == "1000")
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer()?.text == "a page")
            }
        }
    }

    @Test func pathsAreDecoded() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                client.send("GET /%C3%A4%20%c3%b6 HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer()?.text == "umlauts")
                client.send("GET /nothing/../%65cho HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer()?.headers["x-path"] == "/echo")
                client.send("GET /none HTTP/1.1\r\nHost: x\r\n\r\n")
                let missing = try #require(try client.answer())
                #expect(missing.status == 404)
                #expect(missing.headers["content-type"] == "application/json")
            }
        }
    }

    @Test func bodiesUpToTheLimit() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                let limit = NetworkLimits().maxBodyBytes
                let body = (0..<limit).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(limit)\r\n\r\n")
                client.send(body)
                let echoed = try #require(try client.answer())
                #expect(echoed.body == body)
                client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(limit + 1)\r\n\r\n")
                client.send(body + [0])
                #expect(try client.answer()?.status == 413)
                // The same connection still serves.
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer()?.status == 200)
                client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
                #expect(try client.answer()?.status == 413)
                #expect(try client.answer() == nil)
            }
        }
    }

    @Test func largeAnswersToSlowReaders() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let size = 5 << 20
                let client = try RawClient(port: port, receiveBuffer: 16 << 10)
                client.send("GET /big?size=\(size) HTTP/1.1\r\nHost: x\r\n\r\n")
                let big = try #require(try client.answer())
                #expect(big.body.count == size)
                #expect(big.body.indices.allSatisfy { big.body[$0] == UInt8(truncatingIfNeeded: $0 &* 31) })
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.answer()?.text == "a page")
                // A request that was pipelined behind it.
                #expect(try client.answer()?.headers["x-path"] == "/echo")
            }
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200),
        ("GET / HTTP/1.0\r\n\r\n", 200),
        ("POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\nhello", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        ("GET /%FF%FE HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ])
    func oneAnswerThenTheEnd(request: String, status: Int) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                client.send(request)
                let answer = try #require(try client.answer())
                #expect(answer.status == status)
                #expect(try client.answer() == nil)
            }
        }
    }

    /// What comes behind such a body once kept libwebsockets, and so the server, busy for ever.
    @Test(arguments: ["", "x", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
    func aBodyReadAheadIsRefused(behind: String) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                let post = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                let client = try RawClient(port: port)
                client.send(get + post + behind)
                #expect(try client.answer()?.text == "a page")
                #expect(try client.answer()?.status == 400)
                #expect(try client.answer() == nil)
                // Two bodies, one right behind the other.
                let second = try RawClient(port: port)
                second.send(post + post + behind)
                #expect(try second.answer()?.text == "hello")
                _ = try second.readAll()
                let honest = try RawClient(port: port)
                for _ in 0..<3 {
                    honest.send(post)
                    #expect(try honest.answer()?.text == "hello")
                }
            }
        }
    }

    @Test func aHeaderCannotSplitTheAnswer() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                client.send("GET /split HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = try #require(try client.answer())
                #expect(answer.headers["set-cookie"] == nil)
                #expect(answer.headers["x-good"] == "c")
            }
        }
    }

    @Test func aTakenPortIsNamed() async throws {
        try await withServer { server, handler in
            for threads in [1, 2] {
                let error = #expect(throws: NetworkError.self) {
                    _ = try NetworkServer(host: "127.0.0.1", port: server.port, threads: threads, handler: handler)
                }
                #expect(error?.code == .addressInUse)
                #expect(error?.message.contains("\(server.port)") == true)
            }
            let elsewhere = #expect(throws: NetworkError.self) {
                _ = try NetworkServer(host: "192.0.2.1", port: 0, handler: handler)
            }
            #expect(elsewhere?.code == .addressUnavailable)
        }
    }

    @Test func threadsShareThePort() async throws {
        try await withServer(threads: 2) { server, _ in
            let port = server.port
            try await blocking {
                for _ in 0..<16 {
                    let client = try RawClient(port: port)
                    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(try client.answer()?.text == "a page")
                }
            }
        }
    }
}
