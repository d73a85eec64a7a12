import Foundation
import Network
import Synchronization
import Testing

/// Calls that are kept to some addresses, and calls that leave once at most.
@Suite struct AddressCheckTests {
    private func get(_ url: String, mayConnect: (@Sendable ([UInt8]) -> Bool)? = nil) -> HTTPCall {
        var call = HTTPCall(method: "GET", url: url)
        call.mayConnect = mayConnect
        return call
    }

    @Test(arguments: ["127.0.0.1", "localhost", "127.1", "0x7f000001"])
    func everyAddressIsAskedAbout(host: String) async throws {
        try await withServer { server, handler in
            let client = try HTTPClient()
            let seen = Mutex<[[UInt8]]>([])
            let url = "http://\(host):\(server.port)/"
            let refused = await #expect(throws: NetworkError.self) {
                try await client.send(
                    get(url) { address in
                        seen.withLock { $0.append(address) }
                        return false
                    })
            }
            #expect(refused?.code == .forbidden && refused?.isUnsent == true)
            #expect(seen.withLock { $0 }.contains([127, 0, 0, 1]))
            let answer = try await client.send(get(url) { $0.count == 4 })
            #expect(try await answer.bytes(limit: 100) == Array("a page".utf8))
        }
    }

    @Test func aKeptConnectionIsAskedAbout() async throws {
        let server = try RawServer { peer in
            while let request = peer.request() {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
            }
        }
        let client = try HTTPClient()
        _ = try await client.send(get(server.url)).bytes(limit: 0)
        let refused = await #expect(throws: NetworkError.self) { try await client.send(get(server.url) { _ in false }) }
        #expect(refused?.code == .forbidden)
        await client.shutDown()
        #expect(server.accepted == 1, "the refused call neither used the connection nor made one")
    }

    @Test func whatHasLeftIsKnown() async throws {
        let client = try HTTPClient()
        let deaf = try RawServer { peer in _ = peer.request() }
        let lost = await #expect(throws: NetworkError.self) { try await client.send(get(deaf.url)) }
        #expect(lost?.code == .connectionFailed && lost?.isUnsent == false)
        // Nobody listens at a port that is bound and was never listened on.
        let unreachable = await #expect(throws: NetworkError.self) { try await client.send(get("http://127.0.0.1:1/")) }
        #expect(unreachable?.code == .connectionFailed && unreachable?.isUnsent == true)
    }

    @Test func whatMayLeaveOnceHasAConnectionOfItsOwn() async throws {
        // Answers the first request of each connection, and closes when the second is here.
        let requests = Mutex(0)
        let server = try RawServer { peer in
            guard peer.request() != nil else { return }
            requests.withLock { $0 += 1 }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            if peer.request() != nil { requests.withLock { $0 += 1 } }
        }
        let client = try HTTPClient()
        var call = HTTPCall(url: server.url, body: Array("{}".utf8))
        call.isSentOnce = true
        for _ in 0..<3 { _ = try await client.send(call).bytes(limit: 0) }
        #expect(server.accepted == 3 && requests.withLock { $0 } == 3)
        await client.shutDown()
        call.isSentOnce = false
        let other = try HTTPClient()
        for _ in 0..<2 { _ = try await other.send(call).bytes(limit: 0) }
        #expect(requests.withLock { $0 } == 6, "on a kept connection it was sent twice")
        await other.shutDown()
    }
}
