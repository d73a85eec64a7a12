import ProviderKit
import Testing

@testable import Vendors

/// What a server may send in the place of an answer. Foundation's parser ends the process on texts that nest so deeply.
struct UnreadableAnswerTests {
    private static let texts = [
        "{", "[]", String(repeating: "[", count: 513), #"{"choices":"# + String(repeating: "[", count: 512),
        #"{"error":"# + String(repeating: "[", count: 512),
    ]

    @Test(arguments: texts)
    func aChunkThatCannotBeReadIsAFailure(text: String) {
        var completion = ChatCompletion(provider: "OpenAI/m", key: nil)
        let error = #expect(throws: ProviderError.self) { try completion.take(text) }
        #expect(error?.code == .protocolViolation)
    }

    @Test(arguments: texts)
    func aTranscriptThatCannotBeReadIsAFailure(text: String) {
        var stream = TranscriptionStream()
        let error = #expect(throws: ProviderError.self) { try stream.take(text, provider: "OpenAI/m", key: nil) }
        #expect(error?.code == .protocolViolation)
    }

    @Test func argumentsThatNestTooDeeplyAreNoCall() throws {
        var calls = ToolCallAssembly()
        let arguments = #"{"a":"# + String(repeating: "[", count: 512)
        calls.add(.init(index: 0, id: "x", function: .init(name: "f", arguments: arguments)))
        #expect(calls.complete() == [nil])
    }
}
