import JSONText
import Network
import Session

/// Why the server closes a socket, in a way that a page's script can read: an `error`, then a close code of its own.
///
/// A browser hides the status and the body of a refused handshake from scripts. So a handshake is accepted even when there
/// is no conversation for it.
enum Farewell: Equatable {
    /// The query of the address asks for what the dialect does not have.
    case badQuery(BadInput)
    /// There is no such project; the text names those that there are, or does not.
    case unknownProject(message: String)
    /// As many conversations as there may be.
    case full(maximum: Int)
    /// The server goes down.
    case draining
    /// The same `uuid` connected again.
    case replaced
    /// The same user is connected, and stays.
    case taken

    /// The `code` of the error, and the reason of the close.
    var code: String {
        switch self {
        case .badQuery(let problem): problem.code
        case .unknownProject: "unknown_project"
        case .full: "full"
        case .draining: "draining"
        case .replaced: "replaced"
        case .taken: "already_connected"
        }
    }

    /// 44xx: trying again brings the same. 45xx: it may help later.
    var closeCode: UInt16 {
        switch self {
        case .badQuery: 4400
        case .unknownProject: 4404
        case .replaced: 4409
        // What clients of AI Refinery know.
        case .taken: 1011
        case .full, .draining: 4503
        }
    }

    var message: String {
        switch self {
        case .badQuery(let problem): problem.message
        case .unknownProject(let message): message
        case .full(let maximum): "there are \(maximum) conversations already; try again later"
        case .draining: "the server is going down; try again later"
        case .replaced: "this uuid connected again; the newer connection goes on"
        case .taken: "User is already connected. Close the other connection first."
        }
    }

    /// The message that goes before the close.
    var error: JSON {
        .object([
            ("type", .string("error")), ("code", .string(code)), ("message", .string(message)),
            ("error", .string(message)),
        ])
    }

    /// Says it and closes.
    func say(on socket: WebSocketConnection) {
        // Clients of AI Refinery know the close alone: an `error` before it would hide why.
        if self == .taken { return socket.close(code: closeCode, reason: message) }
        socket.send(error.text)
        socket.close(code: closeCode, reason: code)
    }
}
