import JSONText
import Memory
import Network
import ProjectModel
import Projects
import Session
import SpellOut
import Telemetry

/// What is served at which path.
struct Routes: ServerHandler {
    let settings: ServerSettings
    let access: AccessPolicy
    let registry: ProjectRegistry
    let catalog: any EngineCatalog
    let admission: Admission
    let recordings: Recordings
    let memories: Memories
    let metrics: Metrics
    let measures: ConversationMetrics
    let log: Log
    /// How many requests without a conversation are under way.
    let requests: InferenceMeasures
    /// What programs ask without a conversation.
    private var inference: InferenceRoutes {
        InferenceRoutes(registry: registry, catalog: catalog, measures: requests, log: log, forms: forms)
    }
    /// What clients of AI Refinery ask over HTTP.
    private var refinery: RefineryRoutes { RefineryRoutes(registry: registry) }
    /// The words of the languages that are read aloud, shared by all conversations.
    private let forms = ICUForms()

    // MARK: - HTTP

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        if let refusal = refusal(of: request) { return refusal }
        if request.method == "DELETE", let (project, user) = memory(at: request.path) {
            return await forget(user, of: project)
        }
        if let answer = refinery.respond(to: request) { return answer }
        if let answer = await inference.respond(to: request) { return answer }
        guard request.method == "GET" || request.method == "HEAD" else {
            return .problem(405, code: "method_not_allowed", message: "only GET and HEAD are served here")
        }
        let parts = request.path.split(separator: "/").map(String.init)
        if parts.starts(with: ["api", "projects"]) { return projects(parts.dropFirst(2)) }
        switch parts {
        case ["healthz"]: return .text("ok\n")
        case ["readyz"]: return readiness()
        case ["metrics"]:
            catalog.measure(metrics)
            return .text(metrics.render())
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

    /// The project and the user of `/api/projects/NAME/memory/USER`; a user's name may hold slashes.
    private func memory(at path: String) -> (project: String, user: String)? {
        let parts = path.split(separator: "/", maxSplits: 4, omittingEmptySubsequences: true).map(String.init)
        guard parts.count == 5, parts[0] == "api", parts[1] == "projects", parts[3] == "memory" else { return nil }
        return (parts[2], parts[4])
    }

    /// Forgets a user. Whoever can ask may do so on the own machine only: nothing says yet who may.
    private func forget(_ user: String, of name: String) async -> HTTPResponse {
        guard access.listensOnLoopback else {
            return .problem(
                403, code: "forbidden", message: "only a server that listens on loopback forgets on request")
        }
        guard let project = find(name) else {
            return .problem(404, code: "unknown_project", message: unknown(name))
        }
        do throws(MemoryError) {
            try await memories.forget(user, of: project.name)
            return HTTPResponse(status: 204)
        } catch {
            return .problem(503, code: "memory_unavailable", message: "the memory cannot be used now: \(error)")
        }
    }

    private func readiness() -> HTTPResponse {
        if admission.isClosed { return .text("going down\n", status: 503) }
        if admission.isFull() { return .text("full\n", status: 503) }
        return registry.names.isEmpty ? .text("no project is registered\n", status: 503) : .text("ready\n")
    }

    private func project(_ name: String, _ answer: (Project) -> HTTPResponse) -> HTTPResponse {
        guard let project = find(name) else {
            return .problem(404, code: "unknown_project", message: unknown(name))
        }
        return answer(project)
    }

    private func json(_ value: JSON) -> HTTPResponse { .json(Array(value.text.utf8)) }

    // MARK: - WebSocket

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        if let refusal = refusal(of: request) { return .refuse(refusal) }
        guard let entrance = Gateway.entrance(for: request) else {
            return .refuse(.problem(404, code: "unknown_path", message: "no WebSocket is served at this path"))
        }
        guard let project = find(entrance.project) else {
            return turnAway(.unknownProject(message: unknown(entrance.project)))
        }
        let dialect: any Dialect
        let caller: String?
        do throws(BadInput) {
            dialect = try entrance.dialect(request, project)
            caller = try UserName.read(entrance.user ?? request.query["user"])
        } catch {
            return turnAway(.badQuery(error))
        }
        let user = (entrance.user ?? request.query["uuid"]).map { "\(project.name)/\($0)" }
        do {
            let (place, older) = try admission.reserve(user: user, replacing: entrance.duplicate == .replaces)
            if let older { replace(older) }
            return .accept(subprotocol: entrance.subprotocol, maxMessageBytes: entrance.largestMessage) { socket in
                await hold(
                    socket, project: project, isSilent: entrance.isSilent, dialect: dialect, caller: caller,
                    place: place)
            }
        } catch {
            return turnAway(error, entrance)
        }
    }

    private func hold(
        _ socket: WebSocketConnection, project: Project, isSilent: Bool, dialect: any Dialect, caller: String?,
        place: Admission.Place
    ) async {
        switch admission.occupy(place, socket) {
        case .welcome: break
        case .replaced: return replace(socket)
        case .draining:
            measures.refused(Farewell.draining.code)
            return Farewell.draining.say(on: socket)
        }
        let id = ConversationID.make()
        let log = log.with(["conversation": .name(id.description), "project": .name(project.name)])
        log.info("conversation begins", ["version": .int(project.version)])
        measures.began()
        let cast = catalog.cast(project)
        var engines = cast.engines
        engines.memory = memories.memory(of: caller, in: cast.project, log: log)
        let recorder = recordings.recorder(for: cast.project, id, log: log)
        await ClientConnection(
            socket: socket, dialect: dialect, project: isSilent ? cast.project.readAloudByNobody : cast.project,
            engines: engines, lead: settings.lead, usesStandIns: settings.providersAreStandIns, forms: forms, id: id,
            recorder: recorder, measures: measures, log: log
        ).serve()
        admission.leave(place)
        await recordings.finish(recorder, log: log)
        let ending = await socket.closed()
        measures.ended(ending)
        log.info("conversation ends", ["close_code": .int(Int(ending.code))])
    }

    private func replace(_ socket: WebSocketConnection) {
        measures.replaced()
        Farewell.replaced.say(on: socket)
    }

    /// Accepts a socket to say why there is no conversation for it.
    private func turnAway(_ farewell: Farewell) -> UpgradeDecision {
        measures.refused(farewell.code)
        // A browser that offers this subprotocol hears nothing without it; who does not offer it is not told.
        return .accept(subprotocol: "realtime") { farewell.say(on: $0) }
    }

    private func turnAway(_ refusal: Admission.Refusal, _ entrance: Gateway.Entrance) -> UpgradeDecision {
        switch refusal {
        case .draining: return turnAway(.draining)
        case .full: return turnAway(.full(maximum: settings.maximumConversations))
        case .taken:
            guard case .isRefused = entrance.duplicate else { return turnAway(.taken) }
            measures.refused(Farewell.taken.code)
            return .refuse(.problem(409, code: Farewell.taken.code, message: Farewell.taken.message))
        }
    }

    // MARK: - Access

    /// The answer to a request that a page of somebody else may be behind; nil when there is none.
    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let (host, origin) = (request.headers["host"], request.headers["origin"])
        guard let refusal = access.refusal(host: host, origin: origin) else { return nil }
        measures.refused(refusal)
        let message =
            switch refusal {
            case .origin:
                "pages of this origin may not use the server; 'parley serve --allow-origin ORIGIN' allows them"
            case .host: "the server is not known by this name; 'parley serve --allow-host NAME' adds it"
            }
        return .problem(403, code: refusal.rawValue, message: message)
    }

    // MARK: - Projects

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

    /// Why there is no project of that name to talk to. What stands in its file is told to the own machine only, and so are
    /// the names of others: a caller may not know them.
    private func unknown(_ name: String) -> String {
        let wanted = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
        let errors = registry.errors(of: wanted)
        if !errors.isEmpty {
            return access.listensOnLoopback
                ? ProjectDescriptions.problems(errors, of: wanted)
                : "project '\(wanted)' has errors; its operator can list them with 'parley validate'"
        }
        let names = registry.names
        if names.isEmpty { return "no project is registered" + brokenOnes }
        guard access.listensOnLoopback else { return "there is no such project" }
        return "there is no such project; there are: \(names.joined(separator: ", "))" + brokenOnes
    }

    private var brokenOnes: String {
        let names = access.listensOnLoopback ? registry.brokenNames : []
        return names.isEmpty ? "" : "; these have errors: \(names.joined(separator: ", "))"
    }
}
