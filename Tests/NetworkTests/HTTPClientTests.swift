import Foundation
import Network
import Synchronization
import Testing

/// The client against our server, and against peers that send exactly what the test wants.
@Suite struct HTTPClientTests {
    @Test func methodsHeadersAndBodies() async throws {
        try await withServer { server, _ in
            let client = try HTTPClient()
            let base = "http://127.0.0.1:\(server.port)"
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                for body in ["", "hello"] where method != "GET" || body.isEmpty {
                    let call = HTTPCall(
                        method: method, url: base + "/echo?q=a%20b", headers: [(name: "X-Request-Id", value: "42")],
                        body: Array(body.utf8))
                    let answer = try await client.send(call)
                    #expect(answer.status == 200)
                    #expect(answer.headers["x-method"] == method)
                    #expect(answer.headers["x-query"] == "a b")
                    #expect(answer.headers["x-seen"] == "42")
                    #expect(try await answer.bytes(limit: 100) == Array(body.utf8))
                }
            }
            let head = try await client.send(HTTPCall(method: "HEAD", url: base + "/big?size=1000"))
            #expect(head.headers["content-length"] == "1000")
            #expect(try await head.bytes(limit: 0) == [])
            await client.shutDown()
            let late = await #expect(throws: NetworkError.self) { _ = try await client.send(HTTPCall(url: base)) }
            #expect(late?.code == .cancelled)
        }
    }

    @Test func largeBodiesInBothDirections() async throws {
        var limits = NetworkLimits()
        limits.maxBodyBytes = 16 << 20
        try await withServer(limits: limits) { server, _ in
            let client = try HTTPClient()
            let body = (0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let answer = try await client.send(
                HTTPCall(
                    url: "http://127.0.0.1:\(server.port)/echo",
                    headers: [(name: "Content-Type", value: "application/octet-stream")], body: body))
            #expect(try await answer.bytes(limit: body.count) == body)
            let big = try await client.send(
                HTTPCall(method: "GET", url: "http://127.0.0.1:\(server.port)/big?size=5000000"))
            let error = await #expect(throws: NetworkError.self) { _ = try await big.bytes(limit: 4_999_999) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func connectionsAreUsedAgain() async throws {
        let server = try RawServer { peer in
            while let request = peer.request() {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                peer.send(request.body)
            }
        }
        let client = try HTTPClient()
        await client.warm(server.url + "/some/path?key=secret")
        #expect(server.accepted == 1)
        for round in 0..<20 {
            let body = [UInt8](repeating: UInt8(round), count: round * 1000)
            let answer = try await client.send(HTTPCall(url: server.url + "/v1", body: body))
            #expect(try await answer.bytes(limit: body.count) == body)
        }
        #expect(server.accepted == 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask { _ = try await client.send(HTTPCall(url: server.url)).bytes(limit: 0) }
            }
            try await group.waitForAll()
        }
        #expect(server.accepted <= 10)
    }

    /// The server closes each connection after one answer, without saying so; or when the second request has come.
    @Test(arguments: [false, true])
    func aStaleConnectionIsNotNoticed(closesOnRequest: Bool) async throws {
        let server = try RawServer { peer in
            guard let request = peer.request() else { return }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
            peer.send(request.body)
            if closesOnRequest { _ = peer.request() }
        }
        let client = try HTTPClient()
        for round in 0..<10 {
            let answer = try await client.send(HTTPCall(url: server.url, body: Array("\(round)".utf8)))
            #expect(try await answer.bytes(limit: 10) == Array("\(round)".utf8))
        }
        #expect(server.accepted == 10)
    }

    @Test func anAnswerThatStandsStillIsGivenUp() async throws {
        let gone = Gate()
        let server = try RawServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            if peer.waitForEnd() { gone.open() }
        }
        let client = try HTTPClient()
        let answer = try await client.send(HTTPCall(method: "GET", url: server.url, stallTimeout: .seconds(1)))
        let error = await #expect(throws: NetworkError.self) { _ = try await answer.bytes(limit: 10) }
        #expect(error?.code == .connectionLost)
        await gone.wait()
    }

    @Test func refusalsCarryTheirHeaders() async throws {
        let server = try RawServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n")
            peer.send("X-Twice: a\r\nX-TWICE:b \r\nX-Empty:\r\nContent-Length: 4\r\n\r\nwait")
        }
        let client = try HTTPClient()
        let answer = try await client.send(HTTPCall(url: server.url))
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "7")
        #expect(answer.headers["x-twice"] == "a, b")
        #expect(answer.headers["x-empty"] == "")
        #expect(try await answer.bytes(limit: 4) == Array("wait".utf8))
    }

    @Test func requestsAreSentAsTheyAre() async throws {
        let heads = Mutex<[String]>([])
        let server = try RawServer { peer in
            while let request = peer.request() {
                heads.withLock { $0.append(request.head) }
                peer.send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
            }
        }
        let client = try HTTPClient()
        let token = String(repeating: "k", count: 1500)
        let query = String(repeating: "q", count: 2048)
        let call = HTTPCall(
            url: server.url + "/a?\(query)",
            headers: [
                (name: "Authorization", value: "Bearer \(token)"), (name: "X-Empty", value: ""),
                (name: "Content-Length", value: "99"), (name: "Transfer-Encoding", value: "chunked"),
            ], body: [1, 2, 3])
        #expect(try await client.send(call).status == 302)
        let lines = heads.withLock { $0 }.joined().split(separator: "\r\n").map { $0.lowercased() }
        #expect(lines.first == "post /a?\(query) http/1.1")
        #expect(lines.contains("authorization: bearer \(token)"))
        #expect(lines.contains("x-empty:"))
        #expect(lines.filter { $0.hasPrefix("content-") } == ["content-length: 3"])
        #expect(!lines.contains { $0.hasPrefix("expect") || $0.hasPrefix("transfer") })
    }

    @Test(arguments: [
        "", "x", "ftp://x/", "http://", "http:///path", "http://a b/", "http://x/\r\nHost: y", "http://x:99999/",
        "http://x/\u{1}", "file:///etc/passwd", "http://ü/",
    ])
    func whatIsNoURL(url: String) async throws {
        let client = try HTTPClient()
        let error = await #expect(throws: NetworkError.self) { _ = try await client.send(HTTPCall(url: url)) }
        #expect(error?.code == .invalidURL)
        await client.warm(url)
    }

    @Test(arguments: [("A", "b\r\nC: d"), ("A", "b\nc"), ("A b", "c"), ("", "c"), ("A:", "c"), ("A", "\u{0}")])
    func whatIsNoHeader(name: String, value: String) async throws {
        let client = try HTTPClient()
        let call = HTTPCall(url: "http://127.0.0.1:1/", headers: [(name: name, value: value)])
        let error = await #expect(throws: NetworkError.self) { _ = try await client.send(call) }
        #expect(error?.code == .invalidURL)
        var method = HTTPCall(url: "http://127.0.0.1:1/")
        method.method = "GET / HTTP/1.1\r\n"
        await #expect(throws: NetworkError.self) { _ = try await client.send(method) }
    }

    @Test func nobodyThereOrNoAnswer() async throws {
        let client = try HTTPClient()
        let port = try NetworkServer(host: "127.0.0.1", port: 0, handler: TestHandler()).port
        let refused = await #expect(throws: NetworkError.self) {
            _ = try await client.send(HTTPCall(url: "http://127.0.0.1:\(port)/path?key=secret"))
        }
        #expect(refused?.code == .connectionFailed)
        #expect(refused?.message.contains("secret") == false)
        let unknown = await #expect(throws: NetworkError.self) {
            _ = try await client.send(HTTPCall(url: "http://nowhere.invalid/"))
        }
        #expect(unknown?.code == .connectionFailed)
        let gone = Gate()
        let silent = try RawServer { peer in
            if peer.waitForEnd() { gone.open() }
        }
        let error = await #expect(throws: NetworkError.self) {
            _ = try await client.send(HTTPCall(url: silent.url, answerTimeout: .milliseconds(100)))
        }
        #expect(error?.code == .timedOut)
        await gone.wait()
    }

    @Test func aCancelledRequestClosesItsConnection() async throws {
        let asked = Gate()
        let gone = Gate()
        let server = try RawServer { peer in
            _ = peer.requestHead()
            asked.open()
            if peer.waitForEnd() { gone.open() }
        }
        let client = try HTTPClient()
        let code = await withTaskGroup(of: NetworkError.Code?.self) { group in
            group.addTask {
                do {
                    _ = try await client.send(HTTPCall(url: server.url))
                    return nil
                } catch { return (error as? NetworkError)?.code }
            }
            await asked.wait()
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(code == .cancelled)
        await gone.wait()
    }
}
