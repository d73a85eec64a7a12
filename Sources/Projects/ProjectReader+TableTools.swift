import ProjectModel
import Tables

/// Tools that query tables, and tables that others have: a PostgreSQL server, or the connected client.
extension ProjectReader {
    /// The schema of a query in SQLite.
    static let queryParameters = parameters(of: "sql", "One SELECT statement of SQLite.")
    /// How long the connected client may take.
    private static let clientPatience: Duration = .seconds(60)

    /// Gives the project a tool that queries those tables.
    /// - Returns: its name.
    func add(_ tables: TableSet, to project: inout Project) -> String {
        var tool = Tool(
            name: "query_tables",
            description: "Runs one SELECT on the tables that you were told of, and returns the rows.",
            parameters: Self.parameters(for: tables), source: .tables(tables))
        if case .client(let executor) = tables.storage {
            tool.name = executor
            tool.description = "Queries the tables that you were told of, and returns the result."
            tool.timeout = Self.clientPatience
        }
        let name = tool.name
        var number = 1
        while let other = project.tools.first(where: { $0.name == tool.name }) {
            if other == tool { return tool.name }
            number += 1
            tool.name = "\(name)_\(number)"
        }
        project.tools.append(tool)
        return tool.name
    }

    /// The schema of a query on those tables.
    static func parameters(for tables: TableSet) -> String {
        switch tables.storage {
        case .files, .database: queryParameters
        case .server: parameters(of: "sql", "One SELECT statement of PostgreSQL.")
        // What clients have been given under this name by AI Refinery.
        case .client(TableSet.pandas): parameters(of: "query", "Python code that uses Pandas.")
        case .client: parameters(of: "query", "One SELECT statement of PostgreSQL.")
        }
    }

    private static func parameters(of name: String, _ meaning: String) -> String {
        """
        {"type":"object","properties":{"\(name)":{"type":"string","description":"\(meaning)"}},\
        "required":["\(name)"],"additionalProperties":false}
        """
    }

    /// The tables of a PostgreSQL server. Where it cannot be asked now, tables whose columns are all listed are as they are
    /// written.
    func serverSet(
        _ declared: [TableInspector.Declaration], at server: Located<String>, _ severity: Diagnostic.Severity
    ) -> TableSet? {
        func set(_ tables: [DataTable]) -> TableSet {
            TableSet(folder: "", storage: .server(variable: server.value), tables: tables)
        }
        do throws(TableError) {
            return set(
                try TableInspector.tables(declared, ofServer: server.value, in: context.environment))
        } catch {
            let isUnasked = [.missing, .unreachable, .tooMuch].contains(error.kind)
            if isUnasked, !declared.isEmpty, declared.allSatisfy({ !$0.columns.isEmpty }) {
                context.report(
                    .warning, at: server.mark, path: server.path,
                    "\(error.message). Until then the columns are as they are written here")
                return set(TableInspector.described(declared))
            }
            report(error, of: nil, at: server, severity)
            return nil
        }
    }
}
