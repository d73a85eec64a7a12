import ProviderKit
import Testing

@testable import Vendors

struct OllamaReplyTests {
    private func pieces(_ lines: String...) throws -> [GenerationPiece] {
        var reply = OllamaReply(provider: "Ollama/m")
        return try lines.flatMap { try reply.take($0) } + reply.finish()
    }

    private static let end = #"{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}"#

    @Test func thoughtsAndEmptyLinesArePassedOver() throws {
        #expect(
            try pieces(
                #"{"message":{"content":"","thinking":"Hm."},"done":false}"#, "", #"{"message":{"content":"Yes"}}"#,
                #"{"message":{"content":"."},"done":true,"prompt_eval_count":7,"eval_count":2}"#)
                == [.text("Yes"), .text("."), .usage(TokenUsage(input: 7, output: 2))])
    }

    @Test func callsMayHaveIDsAndNoArguments() throws {
        #expect(
            try pieces(
                #"{"message":{"tool_calls":[{"id":"x1","function":{"name":"f","arguments":{"a":[1]}}},{"id":"","function":{"name":"g"}}]}}"#,
                Self.end)
                == [
                    .toolCall(ToolCall(id: "x1", name: "f", arguments: #"{"a":[1]}"#)),
                    .toolCall(ToolCall(id: "call_1", name: "g", arguments: "{}")),
                ])
    }

    /// Thoughts may use all tokens up. That is no illness of the server, and another try would not help.
    @Test func theLongestAnswerMayHoldNothing() throws {
        let end = #"{"message":{"content":""},"done":true,"done_reason":"length"}"#
        #expect(try pieces(#"{"message":{"content":"Yes"}}"#, end) == [.text("Yes")])
        let error = #expect(throws: ProviderError.self) {
            try pieces(#"{"message":{"content":"","thinking":"Hm"}}"#, end)
        }
        #expect(error?.code == .unsupported)
    }

    @Test(arguments: [
        (#"{"error":"model runner has crashed, canary"}"#, ProviderError.Code.unavailable), ("{", .protocolViolation),
        // Foundation's parser ends the process on it.
        (String(repeating: "[", count: 513), .protocolViolation),
        (#"{"message":"# + String(repeating: "[", count: 512), .protocolViolation),
        (#"{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}"#, .protocolViolation),
        (#"{"message":{"content":"a"},"done":false}"#, .unavailable), (Self.end, .unavailable),
    ])
    func whatIsWrongIsTold(line: String, code: ProviderError.Code) throws {
        let error = #expect(throws: ProviderError.self) { try pieces(line) }
        #expect(error?.code == code && error?.description.contains("canary") == false)
    }
}
