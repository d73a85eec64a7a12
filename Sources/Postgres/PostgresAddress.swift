import CPostgreSQL

/// Where a PostgreSQL server is, and who asks it: a URL with a password in it. It prints as `<redacted>`.
public struct PostgresAddress: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The longest URL, in bytes.
    public static let longest = 4000

    /// As libpq reads it.
    let url: String

    /// - Parameter url: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`, as libpq has it.
    /// - Throws: `.address` for what is none. The error does not quote it.
    public init(_ url: String) throws(PostgresError) {
        let isURL = url.hasPrefix("postgresql://") || url.hasPrefix("postgres://")
        guard isURL, url.utf8.count <= Self.longest, !url.utf8.contains(0) else { throw PostgresError(.address) }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(url, &message)
        PQfreemem(message)
        guard let options else { throw PostgresError(.address) }
        PQconninfoFree(options)
        self.url = url
    }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
