import ProviderTransport
import TestSupport
import Testing

@testable import MCP

@Suite("JSON-RPC messages")
struct FramingTests {
    private static let fault = RPCError(code: -3, message: "no", data: nil)

    static let readings: [(text: String, messages: [RPCMessage]?)] = [
        (#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, [.request(id: 7, method: "ping", params: nil)]),
        (#"{"id":"a","method":"m","params":{"x":1}}"#, [.request(id: "a", method: "m", params: ["x": 1])]),
        (#"{"jsonrpc":"2.0","method":"m"}"#, [.notification(method: "m", params: nil)]),
        (#"{"method":"m","id":null}"#, [.notification(method: "m", params: nil)]),
        (#"{"id":1,"result":{}}"#, [.response(id: 1, .success([:]))]),
        (#"{"id":1,"result":null}"#, [.response(id: 1, .success(nil))]),
        (#"{"id":1,"error":{"code":-3,"message":"no"}}"#, [.response(id: 1, .failure(fault))]),
        (#"{"id":null,"error":{"code":-3,"message":"no"}}"#, [.response(id: nil, .failure(fault))]),
        (
            #"[{"method":"a"},17,{"id":2,"result":3}]"#,
            [.notification(method: "a", params: nil), .response(id: 2, .success(3))]
        ),
        (#"{"id":true,"method":"m"}"#, nil),
        (#"{"id":[1],"method":"m"}"#, nil),
        (#"{"result":1}"#, nil),
        (#"{"id":1}"#, nil),
        ("[]", nil), ("17", nil), ("", nil), ("{", nil), ("\u{FEFF}", nil),
        (String(repeating: "[", count: 1_000), nil),
    ]

    @Test("are read, one or a batch; what is none is left out", arguments: readings)
    func reading(_ reading: (text: String, messages: [RPCMessage]?)) {
        #expect(RPCMessage.messages(in: reading.text.utf8) == reading.messages)
    }

    @Test("are read again as they were written, on one line")
    func writing() {
        let messages: [RPCMessage] = [
            .request(id: 1, method: "tools/call", params: ["text": "two\nlines\u{2028}"]),
            .notification(method: "n", params: nil),
            .response(id: "x", .success(["a": [1, 2.5, nil]])),
            .response(id: 3, .failure(RPCError(code: -1, message: "\"", data: nil))),
        ]
        for message in messages {
            #expect(RPCMessage.messages(in: message.bytes) == [message])
            #expect(!message.bytes.contains(UInt8(ascii: "\n")))
        }
    }

    @Test("are at most 1 MiB long")
    func bound() {
        let frame = #"{"method":""}"#.utf8.count
        func text(_ length: Int) -> String {
            #"{"method":""# + String(repeating: "m", count: length - frame) + #""}"#
        }
        #expect(RPCMessage.messages(in: text(RPCMessage.longest).utf8)?.count == 1)
        #expect(RPCMessage.messages(in: text(RPCMessage.longest + 1).utf8) == nil)
    }

    static let dispositions: [(message: RPCMessage, disposition: RPCMessage.Disposition)] = [
        (.response(id: 4, .success(1)), .settle(id: 4, .success(1))),
        (.response(id: "4", .success(1)), .settle(id: 4, .success(1))),
        (.response(id: "four", .success(1)), .ignore),
        (.response(id: nil, .failure(fault)), .ignore),
        (.request(id: "p", method: "ping", params: nil), .reply(.response(id: "p", .success([:])))),
        (.notification(method: "notifications/tools/list_changed", params: nil), .toolsChanged),
        (.notification(method: "notifications/progress", params: ["progress": 1]), .ignore),
        (.notification(method: "ping", params: nil), .ignore),
    ]

    @Test("of servers are settled, answered or passed over", arguments: dispositions)
    func disposition(_ row: (message: RPCMessage, disposition: RPCMessage.Disposition)) {
        #expect(row.message.disposition == row.disposition)
    }

    @Test(
        "that ask for a model, for folders or for a person are refused",
        arguments: [
            "sampling/createMessage", "roots/list", "elicitation/create", "tasks/list", "",
        ])
    func refused(_ method: String) {
        guard
            case .reply(.response(9, .failure(let error))) = RPCMessage.request(id: 9, method: method, params: nil)
                .disposition
        else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == RPCError.methodNotFound)
    }

    @Test("on a pipe are the same, however the pipe cuts them", arguments: 0..<50)
    func lines(_ seed: Int) {
        var random = Seeded(seed)
        let whole = (0..<20).map { _ in
            (0..<Int.random(in: 1...300, using: &random)).map { _ in UInt8.random(in: 32...255, using: &random) }
        }
        var rest = whole.flatMap { $0 + [UInt8(ascii: "\n")] }[...]
        var lines = Lines()
        var found: [[UInt8]] = []
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...400, using: &random))
            found += lines.add(Array(rest.prefix(count))) ?? []
            rest = rest.dropFirst(count)
        }
        #expect(found == whole)
    }

    @Test("on a pipe are bounded, with and without an end")
    func longLines() {
        let longest = [UInt8](repeating: 1, count: RPCMessage.longest)
        var lines = Lines()
        #expect(lines.add(longest)?.isEmpty == true)
        #expect(lines.add([UInt8(ascii: "\n")]) == [longest])
        #expect(lines.add(longest + [1]) == nil)
        #expect(lines.add(longest + [1, UInt8(ascii: "\n")]) == nil)
    }
}
