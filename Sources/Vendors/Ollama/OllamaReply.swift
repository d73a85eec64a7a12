import Foundation
import JSONText
import ProviderKit
import ProviderTransport

/// Reads the lines of one streamed answer. A value: the same lines give the same pieces.
struct OllamaReply {
    private let provider: String
    private var calls = 0
    private var hasSpoken: Bool
    private var isDone = false
    private var reachedLimit = false
    private var usage: TokenUsage?

    /// - Parameter continues: whether the answer has begun elsewhere and there may be nothing left to say.
    init(provider: String, continues: Bool = false) {
        self.provider = provider
        hasSpoken = continues
    }

    // What is read of a line; what a model thinks aloud is passed over.
    private struct Line: Decodable {
        struct Message: Decodable {
            var content: String?
            var tool_calls: [Call]?
        }

        struct Call: Decodable {
            struct Function: Decodable {
                var name: String
                var arguments: JSONValue?
            }

            var id: String?
            var function: Function
        }

        var message: Message?
        var done: Bool?
        var done_reason: String?
        var prompt_eval_count: Int?
        var eval_count: Int?
        var error: String?
    }

    /// Takes one line; returns what there is to give out.
    /// - Throws: `ProviderError`.
    mutating func take(_ line: String) throws -> [GenerationPiece] {
        guard !line.allSatisfy(\.isWhitespace) else { return [] }
        let line = try? JSONReader.decode(Line.self, from: line.utf8)
        guard let line else { throw failure(.protocolViolation, "a line of the answer cannot be read") }
        if line.error != nil { throw failure(.unavailable, "the server failed in the answer") }
        var pieces: [GenerationPiece] = []
        if let text = line.message?.content, !text.isEmpty { pieces.append(.text(text)) }
        for call in line.message?.tool_calls ?? [] {
            let arguments = call.function.arguments ?? [:]
            guard arguments.object != nil else {
                throw failure(.protocolViolation, "the arguments of a tool call are no object")
            }
            let id = call.id.flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(calls)"
            pieces.append(.toolCall(ToolCall(id: id, name: call.function.name, arguments: arguments.text)))
            calls += 1
        }
        hasSpoken = hasSpoken || !pieces.isEmpty
        if line.done == true {
            isDone = true
            reachedLimit = line.done_reason == "length"
            if line.prompt_eval_count != nil || line.eval_count != nil {
                usage = TokenUsage(input: line.prompt_eval_count ?? 0, output: line.eval_count ?? 0)
            }
        }
        return pieces
    }

    /// Ends the answer; returns what it cost. An answer that reached its longest is a whole one.
    /// - Throws: `ProviderError` when the answer is not whole, or holds nothing.
    func finish() throws -> [GenerationPiece] {
        guard isDone else { throw failure(.unavailable, "the answer ended early") }
        guard hasSpoken else {
            // A model may think its tokens away. Another try would go the same way, and nothing ails the server.
            throw reachedLimit
                ? failure(.unsupported, "max_tokens left no room for an answer")
                : failure(.unavailable, "the answer was empty")
        }
        return usage.map { [.usage($0)] } ?? []
    }

    private func failure(_ code: ProviderError.Code, _ message: String) -> ProviderError {
        ProviderError(code, provider: provider, message: message)
    }
}
