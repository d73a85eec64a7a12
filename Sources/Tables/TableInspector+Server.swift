import Foundation
import Postgres
import ProjectModel

extension TableInspector {
    /// How long a server may take to tell what it has.
    private static let patience: Duration = .seconds(8)
    private static let connecting: Duration = .seconds(3)
    /// Values are taken from so many rows.
    private static let sampledRows = 50
    /// Longer values are no examples.
    private static let longestSample = 40

    /// The tables and views of a PostgreSQL server: the declared ones, or all of the schema `public` when none is declared.
    /// - Parameters:
    ///   - variable: of the environment; it holds the URL.
    ///   - schemas: those of the declared tables, in their order.
    public static func tables(
        _ declared: [Declaration], ofServer variable: String, in environment: [String: String]
    ) throws(TableError) -> [DataTable] {
        let address = try TableServer.address(variable, in: environment)
        do {
            let connection = try PostgresConnection(address, PostgresPatience(for: connecting))
            let patience = PostgresPatience(for: patience)
            var tables = try TableServer.reading(connection, patience) {
                try described(declared, connection, patience)
            }
            for index in tables.indices { try addSamples(to: &tables[index], connection, patience) }
            return tables
        } catch {
            throw TableError(error)
        }
    }

    private static func described(
        _ declared: [Declaration], _ connection: PostgresConnection, _ patience: PostgresPatience
    ) throws -> [DataTable] {
        var names: [String: [String]] = [:]
        for schema in Set(declared.map(\.schema)).union(declared.isEmpty ? [usualSchema] : []) {
            names[schema] = try connection.rows(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY table_name LIMIT 1000",
                [schema], within: patience
            ).compactMap { $0[0] }
        }
        let all = names[usualSchema, default: []].prefix(mostTables).map { Declaration(name: $0) }
        let wanted = declared.isEmpty ? all : declared
        return try wanted.map { declaration in
            let present = names[declaration.schema, default: []]
            guard let name = match(declaration.name, present) else {
                let some = present.prefix(20).joined(separator: ", ")
                throw TableError(
                    .unreadable,
                    "the schema '\(declaration.schema)' has no table '\(declaration.name)' that may be read"
                        + (some.isEmpty ? "" : "; there are: \(some)"))
            }
            let found = try connection.rows(
                """
                SELECT column_name, data_type FROM information_schema.columns
                WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position LIMIT 200
                """, [declaration.schema, name], within: patience
            ).map { row in
                let column = row[0] ?? ""
                return (
                    spellings: [column],
                    column: DataTable.Column(name: column, type: String((row[1] ?? "").prefix(40)))
                )
            }
            var table = DataTable(
                name: name, description: declaration.description, columns: try columns(found, of: declaration))
            table.schema = declaration.schema
            return table
        }
    }

    /// A few values of the first rows. A table that does not give them in time is told without.
    private static func addSamples(
        to table: inout DataTable, _ connection: PostgresConnection, _ patience: PostgresPatience
    ) throws {
        let columns = table.columns.map { "left(\(TableConnection.quoted($0.name))::text, \(longestSample + 1))" }
        let place = "\(TableConnection.quoted(table.schema ?? usualSchema)).\(TableConnection.quoted(table.name))"
        let sql = "SELECT \(columns.joined(separator: ", ")) FROM \(place) LIMIT \(sampledRows)"
        let rows: [[String?]]
        do {
            rows = try TableServer.reading(connection, patience) { try connection.rows(sql, within: patience) }
        } catch {
            if connection.isOpen { return }
            throw error
        }
        for (index, column) in table.columns.enumerated() where column.type != "bytea" {
            var samples: [String] = []
            for value in rows.compactMap({ $0[index] }) where value.count <= longestSample && samples.count < 3 {
                let isNumber = numbers.contains(column.type)
                let literal = isNumber ? value : "'" + value.replacing("'", with: "''") + "'"
                if !samples.contains(literal) { samples.append(literal) }
            }
            table.columns[index].samples = samples
        }
    }

    private static let numbers: Set<String> = [
        "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean",
    ]

    /// The name itself, or else one that differs only in its case.
    private static func match(_ name: String, _ present: [String]) -> String? {
        present.contains(name) ? name : present.first { $0.lowercased() == name.lowercased() }
    }
}
