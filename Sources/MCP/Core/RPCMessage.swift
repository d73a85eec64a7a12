import ProviderTransport

/// What a server answers instead of a result.
struct RPCError: Error, Equatable {
    static let methodNotFound = -32601
    /// A server of the stateless protocol does not serve the version that was named.
    static let unsupportedVersion = -32022

    var code: Int
    /// As the server wrote it; it may hold anything.
    var message: String
    /// What else the server said.
    var data: JSONValue?
}

/// One message of JSON-RPC 2.0.
enum RPCMessage: Equatable {
    /// Wants a response with the same id. Ids of servers are numbers or texts; ours are numbers.
    case request(id: JSONValue, method: String, params: JSONValue?)
    case notification(method: String, params: JSONValue?)
    /// Answers the request with this id; null when the server could not read it.
    case response(id: JSONValue, Result<JSONValue, RPCError>)

    /// The longest message in bytes, in either direction.
    static let longest = 1 << 20

    /// The messages in a JSON text: one, or a batch (version 2025-03-26 knows these). What is no message is left out; nil
    /// when nothing is one.
    static func messages(in text: some Collection<UInt8>) -> [RPCMessage]? {
        guard text.count <= longest, let value = JSONValue(text) else { return nil }
        let messages = (value.array ?? [value]).compactMap(RPCMessage.init)
        return messages.isEmpty ? nil : messages
    }

    /// The message that a JSON value is; nil for what is none.
    private init?(_ value: JSONValue) {
        guard let members = value.object else { return nil }
        if let method = value["method"]?.string {
            guard let id = value["id"] else {
                self = .notification(method: method, params: value["params"])
                return
            }
            guard id.string != nil || id.double != nil else { return nil }
            self = .request(id: id, method: method, params: value["params"])
        } else if let error = value["error"] {
            let fault = RPCError(
                code: error["code"]?.int ?? 0, message: error["message"]?.string ?? "", data: error["data"])
            self = .response(id: value["id"] ?? .null, .failure(fault))
        } else if let result = members["result"], let id = value["id"] {
            self = .response(id: id, .success(result))
        } else {
            return nil
        }
    }

    /// The JSON text, on one line.
    var bytes: [UInt8] {
        var members: [String: JSONValue] = ["jsonrpc": "2.0"]
        switch self {
        case .request(let id, let method, let params):
            members["id"] = id
            members["method"] = .string(method)
            members["params"] = params
        case .notification(let method, let params):
            members["method"] = .string(method)
            members["params"] = params
        case .response(let id, .success(let result)):
            members["id"] = id
            members["result"] = result
        case .response(let id, .failure(let error)):
            members["id"] = id
            members["error"] = ["code": .int(error.code), "message": .string(error.message)]
        }
        return JSONValue.object(members).bytes
    }

    /// What is to be done about a message from a server.
    enum Disposition: Equatable {
        /// Whoever sent the request with this number gets it.
        case settle(id: Int, Result<JSONValue, RPCError>)
        /// Goes back to the server.
        case reply(RPCMessage)
        /// The tools are to be listed anew.
        case toolsChanged
        /// Nothing: progress, log messages, whatever nobody asked for.
        case ignore
    }

    /// Servers may ask whether we are there. What they may ask of a model, of folders or of a person is not offered.
    var disposition: Disposition {
        switch self {
        case .response(let id, let result):
            // Some servers send a number back as a text.
            guard let id = id.int ?? id.string.flatMap(Int.init) else { return .ignore }
            return .settle(id: id, result)
        case .request(let id, "ping", _): return .reply(.response(id: id, .success([:])))
        case .request(let id, _, _):
            let error = RPCError(code: RPCError.methodNotFound, message: "This client does not offer that method.")
            return .reply(.response(id: id, .failure(error)))
        case .notification("notifications/tools/list_changed", _): return .toolsChanged
        case .notification: return .ignore
        }
    }
}
