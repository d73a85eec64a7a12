import Memory
import Network
import Persistence
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
    let conversations: Conversations
    let metrics: Metrics
    let measures: ConversationMetrics
    let log: Log
    /// How many requests without a conversation are under way.
    let requests: InferenceMeasures
    /// What programs ask without a conversation.
    private var inference: InferenceRoutes {
        InferenceRoutes(registry: registry, catalog: catalog, measures: requests, log: log, forms: forms)
    }
    /// The words of the languages that are read aloud, shared by all conversations.
    private let forms = ICUForms()

    // MARK: - HTTP

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        if let refusal = refusal(of: request) { return refusal }
        if request.method == "DELETE", let (project, user) = memory(at: request.path) {
            return await forget(user, of: project, for: caller(of: request).tenant)
        }
        let refinery = RefineryRoutes(projects: api, caller: caller(of: request))
        if let answer = await refinery.respond(to: request) { return answer }
        if let answer = await inference.respond(to: request) { return answer }
        switch APIMatch(request, in: APITable.routes) {
        case .route(let route, let names):
            guard route.isOpen || access.listensOnLoopback else { return .onlyOnLoopback }
            return await route.respond(api, APICall(request: request, caller: caller(of: request), names: names))
        case .otherMethods(let allowed): return .methodNotAllowed(allowed)
        case .nothing: break
        }
        guard request.method == "GET" || request.method == "HEAD" else { return .methodNotAllowed("GET, HEAD") }
        switch request.path.split(separator: "/").map(String.init) {
        case ["healthz"]: return .text("ok\n")
        case ["readyz"]: return readiness()
        case ["metrics"]:
            catalog.measure(metrics)
            return .text(metrics.render())
        default: return ConsoleFiles.response(for: request.path) ?? .notFound
        }
    }

    private var api: ProjectsAPI {
        ProjectsAPI(
            registry: registry, conversations: conversations, preferred: settings.defaultProject,
            isLocal: access.listensOnLoopback)
    }

    /// Who asks, and whose projects they see. The one place that decides it.
    private func caller(of request: HTTPRequest) -> APICaller {
        APICaller(tenant: Tenant.standard, author: "anyone", only: nil)
    }

    /// The project and the user of `/api/projects/NAME/memory/USER`; a user's name may hold slashes.
    private func memory(at path: String) -> (project: String, user: String)? {
        let parts = path.split(separator: "/", maxSplits: 4, omittingEmptySubsequences: true).map(String.init)
        guard parts.count == 5, parts[0] == "api", parts[1] == "projects", parts[3] == "memory" else { return nil }
        return (parts[2], parts[4])
    }

    /// Forgets a user. Whoever can ask may do so on the own machine only: nothing says yet who may.
    private func forget(_ user: String, of name: String, for tenant: String) async -> HTTPResponse {
        guard access.listensOnLoopback else { return .onlyOnLoopback }
        guard let project = wanted(name, of: tenant) else {
            return .problem(404, code: "unknown_project", message: unknown(name, of: tenant).message)
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

    // MARK: - WebSocket

    func upgrade(_ request: HTTPRequest) -> UpgradeDecision {
        if let refusal = refusal(of: request) { return .refuse(refusal) }
        guard let entrance = Gateway.entrance(for: request) else {
            return .refuse(.problem(404, code: "unknown_path", message: "no WebSocket is served at this path"))
        }
        let tenant = caller(of: request).tenant
        guard let wanted = wanted(entrance.project, of: tenant) else {
            return turnAway(unknown(entrance.project, of: tenant))
        }
        let ready: Opened?
        let caller: String?
        do throws(BadInput) {
            // A project that has to be read from the store first is opened when the socket is there.
            ready = try registry.project(named: wanted.name, version: wanted.version, of: tenant)
                .map { project throws(BadInput) in .ready(project, try entrance.dialect(request, project)) }
            caller = try UserName.read(entrance.user ?? request.query["user"])
        } catch {
            return turnAway(.badQuery(error))
        }
        let user = (entrance.user ?? request.query["uuid"]).map { "\(wanted.name)/\($0)" }
        do {
            let (place, older) = try admission.reserve(user: user, replacing: entrance.duplicate == .replaces)
            if let older { replace(older) }
            return .accept(subprotocol: entrance.subprotocol, maxMessageBytes: entrance.largestMessage) { socket in
                let opened: Opened
                if let ready { opened = ready } else { opened = await open(entrance, request, wanted, of: tenant) }
                switch opened {
                case .refused(let farewell):
                    admission.leave(place)
                    measures.refused(farewell.code)
                    farewell.say(on: socket)
                case .ready(let project, let dialect):
                    await hold(
                        socket, project: project, of: tenant, isSilent: entrance.isSilent, dialect: dialect,
                        caller: caller, place: place)
                }
            }
        } catch {
            return turnAway(error, entrance)
        }
    }

    /// What is needed for a conversation, or why there is none.
    private enum Opened {
        case ready(Project, any Dialect)
        case refused(Farewell)
    }

    /// Reads a project from the store.
    private func open(
        _ entrance: Gateway.Entrance, _ request: HTTPRequest, _ wanted: ProjectAddress, of tenant: String
    ) async -> Opened {
        guard let project = try? await registry.find(wanted.name, version: wanted.version, of: tenant) else {
            return .refused(unknown(entrance.project, of: tenant))
        }
        do throws(BadInput) {
            return .ready(project, try entrance.dialect(request, project))
        } catch {
            return .refused(.badQuery(error))
        }
    }

    private func hold(
        _ socket: WebSocketConnection, project: Project, of tenant: String, isSilent: Bool, dialect: any Dialect,
        caller: String?,
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
        let turns = TurnCount()
        let record = ConversationRecord(
            id: id.description, tenant: tenant, project: project.name, version: project.version, user: caller,
            began: WallTime.now().millisecondsSince1970)
        // A slow disk holds up no greeting.
        async let noted: Void = conversations.began(record)
        let cast = catalog.cast(project)
        var engines = cast.engines
        engines.memory = memories.memory(of: caller, in: cast.project, log: log)
        let recorder = recordings.recorder(for: cast.project, id, log: log)
        await ClientConnection(
            socket: socket, dialect: dialect, project: isSilent ? cast.project.readAloudByNobody : cast.project,
            engines: engines, lead: settings.lead, usesStandIns: settings.providersAreStandIns, forms: forms, id: id,
            recorder: recorder, measures: measures, turns: turns, log: log
        ).serve()
        admission.leave(place)
        await recordings.finish(recorder, log: log)
        let ending = await socket.closed()
        measures.ended(ending)
        log.info("conversation ends", ["close_code": .int(Int(ending.code))])
        await noted
        await conversations.ended(id.description, closeCode: Int(ending.code), turns: turns.value)
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

    /// The project and the version that an address means, the default one for an empty name; nil when there is no such
    /// project. An earlier version may have to be read from the store; whether it is kept shows then.
    private func wanted(_ text: String, of tenant: String) -> ProjectAddress? {
        guard var place = ProjectAddress(text) else { return nil }
        if text.isEmpty {
            guard let name = registry.defaultName(preferred: settings.defaultProject, of: tenant) else { return nil }
            place.name = name
        }
        return registry.mayHave(place.name, version: place.version, of: tenant) ? place : nil
    }

    private func unknown(_ name: String, of tenant: String) -> Farewell {
        let explanation = UnknownProject(registry: registry, tenant: tenant, isTold: access.listensOnLoopback)
        return .unknownProject(message: explanation.message(for: name))
    }
}
