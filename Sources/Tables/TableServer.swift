import JSONText
import Postgres
import ProjectModel
import ProviderKit

/// Tables in a PostgreSQL server, which are only read from.
enum TableServer {
    /// How long one statement may run at the server.
    static let longest: Duration = QueryWatch.longest
    /// How much longer this side waits, so that the server's own word comes first.
    private static let margin: Duration = .seconds(1)
    /// How long a query waits for a table that somebody else locks, in milliseconds.
    private static let lockPatience = 500

    /// The server that a variable of the environment names.
    static func address(
        _ variable: String, in environment: [String: String]
    ) throws(TableError) -> PostgresAddress {
        guard let url = environment[variable], !url.isEmpty else {
            throw TableError(.missing, "the variable \(variable) of the server's environment is not set")
        }
        do throws(PostgresError) { return try PostgresAddress(url) } catch {
            throw TableError(.missing, "the variable \(variable) of the server's environment: \(error.message)")
        }
    }

    /// Runs what a model wrote, if it is one SELECT on those tables.
    static func query(
        _ sql: String, on set: TableSet, _ connection: PostgresConnection, _ stop: StopFlag,
        longest: Duration = Self.longest
    ) throws(TableError) -> QueryResult {
        let rules = QueryRules(set.tables)
        let query = try ServerQuery(sql, on: set.tables, rules)
        let patience = PostgresPatience(for: longest + margin, stop: stop)
        do {
            return try reading(connection, patience, longest: longest) {
                try check(query, connection, patience)
                let columns = try connection.columns(of: query.plain, within: patience)
                guard (1...QueryResult.mostColumns).contains(columns.count) else {
                    throw TableError(
                        .query, "the result has \(columns.count) columns: name 1 to \(QueryResult.mostColumns)")
                }
                var result = QueryResult(columns: columns.map(\.name))
                var isFull = false
                // What does not fit is read on, for it is bounded.
                try connection.execute(query.bounded(columns: columns.count), within: patience) { row in
                    if isFull { return }
                    isFull = !result.add(zip(row, columns).map { ServerQuery.value($0, of: $1.type) })
                }
                return result
            }
        } catch {
            throw TableError(error, rules)
        }
    }

    /// Carries `body` out in a transaction in which the server refuses changes, and ends what takes long.
    static func reading<Value>(
        _ connection: PostgresConnection, _ patience: PostgresPatience, longest: Duration = Self.longest,
        _ body: () throws -> Value
    ) throws -> Value {
        try connection.transaction(isReadOnly: true, within: patience) {
            _ = try connection.rows(
                """
                SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
                    set_config('search_path', 'pg_catalog, pg_temp', true),
                    set_config('standard_conforming_strings', 'on', true)
                """, ["\(Int(longest / .milliseconds(1)))", "\(lockPatience)"], within: patience)
            return try body()
        }
    }

    /// Asks the server what its names are.
    private static func check(
        _ query: ServerQuery, _ connection: PostgresConnection, _ patience: PostgresPatience
    ) throws {
        if query.schemas.isEmpty, query.attributes.isEmpty { return }
        let found = try connection.rows(
            """
            SELECT 'schema', nspname FROM pg_namespace WHERE nspname = ANY (string_to_array($1, chr(10)))
            UNION ALL (SELECT 'function', proname FROM pg_proc
                WHERE proname = ANY (string_to_array($2, chr(10))) LIMIT 1)
            """, [query.schemas, query.attributes].map { $0.joined(separator: "\n") }, within: patience)
        guard let first = found.first, let name = first[1] else { return }
        throw TableError(
            .query,
            first[0] == "schema"
                ? "\"\(name)\" is the name of a schema: write tables without it, and call no table so"
                : "\"\(name)\" is the name of a function: call the column something else")
    }
}

extension TableError {
    /// What a failure of the server means to a model.
    init(_ error: any Error, _ rules: QueryRules? = nil) {
        if let error = error as? TableError {
            self = error
            return
        }
        guard let error = error as? PostgresError else {
            self.init(.unreadable, "the database cannot be read")
            return
        }
        switch error.kind {
        case .statement(let state):
            self.init(state: state, error.message, rules)
        case .timeout: self.init(.tooMuch, "the query takes too long: join and filter less, or group earlier")
        case .cancelled: self.init(.cancelled, "the query was taken back")
        case .tooMuch: self.init(.tooMuch, error.message)
        case .address, .unreachable, .refused, .lost: self.init(.unreachable, "the database: " + error.message)
        }
    }

    private init(state: String, _ message: String, _ rules: QueryRules?) {
        switch (state, state.prefix(2)) {
        case ("25006", _): self.init(.query, QueryRules.onlySelect)
        case ("42501", _): self.init(.unreadable, "the user of the database may not read all that the query needs")
        case ("55P03", _): self.init(.unreadable, "another program locks a table: try again")
        case (_, "42"), (_, "0A"), (_, "21"), (_, "22"):
            let hasNoName = ["42P01", "42703"].contains(state)
            let offer = hasNoName ? rules.map { "; " + $0.offer } ?? "" : ""
            self.init(.query, String(message.prefix(300)) + offer)
        default: self.init(.unreadable, "the database refuses the query (\(state))")
        }
    }
}
