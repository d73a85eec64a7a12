import ProviderKit

extension GenerationRequest {
    /// The body of a request that streams, in the form that OpenAI's and Ollama's chats have in common: `model`,
    /// `stream`, `messages`, and `tools` if there are any.
    public func chatBody(model: String) -> [String: JSONValue] {
        var body: [String: JSONValue] = [
            "model": .string(model), "stream": true,
            "messages": .array(
                messages.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] }),
        ]
        if !tools.isEmpty {
            body["tools"] = .array(
                tools.map { tool in
                    [
                        "type": "function",
                        "function": [
                            "name": .string(tool.name), "description": .string(tool.description),
                            "parameters": JSONValue(tool.parameters.utf8) ?? ["type": "object"],
                        ],
                    ]
                })
        }
        return body
    }
}
