import JSONText
import Network
import ProjectModel
import Projects
import ProviderKit
import Session
import SpellOut
import Synchronization
import Telemetry

/// What programs ask without a conversation, in OpenAI's form: `/v1/models`, `/v1/chat/completions`, `/v1/audio/speech` and
/// `/v1/audio/transcriptions`.
struct InferenceRoutes: Sendable {
    let registry: ProjectRegistry
    let catalog: any EngineCatalog
    let measures: InferenceMeasures
    let log: Log
    let forms: ICUForms

    /// What is wrong with a request.
    struct Refusal: Error {
        var status: Int
        var code: String
        var message: String

        init(_ status: Int, _ code: String, _ message: String) {
            (self.status, self.code, self.message) = (status, code, message)
        }

        /// 400.
        init(_ code: String, _ message: String) { self.init(400, code, message) }

        var response: HTTPResponse { .problem(status, code: code, message: message) }
    }

    /// The answer to a request under one of these paths; nil when it is for somebody else.
    func respond(to request: HTTPRequest) async -> HTTPResponse? {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (parts, request.method) {
        case (["v1", "models"], "GET"), (["v1", "models"], "HEAD"): return models()
        case (["v1", "chat", "completions"], "POST"):
            return await bounded("chat") { try await chat(request, $0) }
        case (["v1", "audio", "speech"], "POST"):
            return await bounded("speech") { try await speech(request, $0) }
        case (["v1", "audio", "transcriptions"], "POST"):
            return await bounded("transcription") { try await transcription(request, $0) }
        case (["v1", "models"], _), (["v1", "chat", "completions"], _), (["v1", "audio", "speech"], _),
            (["v1", "audio", "transcriptions"], _):
            return .problem(405, code: "method_not_allowed", message: "this path takes another method")
        default: return nil
        }
    }

    private func bounded(
        _ kind: String, _ work: (InferenceMeasures.Place) async throws -> HTTPResponse
    ) async -> HTTPResponse {
        guard let place = measures.enter() else {
            measures.count(kind, "busy")
            return Refusal(
                429, "busy", "\(InferenceMeasures.most) requests are under way; try again later"
            ).response
        }
        do {
            let response = try await work(place)
            measures.count(kind, "accepted")
            return response
        } catch {
            let refusal = error as? Refusal ?? Self.refusal(error)
            measures.count(kind, refusal.code)
            return refusal.response
        }
    }

    private static func refusal(_ error: any Error) -> Refusal {
        guard let error = error as? ProviderError else {
            return Refusal(500, "internal", "the request failed")
        }
        return Refusal(502, "provider_failed", "\(error.provider): \(error.code)")
    }

    // MARK: - Models

    private func models() -> HTTPResponse {
        let projects = registry.names.map { ($0, "parley") }
        let named = Set(registry.projects.flatMap(\.models)).map { ($0.description, $0.provider) }
            .sorted { $0 < $1 }
        let models = (projects + named).map { id, owner in
            JSON.object([
                ("id", .string(id)), ("object", .string("model")), ("created", .int(0)),
                ("owned_by", .string(owner)),
                ("root", .string(id)), ("parent", .null), ("permission", .array([])),
            ])
        }
        return .json(
            Array(JSON.object([("object", .string("list")), ("data", .array(models))]).text.utf8))
    }

    // MARK: - What they share

    /// The JSON object of a request.
    static func body(_ request: HTTPRequest) throws(Refusal) -> JSON {
        guard let body = try? JSON(reading: request.body), case .object = body else {
            throw Refusal("malformed_json", "the body of the request is a JSON object")
        }
        return body
    }

    /// The model that a request names.
    static func model(_ name: String?) throws(Refusal) -> ModelReference {
        guard let name, !name.isEmpty else { throw Refusal("missing_field", "'model' names the model") }
        guard let model = ModelReference(name) else {
            throw Refusal(404, "unknown_model", "there is no such model; models are named Provider/name")
        }
        return model
    }

    /// A project with nothing but that.
    static func project(_ change: (inout Project) -> Void) -> Project {
        var project = Project(name: "request", orchestrator: Orchestrator(agentNames: []), agents: [])
        change(&project)
        return project
    }
}

/// How many requests are under way, and what they came to.
final class InferenceMeasures: Sendable {
    /// So many requests are under way at once; further ones are refused.
    static let most = 32

    /// The place of one request; it is free again when nobody holds this any more.
    final class Place: Sendable {
        private let measures: InferenceMeasures

        fileprivate init(_ measures: InferenceMeasures) { self.measures = measures }

        deinit { measures.open.withLock { $0 -= 1 } }
    }

    private let open = Mutex(0)
    private let metrics: Metrics

    init(_ metrics: Metrics) { self.metrics = metrics }

    /// Takes a place; nil when there is none.
    func enter() -> Place? {
        let hasRoom = open.withLock { open in
            guard open < Self.most else { return false }
            open += 1
            return true
        }
        return hasRoom ? Place(self) : nil
    }

    /// A request of that kind came to that.
    func count(_ kind: String, _ outcome: String) {
        metrics.counter(
            "parley_inference_requests_total",
            help: "Requests without a conversation, by kind and what they came to.",
            labels: ["kind": kind, "outcome": outcome]
        ).increment()
    }
}
