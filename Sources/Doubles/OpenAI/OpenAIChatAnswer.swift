import Network
import ProviderKit
import ProviderTransport

/// One request for a chat completion, checked.
struct OpenAIChatAnswer {
    private let model: String
    private let messages: [ChatMessage]
    private let streams: Bool
    private let includesUsage: Bool
    private let isAzure: Bool
    /// Tokens of the longest answer.
    private let limit: Int?
    private let format: OpenAIResponseFormat
    private let id = "chatcmpl-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

    init(_ request: HTTPRequest, _ route: OpenAIStandIn.Route) throws(OpenAIRefusal) {
        guard request.headers["content-type"]?.hasPrefix("application/json") == true else {
            throw OpenAIRefusal(
                415, "Unsupported content type; use application/json.", code: "unsupported_content_type")
        }
        guard let body = JSONValue(request.body), body.object != nil else {
            throw OpenAIRefusal(400, "We could not parse the JSON body of your request.", code: nil)
        }
        isAzure = route.deployment != nil
        model = try OpenAIRefusal.check(model: route.deployment ?? body["model"]?.string)
        guard body["messages"] != nil else { throw .missing("messages") }
        guard let messages = chatMessages(body["messages"]) else {
            throw .invalid("messages", "expected a list of messages with a role and a content.")
        }
        self.messages = messages
        streams = body["stream"]?.bool ?? false
        if body["stream_options"] != nil, !streams {
            throw .invalid("stream_options", "only allowed when 'stream' is enabled.")
        }
        includesUsage = body["stream_options"]?["include_usage"]?.bool ?? false
        limit = try Self.limit(in: body, of: model)
        try Self.check(tools: body["tools"])
        format = try OpenAIResponseFormat(body["response_format"], messages: messages)
    }

    /// Checks how words are to be chosen; returns how many tokens there may be.
    private static func limit(in body: JSONValue, of model: String) throws(OpenAIRefusal) -> Int? {
        for (param, highest) in [("temperature", 2.0), ("top_p", 1)] {
            guard let value = body[param] else { continue }
            guard let number = value.double else {
                throw .invalid(param, "expected a decimal.", code: "invalid_type")
            }
            if number < 0 {
                throw .invalid(param, "expected a value >= 0.", code: "decimal_below_min_value")
            }
            if number > highest {
                throw .invalid(param, "expected a value <= \(highest).", code: "decimal_above_max_value")
            }
        }
        let limits = ["max_tokens", "max_completion_tokens"].filter { body[$0] != nil }
        if limits.count > 1 {
            throw .invalid(
                "max_tokens", "it cannot be set together with 'max_completion_tokens'.",
                code: "invalid_parameter_combination")
        }
        guard let param = limits.first else { return nil }
        if param == "max_tokens", model.hasPrefix("gpt-5") || model.prefixMatch(of: #/o\d/#) != nil {
            throw OpenAIRefusal(
                400,
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
                    + "instead.", code: "unsupported_parameter", param: param)
        }
        guard let limit = body[param]?.int else {
            throw .invalid(param, "expected an integer.", code: "invalid_type")
        }
        if limit < 1 { throw .invalid(param, "expected a value >= 1.", code: "integer_below_min_value") }
        return limit
    }

    private static func check(tools: JSONValue?) throws(OpenAIRefusal) {
        guard let tools else { return }
        guard let list = tools.array, !list.isEmpty else {
            throw .invalid("tools", "empty array. Expected an array with minimum length 1.", code: "empty_array")
        }
        for (index, tool) in list.enumerated() {
            guard tool["type"]?.string == "function" else { throw .missing("tools[\(index)].type") }
            guard let name = tool["function"]?["name"]?.string else { throw .missing("tools[\(index)].function.name") }
            let allowed = name.utf8.allSatisfy { byte in
                UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte) || byte == 0x5F
                    || byte == 0x2D
            }
            guard allowed, (1...64).contains(name.utf8.count) else {
                throw .invalid("tools[\(index)].function.name", "string does not match pattern '^[a-zA-Z0-9_-]+$'.")
            }
            if let parameters = tool["function"]?["parameters"], parameters["type"]?.string != "object" {
                throw OpenAIRefusal(
                    400, "Invalid schema for function '\(name)': schema must be of type 'object'.",
                    code: "invalid_function_parameters", param: "tools[\(index)].function.parameters")
            }
        }
    }

    func response(_ cue: Cue, on stage: Stage) async throws(OpenAIRefusal) -> HTTPResponse {
        guard var answer = await ScriptedAnswer.answer(cue, to: messages, on: stage) else {
            throw OpenAIRefusal(500, "The stand-in's engine failed.", code: nil, type: "server_error")
        }
        // What is to be silent stays so.
        if case .json(let schema) = format, !cue.isSilent { answer.fit(schema) }
        answer.cut(after: limit)
        let requestID = (name: "x-request-id", value: "req_\(id.dropFirst(9))")
        if streams {
            return stage.stream(
                .openAIChat, cue,
                headers: [(name: "Content-Type", value: "text/event-stream; charset=utf-8"), requestID],
                pieces(answer))
        }
        return stage.stream(
            .openAIChat, cue, headers: [(name: "Content-Type", value: "application/json"), requestID],
            Stage.Pieces(timed: [whole(answer).bytes], broken: Array("{\"id\":\"\(id)\",\"choices\":[{".utf8)))
    }

    // MARK: Streamed

    private func pieces(_ answer: ScriptedAnswer) -> Stage.Pieces {
        var timed = answer.tokens.map { chunk(delta: ["content": .string($0)]) }
        for (index, call) in answer.calls.enumerated() {
            timed.append(
                chunk(delta: [
                    "tool_calls": [
                        [
                            "index": .int(index), "id": .string("call_\(id.suffix(8))\(index)"), "type": "function",
                            "function": ["name": .string(call.name), "arguments": ""],
                        ]
                    ]
                ]))
            // A few characters at a time, as the service does.
            var rest = call.arguments.text[...]
            while !rest.isEmpty {
                let part = String(rest.prefix(6))
                rest = rest.dropFirst(6)
                timed.append(
                    chunk(delta: [
                        "tool_calls": [["index": .int(index), "function": ["arguments": .string(part)]]]
                    ]))
            }
        }
        var head: [UInt8] = []
        if isAzure {
            head += event([
                "id": "", "object": "", "created": 0, "model": "", "choices": [],
                "prompt_filter_results": [["prompt_index": 0, "content_filter_results": [:]]],
            ])
        }
        head += chunk(delta: ["role": "assistant", "content": "", "refusal": nil])
        var tail = chunk(delta: [:], finishReason: finishReason(answer))
        if includesUsage { tail += event(envelope(choices: [], usage: usage(answer))) }
        return Stage.Pieces(
            timed: timed, head: head, tail: tail + Array("data: [DONE]\n\n".utf8),
            broken: Array("data: {\"id\":\"\(id)\",\"choices\":[{\"del\n\n".utf8))
    }

    private func chunk(delta: JSONValue, finishReason: String? = nil) -> [UInt8] {
        let choice: JSONValue = [
            "index": 0, "delta": delta, "logprobs": nil, "finish_reason": finishReason.map(JSONValue.string) ?? nil,
        ]
        return event(envelope(choices: [choice], usage: includesUsage ? .null : nil))
    }

    private func envelope(choices: JSONValue, usage: JSONValue?) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "object": "chat.completion.chunk", "created": 1_700_000_000, "model": .string(model),
            "service_tier": "default", "system_fingerprint": "fp_doubles", "choices": choices,
        ]
        if let usage { members["usage"] = usage }
        return .object(members)
    }

    private func event(_ value: JSONValue) -> [UInt8] { Array("data: ".utf8) + value.bytes + Array("\n\n".utf8) }

    // MARK: Whole

    private func whole(_ answer: ScriptedAnswer) -> JSONValue {
        var message: [String: JSONValue] = ["role": "assistant", "refusal": nil, "annotations": []]
        message["content"] = answer.text.isEmpty && !answer.calls.isEmpty ? .null : .string(answer.text)
        if !answer.calls.isEmpty {
            message["tool_calls"] = .array(
                answer.calls.enumerated().map { index, call in
                    [
                        "id": .string("call_\(id.suffix(8))\(index)"), "type": "function",
                        "function": ["name": .string(call.name), "arguments": .string(call.arguments.text)],
                    ]
                })
        }
        return [
            "id": .string(id), "object": "chat.completion", "created": 1_700_000_000, "model": .string(model),
            "service_tier": "default", "system_fingerprint": "fp_doubles", "usage": usage(answer),
            "choices": [
                [
                    "index": 0, "message": .object(message), "logprobs": nil,
                    "finish_reason": .string(finishReason(answer)),
                ]
            ],
        ]
    }

    private func finishReason(_ answer: ScriptedAnswer) -> String {
        if answer.isCut { return "length" }
        return answer.calls.isEmpty ? "stop" : "tool_calls"
    }

    private func usage(_ answer: ScriptedAnswer) -> JSONValue {
        let input = messages.reduce(0) { $0 + 4 + ScriptedAnswer.tokenCount($1.content) }
        return [
            "prompt_tokens": .int(input), "completion_tokens": .int(answer.tokenCount),
            "total_tokens": .int(input + answer.tokenCount),
        ]
    }
}
