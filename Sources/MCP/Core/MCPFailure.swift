import Network

/// Why a server gave no answer. It holds no header, no path and no argument.
enum MCPFailure: Error, Equatable {
    /// There is no connection, or it ended.
    case unreachable(String)
    /// Its address may not be asked.
    case forbidden
    /// What came is not the protocol; the text goes on from "the server: ".
    case unreadable(String)
    /// An HTTP status that is no success, with the JSON-RPC error that came along.
    case status(Int, RPCError?)
    /// The server does not know our session any more; nothing was carried out.
    case sessionOver
    case timedOut
    case cancelled
    /// The server answered with an error.
    case refused(RPCError)

    /// A failure of the network.
    init(_ error: NetworkError) {
        switch error.code {
        case .timedOut: self = .timedOut
        case .cancelled: self = .cancelled
        case .forbidden: self = .forbidden
        case .tooLarge: self = .unreadable("it sent a message of more than \(RPCMessage.longest) bytes")
        default: self = .unreachable(error.message)
        }
    }

    /// For an operator.
    var reason: String {
        switch self {
        case .unreachable(let reason), .unreadable(let reason): reason
        case .forbidden: "its address is one of a private network, and the project does not allow these"
        case .status(let status, _): "it answered with HTTP status \(status)"
        case .sessionOver: "it ended the session"
        case .timedOut: "it did not answer in time"
        case .cancelled: "the call was cancelled"
        case .refused(let error): "it answered with error \(error.code)"
        }
    }
}
