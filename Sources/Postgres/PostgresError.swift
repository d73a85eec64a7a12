/// Why a PostgreSQL server did not do what it was asked. No message holds an address, a name of a user or a password.
public struct PostgresError: Error, Equatable, Sendable {
    /// What went wrong.
    public enum Kind: Equatable, Sendable {
        /// The address is none.
        case address
        /// There is no server, or it has no room. Another attempt may do.
        case unreachable
        /// The server does not let this user in, or has no such database.
        case refused
        /// The connection is gone. Whether the last statement was carried out is not known.
        case lost
        /// It took longer than it may. The connection is closed, or the server ended the statement.
        case timeout
        /// Nobody waits for the result any more.
        case cancelled
        /// There is more than is taken.
        case tooMuch
        /// The server refuses a statement, with this SQLSTATE.
        case statement(state: String)
    }

    /// What went wrong.
    public var kind: Kind
    /// Says what, and what to do; a sentence without its point. Of `.statement` the server's own words, which may quote the
    /// statement and values: they are for whoever wrote the statement, and for no log.
    public var message: String

    /// - Parameter message: nil: the usual one.
    public init(_ kind: Kind, _ message: String? = nil) {
        self.kind = kind
        self.message = message ?? kind.message
    }

    /// What an SQLSTATE means.
    init(state: String, message: String) {
        switch state.prefix(2) {
        case "08": self.init(.lost)
        case "28": self.init(.refused)
        case "3D": self.init(.refused, "the server has no database of that name: check the address")
        case "53" where state == "53300": self.init(.unreachable, "the server has no connection free")
        case "53", "54": self.init(.tooMuch, "the statement takes more than the server has")
        case "57" where state == "57014": self.init(.timeout)
        case "57" where state == "57P03": self.init(.unreachable, "the server starts or stops: try again")
        case "57" where state.hasPrefix("57P"): self.init(.lost)
        default: self.init(.statement(state: state), message)
        }
    }
}

extension PostgresError.Kind {
    fileprivate var message: String {
        switch self {
        case .address: "it is no address of a database: write postgresql://USER:PASSWORD@HOST/DATABASE"
        case .unreachable: "the server cannot be reached: check its address, and whether it runs"
        case .refused: "the server refuses the login: check user and password"
        case .lost: "the connection to the server broke off"
        case .timeout: "the server takes too long"
        case .cancelled: "the statement was taken back"
        case .tooMuch: "there is more than is taken"
        case .statement(let state): "the server refuses the statement (\(state))"
        }
    }
}
