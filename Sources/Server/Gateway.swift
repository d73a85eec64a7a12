import Dialects
import Network
import ProjectModel
import Session

/// Which dialect is spoken at which WebSocket path: `/DIALECT/PROJECT[:VERSION]`, or longer ones of other people's clients.
enum Gateway {
    /// Makes the dialect of one connection from its request and its project; what is wrong with the query is thrown.
    typealias Opening = @Sendable (HTTPRequest, Project) throws(BadInput) -> any Dialect

    /// What becomes of a second connection of the same user.
    enum Duplicate: Sendable {
        /// It takes over from the older one.
        case replaces
        /// It is turned away, once its socket is open.
        case isClosed
        /// Its handshake is refused.
        case isRefused
    }

    /// What a request leads to.
    struct Entrance {
        /// The project's name, perhaps with a version; empty for the default one.
        var project: String
        /// Who talks, as the path says it; else the query does.
        var user: String?
        /// Whether its clients only read.
        var isSilent = false
        var duplicate = Duplicate.replaces
        /// The dialect that is spoken there.
        var dialect: Opening
        /// The subprotocol that is agreed on, if the client offers it.
        var subprotocol: String?
        /// The largest message, in bytes; nil is the usual.
        var largestMessage: Int?
    }

    private static let bridge: Opening = { _, _ in BridgeDialect() }

    /// A dialect that is new has its line here.
    private static let openings: [String: Opening] = [
        "bridge": bridge,
        "pcm": { request, _ throws(BadInput) in try PCMDialect(query: request.query) },
    ]

    /// What is behind the path of a request; nil when nothing is.
    static func entrance(for request: HTTPRequest) -> Entrance? {
        let parts = request.path.split(separator: "/").map(String.init)
        if parts.isEmpty { return Entrance(project: "", dialect: bridge) }
        if parts[0] == "distiller" { return refinery(parts) }
        if let entrance = realtime(parts, request) { return entrance }
        guard parts.count == 2, let dialect = openings[parts[0]] else { return nil }
        return Entrance(project: parts[1], dialect: dialect)
    }

    /// `/distiller/run/ACCOUNT/PROJECT[:VERSION]/USER`, and the same for `realtime`.
    private static func refinery(_ parts: [String]) -> Entrance? {
        guard parts.count == 5 else { return nil }
        switch parts[1] {
        case "run":
            // Its client tells a second connection from other failures only when the socket was open.
            return Entrance(project: parts[3], user: parts[4], isSilent: true, duplicate: .isClosed) { _, project in
                RefineryTextDialect(RefineryProject(project))
            }
        case "realtime":
            return Entrance(project: parts[3], user: parts[4], duplicate: .isRefused) { _, project in
                RefineryVoiceDialect(RefineryProject(project))
            }
        default: return nil
        }
    }
}

extension RefineryProject {
    /// What a dialect of AI Refinery knows of `project`.
    init(_ project: Project) {
        self.init(
            executors: Set(project.agents.filter { $0.program.executor != nil }.map(\.name)),
            apology: project.shownApology)
    }
}
