import ProviderKit
import ProviderTransport

/// What a stand-in for a language model answers: words, and calls of tools.
struct ScriptedAnswer: Sendable {
    struct Call: Sendable {
        var name: String
        var arguments: JSONValue
    }

    var text: String
    var calls: [Call] = []
    /// Whether it would have gone on.
    private(set) var isCut = false

    /// Reads a script's text: an object with `tool_calls` (and `content`, perhaps) asks for tools, everything else is said.
    init(text: String) {
        self.text = text
        guard let object = JSONValue(text.utf8), let calls = object["tool_calls"]?.array else { return }
        self.text = object["content"]?.string ?? ""
        self.calls = calls.compactMap { call in
            call["name"]?.string.map { Call(name: $0, arguments: call["arguments"] ?? [:]) }
        }
    }

    /// The script's text, else what the engine handed in makes of the messages. Nil when that fails.
    static func answer(_ cue: Cue, to messages: [ChatMessage], on stage: Stage) async -> ScriptedAnswer? {
        if let text = cue.text { return ScriptedAnswer(text: text) }
        return (try? await stage.answer(to: messages)).map { ScriptedAnswer(text: $0) }
    }

    /// The text in pieces as a model writes it: a word each, with the space before it.
    var tokens: [String] {
        text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset == 0 ? String($0.element) : " \($0.element)" }.filter { !$0.isEmpty }
    }

    /// Ends the answer with its last word that is within `limit` tokens; nil is no limit. Calls in an answer that is cut are lost.
    mutating func cut(after limit: Int?) {
        guard let limit, tokenCount > limit else { return }
        var kept = ""
        for token in tokens {
            guard Self.tokenCount(kept + token) <= limit else { break }
            kept += token
        }
        (text, calls, isCut) = (kept, [], true)
    }

    /// How many tokens a text has, about.
    static func tokenCount(_ text: String) -> Int { (text.utf8.count + 3) / 4 }

    var tokenCount: Int {
        Self.tokenCount(text) + calls.reduce(0) { $0 + Self.tokenCount($1.name) + Self.tokenCount($1.arguments.text) }
    }
}

/// The messages of a chat as both OpenAI and Ollama send them; nil when they are not in that form.
func chatMessages(_ value: JSONValue?) -> [ChatMessage]? {
    guard let list = value?.array, !list.isEmpty else { return nil }
    var messages: [ChatMessage] = []
    for message in list {
        guard let role = message["role"]?.string else { return nil }
        let parts = message["content"]?.array?.compactMap { $0["text"]?.string }.joined(separator: "\n")
        let content = message["content"]?.string ?? parts
        switch role {
        case "system", "developer": messages.append(ChatMessage(role: .system, content: content ?? ""))
        case "user": messages.append(ChatMessage(role: .user, content: content ?? ""))
        // A message that calls tools has no content.
        case "assistant": messages.append(ChatMessage(role: .assistant, content: content ?? ""))
        case "tool", "function": break
        default: return nil
        }
        if content == nil, role != "assistant" { return nil }
    }
    return messages
}
