import Foundation
import JSONText
import ProviderKit
import ProviderTransport
import Telemetry

/// Reads the chunks of one streamed chat completion. A value: the same chunks give the same pieces.
struct ChatCompletion {
    private let provider: String
    private let key: Secret?
    private var calls = ToolCallAssembly()
    private var usage: TokenUsage?
    private var finishReason: String?
    private var isDone = false
    private var hasSpoken: Bool

    /// - Parameter continues: whether the answer has begun elsewhere and there may be nothing left to say.
    init(provider: String, continues: Bool = false, key: Secret?) {
        self.provider = provider
        hasSpoken = continues
        self.key = key
    }

    // What is read of a chunk; what else is there, such as the reasoning of some models, is passed over.
    private struct Chunk: Decodable {
        var choices: [Choice]?
        var usage: Usage?
        var error: JSONValue?
    }

    private struct Choice: Decodable {
        var index: Int?
        var delta: Delta?
        var finish_reason: String?
    }

    private struct Delta: Decodable {
        var content: String?
        var refusal: String?
        var tool_calls: [ToolCallAssembly.Delta]?
    }

    private struct Usage: Decodable {
        var prompt_tokens: Int?
        var completion_tokens: Int?
    }

    /// Takes the data of one event; returns what there is to give out.
    /// - Throws: `ProviderError`.
    mutating func take(_ data: String) throws -> [GenerationPiece] {
        if data.hasPrefix("[DONE]") {
            isDone = true
            return []
        }
        guard !isDone else { return [] }
        let chunk: Chunk
        do {
            chunk = try JSONReader.decode(Chunk.self, from: data.utf8)
        } catch {
            throw failure(.protocolViolation, "a chunk of the answer cannot be read")
        }
        if let error = chunk.error { throw failure(error) }
        if let usage = chunk.usage {
            self.usage = TokenUsage(input: usage.prompt_tokens ?? 0, output: usage.completion_tokens ?? 0)
        }
        // None in a chunk that only counts tokens, nor in the first one of Azure.
        guard let choice = chunk.choices?.first, choice.index ?? 0 == 0 else { return [] }
        if let reason = choice.finish_reason { finishReason = reason }
        for delta in choice.delta?.tool_calls ?? [] { calls.add(delta) }
        let text = (choice.delta?.content ?? "") + (choice.delta?.refusal ?? "")
        if text.isEmpty { return [] }
        hasSpoken = true
        return [.text(text)]
    }

    /// Ends the answer; returns the calls, complete, and what it cost. An answer that reached its longest is a whole one.
    /// - Throws: `ProviderError` when the answer is not whole, or holds nothing.
    mutating func finish() throws -> [GenerationPiece] {
        guard finishReason != nil || isDone else { throw failure(.unavailable, "the answer ended early") }
        if finishReason == "content_filter" {
            throw ProviderError(
                .rejected, provider: provider, message: "the answer was filtered (content_filter)",
                concernsRequestOnly: true)
        }
        var pieces: [GenerationPiece] = []
        for call in calls.complete() {
            guard let call else {
                throw finishReason == "length"
                    ? failure(.unsupported, "max_tokens cut a tool call short")
                    : failure(.protocolViolation, "a tool call of the answer is not whole")
            }
            pieces.append(.toolCall(call))
        }
        guard hasSpoken || !pieces.isEmpty else {
            // A model may think its tokens away. Another try would go the same way, and nothing ails the server.
            throw finishReason == "length"
                ? failure(.unsupported, "max_tokens left no room for an answer")
                : failure(.unavailable, "the answer was empty")
        }
        if let usage { pieces.append(.usage(usage)) }
        return pieces
    }

    private func failure(_ code: ProviderError.Code, _ message: String) -> ProviderError {
        ProviderError(code, provider: provider, message: message)
    }

    /// The failure that a server tells in the middle of an answer, where no status can tell it any more.
    private func failure(_ error: JSONValue) -> ProviderError {
        let name = error["code"]?.string ?? error["type"]?.string
        if let status = error["code"]?.int, (400..<600).contains(status) {
            return ProviderError(status: status, provider: provider)
        }
        let code: ProviderError.Code =
            switch (name, error["type"]?.string) {
            case ("rate_limit_exceeded", _), (_, "rate_limit_error"): .rateLimited
            case ("insufficient_quota", _), ("content_filter", _), (_, "invalid_request_error"): .rejected
            default: .unavailable
            }
        return ProviderError(
            code, provider: provider, vendorCode: name, hiding: key, message: "the server failed in the answer",
            concernsRequestOnly: code == .rejected && name != "insufficient_quota")
    }
}

/// Puts the calls of tools together from their deltas: keyed by index, the id and the name in the first of them.
struct ToolCallAssembly {
    struct Delta: Decodable {
        struct Function: Decodable {
            var name: String?
            var arguments: String?
        }

        var index: Int?
        var id: String?
        var function: Function?
    }

    private struct Partial {
        var id: String?
        var name = ""
        var arguments = ""
    }

    /// By index, in the order in which they began.
    private var order: [Int] = []
    private var partials: [Int: Partial] = [:]

    mutating func add(_ delta: Delta) {
        // Servers that leave the index out begin a call with its id.
        let last = order.last ?? -1
        let index = delta.index ?? (delta.id != nil || order.isEmpty ? last + 1 : last)
        if partials[index] == nil { order.append(index) }
        var partial = partials[index] ?? Partial()
        if let id = delta.id, !id.isEmpty { partial.id = id }
        // Some servers repeat the name with each delta.
        if let name = delta.function?.name, partial.name.isEmpty { partial.name = name }
        partial.arguments += delta.function?.arguments ?? ""
        partials[index] = partial
    }

    /// The calls in order; nil in place of one without a name, or whose arguments are no JSON object.
    func complete() -> [ToolCall?] {
        order.enumerated().map { position, index in
            guard let partial = partials[index], !partial.name.isEmpty else { return nil }
            let isEmpty = partial.arguments.allSatisfy(\.isWhitespace)
            guard isEmpty || JSONValue(partial.arguments.utf8)?.object != nil else { return nil }
            return ToolCall(
                id: partial.id ?? "call_\(position)", name: partial.name, arguments: isEmpty ? "{}" : partial.arguments)
        }
    }
}
