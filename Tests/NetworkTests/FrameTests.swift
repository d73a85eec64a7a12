import Foundation
import Network
import Testing

/// What RFC 6455 says about frames, case by case, from a client that may do anything.
@Suite struct FrameTests {
    typealias Frame = RawClient.Frame

    /// Frames sent, and the frames that must come back; a close ends the list.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var sent: [UInt8]
        var expected: [Frame]

        init(_ name: String, _ sent: [Frame], _ expected: [Frame]) {
            self.init(name, bytes: sent.flatMap { $0.wire() }, expected)
        }

        init(_ name: String, bytes: [UInt8], _ expected: [Frame]) {
            testDescription = name
            sent = bytes
            self.expected = expected
        }
    }

    private static func binary(_ size: Int) -> Frame {
        Frame(opcode: 2, payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) })
    }

    static let sizes: [Case] = [0, 1, 125, 126, 127, 4095, 4096, 4097, 65_535, 65_536, 200_000, 1 << 20].flatMap {
        size -> [Case] in
        let text = Frame.text(String(repeating: "é", count: size / 2) + String(repeating: "x", count: size % 2))
        return [
            Case("text of \(size)", [text], [text]), Case("binary of \(size)", [binary(size)], [binary(size)]),
        ]
    }

    static let fragments: [Case] = [
        Case(
            "two fragments", [.text("Hel", isFinal: false), Frame(opcode: 0, payload: Array("lo".utf8))],
            [.text("Hello")]),
        Case(
            "a character in two fragments",
            [Frame(opcode: 1, isFinal: false, payload: [0xC3]), Frame(opcode: 0, payload: [0xA9])], [.text("é")]),
        Case(
            "empty fragments",
            [
                Frame(opcode: 1, isFinal: false, payload: []), Frame(opcode: 0, isFinal: false, payload: []),
                Frame(opcode: 0, payload: []),
            ], [.text("")]),
        Case(
            "a ping between fragments is answered at once",
            [
                .text("a", isFinal: false), Frame(opcode: 9, payload: [1, 2]),
                Frame(opcode: 0, payload: Array("b".utf8)),
            ],
            [Frame(opcode: 10, payload: [1, 2]), .text("ab")]),
        Case(
            "a pong that is not UTF-8 between fragments of text",
            [
                .text("a", isFinal: false), Frame(opcode: 10, payload: [0xFF, 0xFE]),
                Frame(opcode: 0, payload: Array("b".utf8)),
            ], [.text("ab")]),
        Case(
            "one byte a fragment",
            [.text("0", isFinal: false)]
                + (1..<200).map { Frame(opcode: 0, isFinal: false, payload: [48 + UInt8($0 % 10)]) }
                + [Frame(opcode: 0, payload: [])],
            [.text((0..<200).map { String($0 % 10) }.joined())]),
        Case("text then binary", [.text("a"), binary(3)], [.text("a"), binary(3)]),
    ]

    static let controls: [Case] = [
        Case("an empty ping", [Frame(opcode: 9, payload: [])], [Frame(opcode: 10, payload: [])]),
        Case(
            "a ping of 125", [Frame(opcode: 9, payload: binary(125).payload)],
            [Frame(opcode: 10, payload: binary(125).payload)]),
        Case("an unasked pong", [Frame(opcode: 10, payload: [1]), .text("x")], [.text("x")]),
        Case("a close with a reason", [.close(1000, "bye")], [.close(1000, "bye")]),
        Case("a close without a code", [Frame(opcode: 8, payload: [])], [Frame(opcode: 8, payload: [])]),
        Case("a close of the application", [.close(4001)], [.close(4001)]),
        Case("nothing counts after a close", [.close(1000), .text("late")], [.close(1000)]),
    ]

    static let violations: [Case] = [
        Case("half a close code", [Frame(opcode: 8, payload: [3])], [.close(1002)]),
        Case("a close with invalid UTF-8", [Frame(opcode: 8, payload: [3, 232, 0xFF])], [.close(1007)]),
        Case("a reserved close code", [.close(1005)], [.close(1002)]),
        Case("a close code below 1000", [.close(999)], [.close(1002)]),
        Case("a reserved opcode", [Frame(opcode: 3, payload: [])], [.close(1002)]),
        Case("a reserved control opcode", [Frame(opcode: 11, payload: [])], [.close(1002)]),
        Case("a reserved bit", bytes: [0xC1, 0x80, 0, 0, 0, 0], [.close(1002)]),
        Case("a fragmented ping", [Frame(opcode: 9, isFinal: false, payload: [])], [.close(1002)]),
        Case("a continuation of nothing", [Frame(opcode: 0, payload: [1])], [.close(1002)]),
        Case("a new message inside another", [.text("a", isFinal: false), .text("b")], [.close(1002)]),
        Case("invalid UTF-8", [Frame(opcode: 1, payload: [0x61, 0xFF])], [.close(1007)]),
        Case("UTF-8 cut at the end", [Frame(opcode: 1, payload: [0xE2, 0x82])], [.close(1007)]),
        Case("a surrogate in UTF-8", [Frame(opcode: 1, payload: [0xED, 0xA0, 0x80])], [.close(1007)]),
        Case("overlong UTF-8", [Frame(opcode: 1, payload: [0xC0, 0xAF])], [.close(1007)]),
        Case("a length beyond 2^63", bytes: [0x82, 0xFF] + [UInt8](repeating: 0xFF, count: 12), []),
        Case("a ping of 126", bytes: Frame(opcode: 9, payload: binary(126).payload).wire(), []),
    ]

    @Test(arguments: sizes + fragments + controls + violations)
    func frames(_ example: Case) async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                #expect(try client.upgrade("/echo").status == 101)
                client.send(example.sent)
                for expected in example.expected {
                    let frame = try #require(try client.frame())
                    #expect(frame.opcode == expected.opcode)
                    // Of a violation the code counts, not the words that explain it.
                    if expected.opcode == 8, expected.payload.count == 2 {
                        #expect(frame.code == expected.code)
                    } else {
                        #expect(frame.payload == expected.payload)
                    }
                }
                if example.expected.last?.opcode == 8 || example.expected.isEmpty {
                    client.finishSending()
                    #expect(try client.frame() == nil)
                }
            }
        }
    }

    @Test func theSameByteByByte() async throws {
        try await withServer { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                for byte in Array(RawClient.handshake("/echo").utf8) { client.send([byte]) }
                #expect(try client.answer()?.status == 101)
                let frames = Self.fragments.flatMap(\.sent)
                for byte in frames { client.send([byte]) }
                // Pongs come at once, echoes when the handler had its turn: their order is open.
                for expected in Self.fragments.flatMap(\.expected) where expected.opcode < 8 {
                    var frame = try client.frame()
                    while frame?.opcode == 10 { frame = try client.frame() }
                    #expect(frame == expected)
                }
            }
        }
    }

    @Test func anOversizedMessageIsDroppedNotTheConnection() async throws {
        var limits = NetworkLimits()
        limits.maxMessageBytes = 10_000
        try await withServer(limits: limits) { server, _ in
            let port = server.port
            try await blocking {
                let client = try RawClient(port: port)
                try client.upgrade("/echo")
                client.send(Self.binary(10_000), Self.binary(10_001), .text("next"))
                #expect(try client.frame()?.payload.count == 10_000)
                #expect(try client.frame()?.string == "oversized 10001")
                #expect(try client.frame()?.string == "next")
                // In fragments, each of them small.
                for index in 0..<100 {
                    client.send(
                        Frame(opcode: index == 0 ? 2 : 0, isFinal: index == 99, payload: Self.binary(1000).payload))
                }
                #expect(try client.frame()?.string == "oversized 100000")
            }
        }
    }
}
