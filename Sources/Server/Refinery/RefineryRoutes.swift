import Foundation
import JSONText
import Network
import Persistence
import ProjectModel
import Projects
import Vendors

/// What clients of AI Refinery ask over HTTP: whether their key is good, and about projects.
///
/// Source: `AsyncDistillerClient` of airefinery-sdk 1.33.2.
struct RefineryRoutes {
    /// The account of whoever uses a server without keys: a part of the paths of its WebSockets.
    static let account = "default"

    let projects: ProjectsAPI
    let caller: APICaller

    /// The answer to a request under one of these paths; nil when it is for somebody else.
    func respond(to request: HTTPRequest) async -> HTTPResponse? {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.first == "distiller" || parts.first == "authentication" else { return nil }
        let answer: (JSON) async -> HTTPResponse
        switch parts {
        case ["authentication", "validate"]:
            guard request.method == "POST" else { return Self.onlyPost }
            return Self.json(.object([("organization_id", .string(Self.account))]))
        case ["distiller", "create"]: answer = { await create($0, request) }
        case ["distiller", "download"]: answer = download
        case ["distiller", "config", "validate"]: answer = validate
        default: return .notFound
        }
        guard request.method == "POST" else { return Self.onlyPost }
        guard let body = try? JSON(reading: request.body), case .object = body else {
            return .problem(400, code: "malformed_json", message: "the body of the request is a JSON object")
        }
        return await answer(body)
    }

    private static let onlyPost = HTTPResponse.problem(
        405, code: "method_not_allowed", message: "this path takes POST")

    private static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
        .json(Array(value.text.utf8), status: status)
    }

    // MARK: - Projects

    /// Puts a configuration in service: an object, or the text of a YAML file. The client wants 201 also when nothing is new.
    private func create(_ body: JSON, _ request: HTTPRequest) async -> HTTPResponse {
        guard let name = body["project"]?.string else { return Self.noProject }
        guard ProjectName.isUsable(name) else { return .badName }
        guard projects.isLocal else { return .onlyOnLoopback }
        guard let configuration = body["config"], configuration != .null else { return Self.noConfiguration }
        let text = configuration.string.map { ProjectText($0) } ?? ProjectText(configuration.text, .json)
        let call = APICall(request: request, caller: caller, names: ["name": name])
        return await projects.put(call, { text }) { receipt, warnings in
            Self.json(
                .object([
                    ("project", .string(name)), ("project_version", .int(receipt.version.number)),
                    ("notes", .array(warnings.map(ProjectDescriptions.error))),
                ]), status: 201)
        }
    }

    private static let noProject = HTTPResponse.problem(
        400, code: "missing_field", message: "'project' is the name of a project")
    private static let noConfiguration = HTTPResponse.problem(
        400, code: "missing_field", message: "'config' is the configuration, or the text of its file")

    /// The configuration of a project: JSON as text as JSON as text, as the client undoes it.
    private func download(_ body: JSON) async -> HTTPResponse {
        guard let name = body["project"]?.string else { return Self.noProject }
        guard projects.isLocal else { return .onlyOnLoopback }
        let version: Int?
        switch body["project_version"] ?? .null {
        case .null: version = nil
        case let value:
            guard let number = value.number.flatMap({ Int(exactly: $0) }) ?? value.string.flatMap({ Int($0) }) else {
                return .problem(400, code: "invalid_field", message: "'project_version' is a number")
            }
            version = number
        }
        guard let text = await projects.text(of: name, version: version, for: caller),
            let value = try? YAMLValue.read(text: text, file: name),
            let configuration = try? JSON(reading: value.jsonData())
        else {
            return .problem(404, code: "unknown_project", message: "there is no such project, or no such version of it")
        }
        let inner = RefineryConfiguration.readable(configuration).text
        return Self.json(.object([("config", .string(JSON.string(inner).text))]))
    }

    /// Whether a configuration could be registered: an object, or the text of a YAML file.
    private func validate(_ body: JSON) -> HTTPResponse {
        guard let configuration = body["config"], configuration != .null else { return Self.noConfiguration }
        let result = ProjectLoader.load(
            text: configuration.string ?? configuration.text, name: "config", file: "config",
            vendors: Vendor.all.map(\.profile))
        let diagnostics = result.diagnostics.map(ProjectDescriptions.error)
        guard result.project != nil else {
            let count = result.diagnostics.count { $0.severity == .error }
            let message = count == 1 ? "the configuration has an error" : "the configuration has \(count) errors"
            return Self.json(
                .object([("message", .string(message)), ("errors", .array(diagnostics))]), status: 422)
        }
        return Self.json(.object([("message", .string("the configuration is valid")), ("notes", .array(diagnostics))]))
    }
}

/// Configurations as clients of AI Refinery read them.
enum RefineryConfiguration {
    /// The same without members that are nothing: the client looks into what is there.
    static func readable(_ configuration: JSON) -> JSON {
        switch configuration {
        case .object(let members):
            .object(members.filter { $0.1 != .null }.map { ($0.0, readable($0.1)) })
        case .array(let items): .array(items.map(readable))
        default: configuration
        }
    }
}
