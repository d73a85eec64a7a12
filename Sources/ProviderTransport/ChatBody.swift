import Foundation
import ProviderKit

extension GenerationRequest {
    /// The body of a request that streams, in the form that OpenAI's and Ollama's chats have in common: `model`,
    /// `stream`, `messages`, and `tools` if there are any.
    /// - Parameters:
    ///   - listsPictures: how pictures are written: Ollama wants them beside the text, OpenAI as a part of it.
    ///   - arguments: how the arguments of a call are written: OpenAI wants the JSON as text, Ollama as an object.
    public func chatBody(
        model: String, listsPictures: Bool = false, arguments: (String) -> JSONValue = JSONValue.string
    ) -> [String: JSONValue] {
        var body: [String: JSONValue] = [
            "model": .string(model), "stream": true,
            "messages": .array(messages.map { $0.body(listsPictures, arguments) }),
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

extension ChatMessage {
    /// The message as both chats take it.
    fileprivate func body(_ listsPictures: Bool, _ arguments: (String) -> JSONValue) -> JSONValue {
        var body: [String: JSONValue] = ["role": .string(role.rawValue), "content": .string(content)]
        if let picture, let bytes = picture.bytes {
            let base64 = Data(bytes).base64EncodedString()
            if listsPictures {
                body["images"] = [.string(base64)]
            } else {
                let url = "data:\(picture.kind.mediaType);base64,\(base64)"
                body["content"] = [
                    ["type": "text", "text": .string(content)],
                    ["type": "image_url", "image_url": ["url": .string(url)]],
                ]
            }
        }
        if !toolCalls.isEmpty {
            body["tool_calls"] = .array(
                toolCalls.map { call in
                    [
                        "id": .string(call.id), "type": "function",
                        "function": ["name": .string(call.name), "arguments": arguments(call.arguments)],
                    ]
                })
        }
        if let callID { body["tool_call_id"] = .string(callID) }
        return .object(body)
    }
}
