import Network
import ProviderTransport

/// Stands in for OpenAI's chat completions, transcriptions and speech, and for Azure OpenAI's.
public struct OpenAIStandIn: StandIn {
    /// A stand-in; it holds nothing.
    public init() {}

    /// The way that a request came: OpenAI's own paths, or those of a deployment on Azure.
    struct Route: Equatable {
        enum Operation: String {
            case chat = "chat/completions", transcriptions = "audio/transcriptions", speech = "audio/speech"
        }
        var operation: Operation
        /// The name of the deployment on Azure.
        var deployment: String?

        init?(path: String) {
            var rest = path[...].dropFirst()
            if rest.hasPrefix("v1/") {
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("openai/deployments/") {
                let parts = rest.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
                guard parts.count == 4 else { return nil }
                deployment = String(parts[2])
                rest = parts[3]
            }
            guard let operation = Operation(rawValue: String(rest)) else { return nil }
            self.operation = operation
        }

        var wire: Wire {
            switch operation {
            case .chat: .openAIChat
            case .transcriptions: .openAITranscriptions
            case .speech: .openAISpeech
            }
        }
    }

    /// Answers the three operations, and `GET /v1/models`.
    public func respond(to request: HTTPRequest, on stage: Stage) async -> HTTPResponse? {
        if request.method == "GET", request.path == "/v1/models" { return Self.models }
        guard let route = Route(path: request.path) else { return nil }
        let cue = stage.cue(for: route.wire)
        stage.journal.note(route.wire, .request)
        do throws(OpenAIRefusal) {
            try check(request, route)
            if let refusal = cue.refusal { throw OpenAIRefusal(refusal) }
            switch route.operation {
            case .chat: return try await OpenAIChatAnswer(request, route).response(cue, on: stage)
            case .transcriptions: return try await OpenAITranscriptAnswer(request, route).response(cue, on: stage)
            case .speech: return try await OpenAISpeechAnswer(request, route).response(cue, on: stage)
            }
        } catch {
            stage.journal.note(route.wire, .refused, "\(error.status)")
            return error.response
        }
    }

    private func check(_ request: HTTPRequest, _ route: Route) throws(OpenAIRefusal) {
        guard request.method == "POST" else {
            throw OpenAIRefusal(405, "Not allowed to \(request.method) here.", code: "method_not_supported")
        }
        if route.deployment != nil {
            guard Stage.accepts(key: request.headers["api-key"] ?? bearer(request)) else { throw .azureKey }
            guard request.query["api-version"] != nil else {
                throw OpenAIRefusal(404, "Resource not found", code: "404")
            }
        } else {
            guard let key = bearer(request) else {
                throw OpenAIRefusal(401, "You didn't provide an API key.", code: nil)
            }
            guard Stage.accepts(key: key) else {
                throw OpenAIRefusal(401, "Incorrect API key provided.", code: "invalid_api_key")
            }
        }
    }

    private func bearer(_ request: HTTPRequest) -> String? {
        guard let value = request.headers["authorization"], value.hasPrefix("Bearer ") else { return nil }
        return value.count > 7 ? String(value.dropFirst(7)) : nil
    }

    private static let models = HTTPResponse.json(
        JSONValue.object([
            "object": "list",
            "data": .array(
                ["gpt-4.1-mini", "gpt-4o-mini-transcribe", "gpt-4o-mini-tts"].map {
                    ["id": .string($0), "object": "model", "created": 1_700_000_000, "owned_by": "parley-doubles"]
                }),
        ]).bytes)
}

/// An error in OpenAI's form.
struct OpenAIRefusal: Error {
    var status: Int
    var error: JSONValue
    var retryAfter: Int?

    init(_ status: Int, _ message: String, code: String?, param: String? = nil, type: String = "invalid_request_error")
    {
        self.status = status
        error = [
            "message": .string(message), "type": .string(type), "param": param.map(JSONValue.string) ?? nil,
            "code": code.map(JSONValue.string) ?? nil,
        ]
    }

    /// What the script asks for, with the words that belong to the status.
    init(_ refusal: Cue.Refusal) {
        let (type, code): (String, String?) =
            switch refusal.status {
            case 401: ("invalid_request_error", "invalid_api_key")
            case 404: ("invalid_request_error", "model_not_found")
            case 429: ("requests", "rate_limit_exceeded")
            case 400..<500: ("invalid_request_error", nil)
            default: ("server_error", nil)
            }
        self.init(refusal.status, "The script of the stand-in asks for this.", code: code, type: type)
        retryAfter = refusal.retryAfter
    }

    static var azureKey: OpenAIRefusal {
        OpenAIRefusal(401, "Access denied due to invalid subscription key or wrong API endpoint.", code: "401")
    }

    static func missing(_ param: String) -> OpenAIRefusal {
        OpenAIRefusal(400, "Missing required parameter: '\(param)'.", code: "missing_required_parameter", param: param)
    }

    static func invalid(_ param: String, _ message: String, code: String = "invalid_value") -> OpenAIRefusal {
        OpenAIRefusal(400, "Invalid '\(param)': \(message)", code: code, param: param)
    }

    /// The model `no-such-model`, as every name that the service does not know.
    static func check(model: String?) throws(OpenAIRefusal) -> String {
        guard let model, !model.isEmpty else {
            throw OpenAIRefusal(400, "you must provide a model parameter", code: nil)
        }
        if model == "no-such-model" {
            throw OpenAIRefusal(
                404, "The model `no-such-model` does not exist or you do not have access to it.",
                code: "model_not_found")
        }
        return model
    }

    var response: HTTPResponse {
        var response = HTTPResponse.json(JSONValue.object(["error": error]).bytes, status: status)
        if let retryAfter { response.headers.append((name: "Retry-After", value: "\(retryAfter)")) }
        return response
    }
}
