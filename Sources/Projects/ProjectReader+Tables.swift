import ProjectModel
import Tables

/// Tables that agents may query: the `executor_config` of an `AnalyticsAgent`, and the `tables` of a tool.
extension ProjectReader {
    private enum Executor: String, CaseIterable {
        case pandas = "PandasExecutor"
        case postgres = "PostgresExecutor"
        case sqlite = "SQLiteExecutor"
    }

    /// What a file says of tables, and where.
    private struct TableKeys {
        var tables: [(declared: TableInspector.Declaration, name: Located<String>, file: Located<String>?)] = []
        var database: Located<String>?
    }

    /// The schema of a query.
    static let queryParameters = """
        {"type":"object","properties":{"sql":{"type":"string","description":"One SELECT statement of SQLite."}},\
        "required":["sql"],"additionalProperties":false}
        """
    private static let queryTool = "query_tables"
    private static let queryDescription = "Runs one SELECT on the tables that you were told of, and returns the rows."
    private static let lack = "read tables and databases"
    /// Types of columns whose values stay as they are.
    private static let textTypes: Set<String> = ["str", "string", "text", "varchar", "char", "object", "category"]

    // MARK: - AnalyticsAgent

    /// The tables of an agent; nil when there are none that can be read, which is reported.
    func executorTables(_ config: inout NodeReader) -> Located<TableSet>? {
        config.acceptWithoutEffect("visualization") { $0.bool == true }
        let key = "executor_config"
        let place = Located(value: (), mark: config.keyMark(key), path: config.path(of: key))
        let read = config.block(key) { block -> Located<TableSet>? in
            let type = block.word("type", of: Executor.allCases.map(\.rawValue), required: true)
            var keys = self.tableKeys(&block)
            switch type.flatMap({ Executor(rawValue: $0.value) }) {
            case nil: return nil
            case .postgres:
                self.warnOfStandIn(
                    at: Located(value: (), mark: block.keyMark("type"), path: block.path(of: "type")),
                    "databases of PostgreSQL are not read yet",
                    hint: "export the tables to CSV files, and write type: PandasExecutor")
                return nil
            case .sqlite:
                if keys.database == nil {
                    self.context.report(
                        .error, at: block.keyMark("db_config"), path: block.path(of: "db_config"),
                        "the SQLite file is missing", hint: "write db_config: {file_path: data/shop.db}")
                    return nil
                }
            case .pandas:
                keys.database = nil
                if keys.tables.isEmpty { self.reportNoTables(block) }
            }
            return self.set(keys, else: .warning).map { Located(value: $0, mark: place.mark, path: place.path) }
        }
        if read == nil, !config.has(key) || config.node(at: key)?.isNull == true {
            warnOfStandIn(at: place, "it has no tables", hint: Self.executorHint)
        }
        return read ?? nil
    }

    private static let executorHint =
        "write executor_config: {type: PandasExecutor, tables: [{name: sales, file_path: data/sales.csv}]} under config"

    /// The program of an `AnalyticsAgent` without tables.
    /// - Parameter mark: where to report that; nil when it has been.
    func tablesAreMissing(_ mark: Mark?, _ path: String) -> AgentProgram {
        if let mark {
            warnOfStandIn(at: Located(value: (), mark: mark, path: path), "it has no tables", hint: Self.executorHint)
        }
        return .standIn(ClassStandIn(agentClass: "AnalyticsAgent", lack: Self.lack))
    }

    private func warnOfStandIn(at place: Located<Void>, _ reason: String, hint: String? = nil) {
        context.report(
            .warning, at: place.mark, path: place.path,
            "a language model stands in for AnalyticsAgent. It cannot \(Self.lack), and says so: \(reason)", hint: hint)
    }

    /// Gives the project a tool that queries those tables.
    /// - Returns: its name.
    func add(_ tables: TableSet, to project: inout Project) -> String {
        var tool = Tool(
            name: Self.queryTool, description: Self.queryDescription, parameters: Self.queryParameters,
            source: .tables(tables))
        var number = 1
        while let other = project.tools.first(where: { $0.name == tool.name }) {
            if other == tool { return tool.name }
            number += 1
            tool.name = "\(Self.queryTool)_\(number)"
        }
        project.tools.append(tool)
        return tool.name
    }

    // MARK: - Tools

    /// Whether a tool is about tables.
    static func hasTables(_ block: borrowing NodeReader) -> Bool { block.has("tables") || block.has("db_config") }

    /// The tables of a tool; nil when it has none, or none that can be read, which is an error.
    func toolTables(_ block: inout NodeReader) -> TableSet? {
        let keys = tableKeys(&block)
        guard Self.hasTables(block) else { return nil }
        if keys.tables.isEmpty, keys.database == nil {
            reportNoTables(block)
            return nil
        }
        if block.has("parameters") {
            context.report(
                .warning, at: block.keyMark("parameters"), path: block.path(of: "parameters"),
                "has no effect: a tool with tables is given a query")
        }
        return set(keys, else: .error)
    }

    // MARK: - Both

    private func reportNoTables(_ block: borrowing NodeReader) {
        context.report(
            .error, at: block.keyMark("tables"), path: block.path(of: "tables"), "there are no tables",
            hint: "write tables: [{name: sales, file_path: data/sales.csv}]")
    }

    private func tableKeys(_ block: inout NodeReader) -> TableKeys {
        var keys = TableKeys()
        let hint = "write - name: sales, with file_path: data/sales.csv below it"
        for table in block.blocks("tables", hint: hint, { self.table(&$0) }) ?? [] {
            guard let table else { continue }
            let name = table.declared.name.lowercased()
            if let first = keys.tables.first(where: { $0.declared.name.lowercased() == name }) {
                context.report(
                    .error, at: table.name.mark, path: table.name.path, "a second table '\(table.name.value)'",
                    hint: "the first one is in line \(first.name.mark.line)")
            } else if keys.tables.count == TableInspector.mostTables {
                context.report(
                    .error, at: table.name.mark, path: table.name.path,
                    "has more than \(TableInspector.mostTables) tables")
                break
            } else {
                keys.tables.append(table)
            }
        }
        keys.database =
            block.block("db_config") { database in
                // The others are a server's, and may hold a password.
                database.acceptUnknownKeys()
                database.concealValues(except: ["file_path"])
                return database.text("file_path")
            } ?? nil
        return keys
    }

    private func table(
        _ block: inout NodeReader
    ) -> (declared: TableInspector.Declaration, name: Located<String>, file: Located<String>?)? {
        let name = block.text("name", required: true)
        let file = block.text("file_path")
        let description = self.description(&block)
        _ = block.textOrNothing("schema_name")
        let columns = block.blocks("columns", hint: "write - name: amount") { column in
            let name = column.text("name", required: true)?.value ?? ""
            let text = self.description(&column)
            let type = column.textOrNothing("type")?.value.lowercased() ?? ""
            return TableInspector.Declaration.Column(
                name: name, description: text, isText: Self.textTypes.contains(type))
        }
        guard let name else { return nil }
        guard (1...64).contains(name.value.count), name.value.isOneLine, !name.value.lowercased().hasPrefix("sqlite_")
        else {
            context.report(
                .error, at: name.mark, path: name.path,
                "the name of a table has 1…64 characters on one line, and does not begin with sqlite_")
            return nil
        }
        return (
            TableInspector.Declaration(
                name: name.value, description: description, file: file?.value ?? "", columns: columns ?? []), name, file
        )
    }

    private func description(_ block: inout NodeReader) -> String {
        let (long, short) = (block.textOrNothing("description"), block.textOrNothing("desc"))
        return (long ?? short)?.value ?? ""
    }

    /// The tables as they are now.
    /// - Parameter severity: of a file that is not there, or is of a kind that is not read.
    private func set(_ keys: TableKeys, else severity: Diagnostic.Severity) -> TableSet? {
        guard let folder = context.folder else {
            let place = keys.database ?? keys.tables.first?.name
            if let place { report(.noFolder, of: nil, at: place, severity) }
            return nil
        }
        if let database = keys.database {
            do throws(TableError) {
                let tables = try TableInspector.tables(
                    keys.tables.map(\.declared), ofDatabase: database.value, in: folder)
                return TableSet(folder: folder, storage: .database(file: database.value), tables: tables)
            } catch {
                report(error, of: database.value, at: database, severity)
                return nil
            }
        }
        var tables: [DataTable] = []
        var isWhole = true
        var room = TableInspector.mostBytes
        for table in keys.tables {
            guard let file = table.file else {
                context.report(
                    .error, at: table.name.mark, path: table.name.path, "'file_path' is missing",
                    hint: "write file_path: data/sales.csv, a CSV file beside the project file")
                isWhole = false
                continue
            }
            do throws(TableError) {
                tables.append(try TableInspector.table(table.declared, in: folder, room: &room))
            } catch {
                report(error, of: file.value, at: file, severity)
                isWhole = false
            }
        }
        return isWhole ? TableSet(folder: folder, storage: .files, tables: tables) : nil
    }

    private func report(
        _ error: TableError, of file: String?, at place: Located<String>, _ severity: Diagnostic.Severity
    ) {
        let subject = file.map { "'\($0.prefix(200))': " } ?? ""
        if severity == .warning, error.kind == .missing || error.kind == .foreign {
            warnOfStandIn(
                at: Located(value: (), mark: place.mark, path: place.path), "\(subject)\(error.message)")
        } else {
            context.report(.error, at: place.mark, path: place.path, "\(subject)\(error.message)")
        }
    }
}
