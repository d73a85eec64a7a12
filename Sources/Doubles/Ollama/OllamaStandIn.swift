import Foundation
import Network
import ProviderKit
import ProviderTransport

/// Stands in for Ollama's own chat. Ollama asks for no key, so every one is right but `wrong-key`.
public struct OllamaStandIn: StandIn {
    /// A stand-in; it holds nothing.
    public init() {}

    /// Answers `POST /api/chat`, and what clients ask before it.
    public func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse? {
        switch (request.method, request.path) {
        case ("GET", "/"), ("HEAD", "/"): return .text("Ollama is running")
        case ("GET", "/api/version"): return .json(JSONValue.object(["version": "0.12.0"]).bytes)
        case ("GET", "/api/tags"): return .json(JSONValue.object(["models": [Self.model]]).bytes)
        case (_, "/api/chat"): return await chat(request, on: stage)
        default: return nil
        }
    }

    private static let model: JSONValue = [
        "name": "doubles:latest", "model": "doubles:latest", "modified_at": "2026-01-01T00:00:00Z", "size": 1,
        "digest": "0", "details": ["format": "gguf", "family": "doubles", "parameter_size": "0B"],
    ]

    /// A chat without messages only loads the model; it is no request of the script.
    private func load(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == "POST", request.headers["authorization"] != "Bearer wrong-key",
            let body = JSONValue(request.body), body["messages"]?.array?.isEmpty == true,
            let model = body["model"]?.string, !model.isEmpty, model != "no-such-model"
        else { return nil }
        let answer: JSONValue = [
            "model": .string(model), "created_at": .string(Date.now.ISO8601Format()),
            "message": ["role": "assistant", "content": ""], "done_reason": "load", "done": true,
        ]
        return .json(answer.bytes)
    }

    private func chat(_ request: HTTPRequest, on stage: Stage) async -> HTTPResponse {
        if let loaded = load(request) { return loaded }
        let cue = stage.cue(for: .ollamaChat)
        stage.journal.note(.ollamaChat, .request)
        func refuse(_ status: Int, _ message: String, retryAfter: Int? = nil) -> HTTPResponse {
            stage.journal.note(.ollamaChat, .refused, "\(status)")
            var response = HTTPResponse.json(JSONValue.object(["error": .string(message)]).bytes, status: status)
            if let retryAfter { response.headers.append((name: "Retry-After", value: "\(retryAfter)")) }
            return response
        }
        guard request.method == "POST" else { return refuse(405, "method not allowed") }
        guard request.headers["authorization"] != "Bearer wrong-key" else { return refuse(401, "unauthorized") }
        guard let body = JSONValue(request.body), body.object != nil else { return refuse(400, "invalid JSON") }
        guard let model = body["model"]?.string, !model.isEmpty else { return refuse(400, "model is required") }
        guard model != "no-such-model" else { return refuse(404, "model '\(model)' not found") }
        for message in body["messages"]?.array ?? [] where message["content"]?.array != nil {
            return refuse(
                400, "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string")
        }
        for tool in body["tools"]?.array ?? [] where tool["function"]?["name"]?.string == nil {
            return refuse(400, "invalid tool")
        }
        let format = body["format"]
        guard format.map({ $0.object != nil || ["", "json"].contains($0.string) }) ?? true else {
            return refuse(400, "invalid format: expected \"json\" or a JSON schema")
        }
        // Types are checked, ranges are not.
        for option in ["temperature", "top_p", "num_predict"] {
            if let value = body["options"]?[option], value.double == nil {
                return refuse(
                    500, "option \"\(option)\" must be of type \(option == "num_predict" ? "integer" : "float32")")
            }
        }
        if let refusal = cue.refusal {
            return refuse(refusal.status, "the script of the stand-in asks for this", retryAfter: refusal.retryAfter)
        }
        let messages = chatMessages(body["messages"]) ?? []
        guard var answer = await ScriptedAnswer.answer(cue, to: messages, on: stage) else {
            return refuse(500, "the stand-in's engine failed")
        }
        if let format, format.string != "", !cue.isSilent {
            answer.fit(
                format.object == nil ? ["type": "object", "properties": ["answer": ["type": "string"]]] : format)
        }
        // Below 1 there is no limit.
        answer.cut(
            after: body["options"]?["num_predict"]?.double.flatMap { $0 < 1 ? nil : Int(exactly: $0.rounded(.down)) })
        let reply = Reply(model: model, inputTokens: messages.reduce(0) { $0 + ScriptedAnswer.tokenCount($1.content) })
        // Streaming is what Ollama does unless it is told not to.
        if body["stream"]?.bool ?? true {
            return stage.stream(
                .ollamaChat, cue, headers: [(name: "Content-Type", value: "application/x-ndjson")], reply.pieces(answer)
            )
        }
        return stage.stream(
            .ollamaChat, cue, headers: [(name: "Content-Type", value: "application/json; charset=utf-8")],
            Stage.Pieces(timed: [reply.whole(answer)], broken: Array("{\"model\":".utf8)))
    }

    private struct Reply {
        var model: String
        var inputTokens: Int

        func pieces(_ answer: ScriptedAnswer) -> Stage.Pieces {
            var timed = answer.tokens.map { line(["role": "assistant", "content": .string($0)]) }
            if !answer.calls.isEmpty {
                timed.append(line(["role": "assistant", "content": "", "tool_calls": calls(answer)]))
            }
            return Stage.Pieces(
                timed: timed, tail: line(["role": "assistant", "content": ""], last: answer),
                broken: Array("{\"model\":\"\(model)\",\"mess\n".utf8))
        }

        func whole(_ answer: ScriptedAnswer) -> [UInt8] {
            var message: [String: JSONValue] = ["role": "assistant", "content": .string(answer.text)]
            if !answer.calls.isEmpty { message["tool_calls"] = calls(answer) }
            return line(.object(message), last: answer)
        }

        private func calls(_ answer: ScriptedAnswer) -> JSONValue {
            .array(
                answer.calls.enumerated().map { index, call in
                    ["function": ["index": .int(index), "name": .string(call.name), "arguments": call.arguments]]
                })
        }

        private func line(_ message: JSONValue, last answer: ScriptedAnswer? = nil) -> [UInt8] {
            var members: [String: JSONValue] = [
                "model": .string(model), "created_at": .string(Date.now.ISO8601Format()), "message": message,
                "done": .bool(answer != nil),
            ]
            if let answer {
                members["done_reason"] = answer.isCut ? "length" : "stop"
                for name in ["total_duration", "prompt_eval_duration", "eval_duration"] { members[name] = 1_000_000 }
                members["load_duration"] = 100_000
                members["prompt_eval_count"] = .int(inputTokens)
                members["eval_count"] = .int(answer.tokenCount)
            }
            return JSONValue.object(members).bytes + [0x0A]
        }
    }
}
