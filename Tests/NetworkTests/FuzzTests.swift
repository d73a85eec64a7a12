import Foundation
import Network
import TestSupport
import Testing

/// Bytes that nobody should send. The server lives in this process: if it died, the test would.
@Suite struct FuzzTests {
    private static let requests = [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /big?size=70000 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /echo?a=b&c=%20 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /../%2e%2e/?%00=%zz HTTP/1.1\r\nCookie: a=b\r\nAuthorization: Basic x\r\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n",
        RawClient.handshake("/echo"), RawClient.handshake("/refuse"),
        RawClient.handshake("/protocol?choose=b", "Sec-WebSocket-Protocol: a, b\r\n"),
    ]

    private static func session(_ random: inout Seeded) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...Int.random(in: 0...2, using: &random) {
            switch Int.random(in: 0...9, using: &random) {
            case 0:
                bytes += (0..<Int.random(in: 1...600, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            case 1...5: bytes += Array((requests.randomElement(using: &random) ?? "").utf8)
            default: bytes += Array(RawClient.handshake("/echo").utf8)
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let size = [0, 1, 2, 125, 126, 5000, 66_000].randomElement(using: &random) ?? 0
                let frame = RawClient.Frame(
                    opcode: UInt8.random(in: 0...15, using: &random), isFinal: Bool.random(using: &random),
                    payload: [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: size))
                bytes += frame.wire()
            }
        }
        for _ in 0..<([0, 0, 1, 3, 20].randomElement(using: &random) ?? 0) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
            }
            if bytes.isEmpty { return [0] }
        }
        if Int.random(in: 0...4, using: &random) == 0 {
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        }
        return bytes
    }

    @Test func whateverIsSentTheServerLives() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["PARLEY_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_240_601
        let rounds = environment["PARLEY_FUZZ_ROUNDS"].flatMap(Int.init) ?? 400
        var limits = NetworkLimits()
        limits.requestSeconds = 2
        limits.closeSeconds = 1
        try await withServer(limits: limits) { server, handler in
            let port = server.port
            handler.openGate()
            try await blocking {
                var random = Seeded(seed)
                var open: [RawClient] = []
                for round in 0..<rounds {
                    let client = try RawClient(port: port)
                    let bytes = Self.session(&random)
                    // In pieces, as a network does it.
                    let cut = Int.random(in: 0...bytes.count, using: &random)
                    client.send(Array(bytes[..<cut]))
                    client.send(Array(bytes[cut...]))
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: client.finishSending()
                    case 1: open.append(client)
                    default: break
                    }
                    if open.count > 30 { open.removeFirst(10) }
                    if round % 50 == 49 {
                        let honest = try RawClient(port: port)
                        honest.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        #expect(try honest.answer()?.text == "a page", "after round \(round) of seed \(seed)")
                        try honest.upgrade("/echo")
                        honest.send(.text("alive"))
                        #expect(try honest.frame() == .text("alive"))
                    }
                }
            }
        }
    }
}
