import ProjectModel
import Tables

/// Tables that agents may query: the `executor_config` of an `AnalyticsAgent`, and the `tables` of a tool.
extension ProjectReader {
    private enum Executor: String, CaseIterable {
        case pandas = "PandasExecutor"
        case postgres = "PostgresExecutor"
        case sqlite = "SQLiteExecutor"
    }

    /// Who runs the queries.
    private enum Runner: String, CaseIterable { case server, client }

    /// What a file says of tables, and where.
    private struct TableKeys {
        var tables: [(declared: TableInspector.Declaration, name: Located<String>, file: Located<String>?)] = []
        /// A SQLite file.
        var database: Located<String>?
        /// The variable of the environment that holds the URL of a server.
        var server: Located<String>?

        var declared: [TableInspector.Declaration] { tables.map(\.declared) }
    }

    private static let lack = "read tables and databases"

    // MARK: - AnalyticsAgent

    /// The tables of an agent; nil when there are none that can be read, which is reported.
    func executorTables(_ config: inout NodeReader) -> Located<TableSet>? {
        config.acceptWithoutEffect("visualization") { $0.bool == true }
        let key = "executor_config"
        let place = Located(value: (), mark: config.keyMark(key), path: config.path(of: key))
        let read = config.block(key) { block -> Located<TableSet>? in
            let type = block.word("type", of: Executor.allCases.map(\.rawValue), required: true)
            let isClients = block.choice("executor", default: Runner.server) == .client
            var keys = self.tableKeys(&block)
            let kind = type.flatMap { Executor(rawValue: $0.value) }
            if isClients, kind != .sqlite { keys.database = nil }
            switch kind {
            case nil: return nil
            case .pandas where isClients, .postgres where isClients:
                if keys.tables.isEmpty { self.reportNoTables(block) }
                let set = TableSet(
                    folder: "", storage: .client(executor: type?.value ?? ""),
                    tables: TableInspector.described(keys.declared))
                return keys.tables.isEmpty ? nil : Located(value: set, mark: place.mark, path: place.path)
            case .postgres:
                keys.database = nil
                if keys.server == nil {
                    self.warnOfStandIn(
                        at: Located(value: (), mark: block.keyMark("type"), path: block.path(of: "type")),
                        "it has no address of a database", hint: Self.serverHint)
                    return nil
                }
            case .sqlite:
                keys.server = nil
                if isClients {
                    self.context.report(
                        .error, at: block.keyMark("executor"), path: block.path(of: "executor"),
                        "clients have no executor of this type", hint: "write type: PostgresExecutor or PandasExecutor")
                    return nil
                }
                if keys.database == nil {
                    self.context.report(
                        .error, at: block.keyMark("db_config"), path: block.path(of: "db_config"),
                        "the SQLite file is missing", hint: "write db_config: {file_path: data/shop.db}")
                    return nil
                }
            case .pandas:
                (keys.database, keys.server) = (nil, nil)
                if keys.tables.isEmpty { self.reportNoTables(block) }
            }
            return self.set(keys, else: .warning).map { Located(value: $0, mark: place.mark, path: place.path) }
        }
        if read == nil, !config.has(key) || config.node(at: key)?.isNull == true {
            warnOfStandIn(at: place, "it has no tables", hint: Self.executorHint)
        }
        return read ?? nil
    }

    private static let serverHint =
        "write db_config: {url: ENV:NAME}, with the URL in that variable, or executor: client"
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

    // MARK: - Tools

    /// Whether a tool is about tables.
    static func hasTables(_ block: borrowing NodeReader) -> Bool { block.has("tables") || block.has("db_config") }

    /// The tables of a tool; nil when it has none, or none that can be read, which is an error.
    func toolTables(_ block: inout NodeReader) -> TableSet? {
        let keys = tableKeys(&block)
        guard Self.hasTables(block) else { return nil }
        if keys.tables.isEmpty, keys.database == nil, keys.server == nil {
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
                if let url = database.text("url") {
                    if !url.value.hasPrefix("ENV:") { self.context.conceal(url) }
                    keys.server = self.variable(url).map { Located(value: $0, mark: url.mark, path: url.path) }
                }
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
        let schema = block.textOrNothing("schema_name")?.value ?? ""
        let columns = block.blocks("columns", hint: "write - name: amount") { column in
            let name = column.text("name", required: true)?.value ?? ""
            let text = self.description(&column)
            let type = column.textOrNothing("type")?.value ?? ""
            return TableInspector.Declaration.Column(name: name, description: text, type: type)
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
                name: name.value, description: description, file: file?.value ?? "",
                schema: schema.isEmpty ? TableInspector.usualSchema : schema, columns: columns ?? []), name, file
        )
    }

    private func description(_ block: inout NodeReader) -> String {
        let (long, short) = (block.textOrNothing("description"), block.textOrNothing("desc"))
        return (long ?? short)?.value ?? ""
    }

    /// The tables as they are now.
    /// - Parameter severity: of a file that is not there, or is of a kind that is not read.
    private func set(_ keys: TableKeys, else severity: Diagnostic.Severity) -> TableSet? {
        if let server = keys.server {
            return mayName("a database", at: server) ? serverSet(keys.declared, at: server, severity) : nil
        }
        if let file = keys.database ?? keys.tables.compactMap(\.file).first, !mayName("a file", at: file) { return nil }
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

    func report(
        _ error: TableError, of file: String?, at place: Located<String>, _ severity: Diagnostic.Severity
    ) {
        let subject = file.map { "'\($0.prefix(200))': " } ?? ""
        if severity == .warning, [.missing, .foreign, .unreachable, .tooMuch].contains(error.kind) {
            warnOfStandIn(
                at: Located(value: (), mark: place.mark, path: place.path), "\(subject)\(error.message)")
        } else {
            context.report(.error, at: place.mark, path: place.path, "\(subject)\(error.message)")
        }
    }
}
