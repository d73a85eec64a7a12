import ProviderTransport

/// The version that client and server speak, and with it the era of the protocol.
enum Agreement: Equatable {
    /// Agreed on by `initialize`; the connection, or an id in a header, stands for the session.
    case session(version: String)
    /// There is no session: each request says the version and who asks.
    case stateless(version: String)

    /// Versions with a session, newest first. The first is offered; a server answers with one that it speaks.
    static let sessionVersions = ["2025-06-18", "2025-11-25", "2025-03-26", "2024-11-05"]
    /// The version without sessions.
    static let statelessVersion = "2026-07-28"

    var version: String {
        switch self {
        case .session(let version), .stateless(let version): version
        }
    }

    /// The parameters of `initialize`. Nothing is offered to the server.
    static var offer: JSONValue {
        [
            "protocolVersion": .string(sessionVersions[0]), "capabilities": [:],
            "clientInfo": ["name": "parley", "version": "1"],
        ]
    }

    /// Reads the answer to `initialize`.
    /// - Throws: `MCPFailure` when the server speaks no version that we do.
    init(answer: JSONValue) throws(MCPFailure) {
        guard let version = answer["protocolVersion"]?.string else {
            throw .unreadable("its answer to initialize names no version")
        }
        guard Self.sessionVersions.contains(version) else {
            throw .unreadable("it speaks a version of the protocol that is not known here")
        }
        self = .session(version: version)
    }

    /// Whether an error that answers `initialize` shows a server without sessions: it names its versions, does not know the
    /// method, or misses what each request must say.
    static func isStateless(_ error: RPCError) -> Bool {
        switch error.code {
        case RPCError.unsupportedVersion:
            error.data?["supported"]?.array?.contains(.string(statelessVersion)) ?? true
        case RPCError.methodNotFound, -32602, -32020: true
        default: false
        }
    }

    /// The parameters of a request as they are sent.
    func completed(_ params: [String: JSONValue]) -> JSONValue {
        guard case .stateless(let version) = self else { return .object(params) }
        var meta = params["_meta"]?.object ?? [:]
        meta["io.modelcontextprotocol/protocolVersion"] = .string(version)
        meta["io.modelcontextprotocol/clientInfo"] = Self.offer["clientInfo"]
        meta["io.modelcontextprotocol/clientCapabilities"] = [:]
        return .object(params.merging(["_meta": .object(meta)]) { $1 })
    }
}
