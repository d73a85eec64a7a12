import JSONText
import Network
import ProjectModel
import Projects
import Session
import Telemetry

/// What is served at which path.
struct Routes: ServerHandler {
    let settings: ServerSettings
    let registry: ProjectRegistry
    let catalog: any EngineCatalog
    let admission: Admission
    let metrics: Metrics
    let measures: ConversationMetrics
    let log: Log

    // MARK: - HTTP

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            return .problem(405, code: "method_not_allowed", message: "only GET and HEAD are served here")
        }
        let parts = request.path.split(separator: "/").map(String.init)
        if parts.starts(with: ["api", "projects"]) { return projects(parts.dropFirst(2)) }
        switch parts {
        case ["healthz"]: return .text("ok\n")
        case ["readyz"]: return readiness()
        case ["metrics"]: return .text(metrics.render())
        default: return ConsoleFiles.response(for: request.path) ?? .notFound
        }
    }

    private func projects(_ parts: ArraySlice<String>) -> HTTPResponse {
        guard let name = parts.first else {
            return json(ProjectDescriptions.list(registry, preferred: settings.defaultProject))
        }
        switch parts.dropFirst() {
        case []: return project(name) { json(ProjectDescriptions.summary(of: $0)) }
        case ["graph"]: return project(name) { json(ProjectDescriptions.graph(of: $0)) }
        default: return .notFound
        }
    }

    private func readiness() -> HTTPResponse {
        if admission.isClosed { return .text("going down\n", status: 503) }
        return registry.names.isEmpty ? .text("no project is registered\n", status: 503) : .text("ready\n")
    }

    private func project(_ name: String, _ answer: (Project) -> HTTPResponse) -> HTTPResponse {
        guard let project = find(name) else { return unknownProject(name) }
        return answer(project)
    }

    private func json(_ value: JSON) -> HTTPResponse { .json(Array(value.text.utf8)) }

    // MARK: - WebSocket

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        guard let name = projectName(request.path) else {
            return .refuse(.problem(404, code: "unknown_path", message: "no WebSocket is served at this path"))
        }
        guard let project = find(name) else {
            measures.refused("unknown_project")
            return .refuse(unknownProject(name))
        }
        let user = request.query["uuid"].map { "\(project.name)/\($0)" }
        switch admission.reserve(user: user) {
        case .failure(let refusal):
            measures.refused(refusal.reason.rawValue)
            return .refuse(response(to: refusal.reason))
        case .success(let place):
            return .accept { socket in await hold(socket, project: project, place: place) }
        }
    }

    private func hold(_ socket: WebSocketConnection, project: Project, place: Admission.Place) async {
        admission.occupy(place)
        let id = ConversationID.make()
        let log = log.with(["conversation": .name(id), "project": .name(project.name)])
        log.info("conversation begins", ["version": .int(project.version)])
        measures.began()
        let cast = catalog.cast(project)
        await BridgeConnection(
            socket: socket, project: cast.project, engines: cast.engines, lead: settings.lead, id: id,
            measures: measures, log: log
        ).serve()
        admission.leave(place)
        let ending = await socket.closed()
        measures.ended(ending)
        log.info("conversation ends", ["close_code": .int(Int(ending.code))])
    }

    private func response(to refusal: Admission.Refusal) -> HTTPResponse {
        switch refusal {
        case .draining: .problem(503, code: "draining", message: "the server is going down")
        case .full:
            .problem(
                503, code: "full", message: "there are \(settings.maximumConversations) conversations; try again later")
        case .alreadyConnected:
            .problem(409, code: "already_connected", message: "this uuid has a live connection to the project")
        }
    }

    // MARK: - Projects

    /// The project that a WebSocket path names; empty for the default one, nil when the path is none of ours.
    private func projectName(_ path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        if parts.isEmpty { return "" }
        if parts.count == 2, parts[0] == "bridge" { return parts[1] }
        return nil
    }

    /// The project `name` or `name:version`; the default one for an empty name.
    private func find(_ name: String) -> Project? {
        if name.isEmpty {
            return registry.defaultName(preferred: settings.defaultProject).flatMap { registry.project(named: $0) }
        }
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return registry.project(named: name) }
        guard let version = Int(parts[1]) else { return nil }
        return registry.project(named: parts[0], version: version)
    }

    private func unknownProject(_ name: String) -> HTTPResponse {
        let known = registry.names.joined(separator: ", ")
        return .problem(
            404, code: "unknown_project",
            message: known.isEmpty ? "no project is registered" : "there is no such project; there are: \(known)")
    }
}
