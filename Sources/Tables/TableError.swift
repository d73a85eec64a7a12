/// Why a table cannot be read, or a query gets no result.
public struct TableError: Error, Equatable, Sendable {
    /// What went wrong.
    public enum Kind: Equatable, Sendable {
        /// There is no such file.
        case missing
        /// The path leads out of the project's folder.
        case outside
        /// The file is of a kind that is not read.
        case foreign
        /// The file is damaged, too large, or no table.
        case unreadable
        /// The server with the tables cannot be asked now.
        case unreachable
        /// The query may not be run, or is wrong. Nothing was done.
        case query
        /// The query takes more time or memory than it may.
        case tooMuch
        /// Nobody waits for the result any more.
        case cancelled
    }

    /// What went wrong.
    public var kind: Kind
    /// Says what, and what to do; a sentence without its point.
    public var message: String

    /// A project that is read from no file has none beside it.
    public static let noFolder = TableError(
        .missing, "the project is read from no file, so there are no files beside it")

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
