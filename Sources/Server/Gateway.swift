import Dialects
import Session

/// Which dialect is spoken at which WebSocket path: `/DIALECT/PROJECT[:VERSION]`.
enum Gateway {
    /// Makes the dialect of one connection from the query of its address; what is wrong with the query is thrown.
    typealias Opening = @Sendable (_ query: [String: String]) throws(BadInput) -> any Dialect

    /// What a path leads to.
    struct Entrance {
        /// The project's name, perhaps with a version; empty for the default one.
        var project: String
        /// The dialect that is spoken there.
        var dialect: Opening
    }

    private static let bridge: Opening = { _ in BridgeDialect() }

    /// A dialect that is new has its line here.
    private static let openings: [String: Opening] = [
        "bridge": bridge,
        "pcm": { query throws(BadInput) in try PCMDialect(query: query) },
    ]

    /// What is behind `path`; nil when nothing is.
    static func entrance(at path: String) -> Entrance? {
        let parts = path.split(separator: "/").map(String.init)
        if parts.isEmpty { return Entrance(project: "", dialect: bridge) }
        guard parts.count == 2, let dialect = openings[parts[0]] else { return nil }
        return Entrance(project: parts[1], dialect: dialect)
    }
}
