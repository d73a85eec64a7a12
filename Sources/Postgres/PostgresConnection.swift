import CPostgreSQL

/// A connection to a PostgreSQL server. For one thread at a time: whoever owns it sees to that.
///
/// No call waits longer than its patience. Only names of hosts are looked up by the system, in its own time. Where a call ends
/// for lack of patience, the connection is closed: the server notices it within half a second (from PostgreSQL 14 on), and
/// ends the statement.
public final class PostgresConnection {
    /// The most parameters of one statement.
    public static let mostParameters = 1000

    /// nil when it is closed.
    private var link: PostgresLink?

    /// Connects.
    /// - Throws: `.unreachable`, `.refused`, `.timeout` or `.cancelled`.
    public init(_ address: PostgresAddress, _ patience: PostgresPatience) throws(PostgresError) {
        let link = try PostgresLink(address, patience)
        self.link = link
        // Older servers end a statement whose client is gone when they write the next row.
        if link.serverVersion >= 140_000 {
            try execute("SET client_connection_check_interval = 500", [], within: patience)
        }
    }

    /// Whether it can be used for a next statement, as far as this side knows.
    public var isOpen: Bool { link?.isIdle ?? false }

    /// One column of a result.
    public struct Column: Equatable, Sendable {
        /// As the statement names it.
        public var name: String
        /// The number of its type in `pg_type`.
        public var type: UInt32
    }

    /// Carries out one statement.
    /// - Parameters:
    ///   - parameters: the values of `$1`, `$2` and so on; nil is NULL.
    ///   - row: gets one row after the other, each value as text. Rows are not kept here.
    /// - Throws: `.statement` when the server refuses it, and what `row` throws; after that the connection is closed.
    public func execute(
        _ sql: String, _ parameters: [String?] = [], within patience: PostgresPatience,
        row: ([String?]) throws(PostgresError) -> Void = { _ in }
    ) throws(PostgresError) {
        try whole { link throws(PostgresError) in
            guard parameters.count <= Self.mostParameters else { throw PostgresError(.tooMuch) }
            try link.send(sql, parameters)
            return try link.results(patience) { result throws(PostgresError) in
                for index in 0..<PQntuples(result) {
                    try row((0..<PQnfields(result)).map { PostgresLink.value(result, index, $0) })
                }
            }
        }
    }

    /// The rows of one statement, each value as text.
    /// - Parameters:
    ///   - mostRows: of more, `.tooMuch` is thrown.
    ///   - mostBytes: of all values together, looked at row by row. A statement bounds its single values itself.
    public func rows(
        _ sql: String, _ parameters: [String?] = [], mostRows: Int = 1000, mostBytes: Int = 1 << 20,
        within patience: PostgresPatience
    ) throws(PostgresError) -> [[String?]] {
        var rows: [[String?]] = []
        var bytes = 0
        try execute(sql, parameters, within: patience) { row throws(PostgresError) in
            bytes += row.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
            guard rows.count < mostRows, bytes <= mostBytes else { throw PostgresError(.tooMuch) }
            rows.append(row)
        }
        return rows
    }

    /// The columns that a statement would give. The server reads it, and does not carry it out.
    public func columns(of sql: String, within patience: PostgresPatience) throws(PostgresError) -> [Column] {
        var columns: [Column] = []
        try whole { link throws(PostgresError) in
            try link.sendPreparation(of: sql)
            if let failure = try link.results(patience) { return failure }
            try link.sendDescription()
            return try link.results(patience) { result throws(PostgresError) in
                columns = (0..<PQnfields(result)).map {
                    Column(name: PQfname(result, $0).map { String(cString: $0) } ?? "", type: PQftype(result, $0))
                }
            }
        }
        return columns
    }

    /// Carries `body` out in one transaction: all of it or nothing.
    /// - Parameter isReadOnly: whether the server refuses whatever changes something.
    /// - Throws: what `body` throws, after the transaction is rolled back.
    public func transaction<Value>(
        isReadOnly: Bool = false, within patience: PostgresPatience, _ body: () throws -> Value
    ) throws -> Value {
        try execute(isReadOnly ? "BEGIN READ ONLY" : "BEGIN", within: patience)
        do {
            let value = try body()
            try execute("COMMIT", within: patience)
            return value
        } catch {
            // What was closed has no transaction left. What cannot be rolled back is closed.
            if link != nil { try? execute("ROLLBACK", within: PostgresPatience(for: .seconds(1))) }
            throw error
        }
    }

    /// Does all of a statement. One that is left in the middle leaves nothing for the next one to stumble over: the connection
    /// is closed.
    private func whole(
        _ body: (PostgresLink) throws(PostgresError) -> PostgresError?
    ) throws(PostgresError) {
        guard let link else { throw PostgresError(.lost) }
        let refusal: PostgresError?
        do throws(PostgresError) { refusal = try body(link) } catch {
            self.link = nil
            throw error
        }
        if let refusal {
            if !link.isAlive { self.link = nil }
            throw refusal
        }
    }
}
