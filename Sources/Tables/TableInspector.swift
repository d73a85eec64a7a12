import ProjectModel

/// Looks at the files of tables when a project is read: their columns, types, and a few of their values.
public enum TableInspector {
    /// What a project file says of one table.
    public struct Declaration: Sendable {
        /// As queries name it.
        public var name: String
        /// What is in it; may be empty.
        public var description: String
        /// Its CSV file, relative to the folder; not for tables of a database.
        public var file: String
        /// Its schema in PostgreSQL.
        public var schema: String
        /// The columns that may be read; all when it is empty.
        public var columns: [Column]

        /// What a project file says of one column.
        public struct Column: Sendable {
            /// As the file has it.
            public var name: String
            /// What it means; may be empty.
            public var description: String
            /// Whether its values are text, whatever they look like.
            public var isText: Bool { Self.textTypes.contains(type.lowercased()) }
            /// Its type, as the project file has it; may be empty.
            public var type: String

            /// Types of columns whose values stay as they are.
            private static let textTypes: Set<String> = [
                "str", "string", "text", "varchar", "char", "object", "category",
            ]

            /// One column.
            public init(name: String, description: String = "", type: String = "") {
                self.name = name
                self.description = description
                self.type = type
            }
        }

        /// One table.
        public init(
            name: String, description: String = "", file: String = "", schema: String = TableInspector.usualSchema,
            columns: [Column] = []
        ) {
            self.name = name
            self.description = description
            self.file = file
            self.schema = schema
            self.columns = columns
        }
    }

    /// Where PostgreSQL has tables of which nothing else is said.
    public static let usualSchema = "public"
    /// The most tables of one set.
    public static let mostTables = 50
    /// The most bytes of all CSV files of one set: 64 MiB.
    public static let mostBytes = 64 << 20

    /// A table behind a CSV file, all of which is read.
    /// - Parameter room: how many bytes the tables of the set may still have; less afterwards.
    /// - Throws: also when it lacks a column that is declared.
    public static func table(
        _ declared: Declaration, in folder: String, room: inout Int
    ) throws(TableError) -> DataTable {
        let file = try TableFile(declared.file, in: folder)
        room -= file.size
        if room < 0 {
            throw TableError(.unreadable, "with this one the tables have more than \(mostBytes >> 20) MiB together")
        }
        if let foreign = foreignKind(declared.file) {
            throw TableError(.foreign, "\(foreign) are not read: save the table as CSV")
        }
        let csv = try CSVTable(
            try file.bytes(atMost: CSVTable.mostBytes),
            textColumns: Set(declared.columns.filter(\.isText).map(\.name)))
        let found = csv.columns.map { column in
            (
                spellings: [column.header, column.name],
                column: DataTable.Column(
                    name: column.name, type: column.kind.rawValue, samples: column.samples.map(\.literal),
                    samplesAreAll: column.samplesAreAll)
            )
        }
        return DataTable(
            name: declared.name, description: declared.description, file: declared.file,
            columns: try columns(found, of: declared), rowCount: csv.rowCount, state: file.state)
    }

    /// The tables and views of a SQLite file: the declared ones, or all when none is declared.
    public static func tables(
        _ declared: [Declaration], ofDatabase file: String, in folder: String
    ) throws(TableError) -> [DataTable] {
        let place = try TableFile(file, in: folder)
        let connection = try TableConnection(path: place.path)
        let names = try connection.texts(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                + "ORDER BY rowid LIMIT 1000"
        ).compactMap(\.first)
        let wanted = declared.isEmpty ? names.prefix(mostTables).map { Declaration(name: $0) } : declared
        var tables: [DataTable] = []
        for declaration in wanted {
            guard let name = names.first(where: { $0.lowercased() == declaration.name.lowercased() }) else {
                throw TableError(
                    .unreadable,
                    "it has no table '\(declaration.name)'; there are: \(names.prefix(20).joined(separator: ", "))")
            }
            let all = try connection.texts(
                "SELECT name, type FROM pragma_table_info(?) ORDER BY cid LIMIT 200", [name], columns: 2)
            var found: [(spellings: [String], column: DataTable.Column)] = []
            for column in all {
                let samples = try Self.samples(of: column[0], of: name, connection)
                found.append(
                    (
                        spellings: [column[0]],
                        column: DataTable.Column(name: column[0], type: String(column[1].prefix(40)), samples: samples)
                    ))
            }
            tables.append(
                DataTable(
                    name: name, description: declaration.description, columns: try columns(found, of: declaration)))
        }
        return tables
    }

    /// Tables as the project file describes them, where nobody can be asked for them.
    public static func described(_ declared: [Declaration]) -> [DataTable] {
        declared.map { declaration in
            var table = DataTable(
                name: declaration.name, description: declaration.description,
                columns: declaration.columns.map {
                    DataTable.Column(name: $0.name, type: String($0.type.prefix(40)), description: $0.description)
                })
            table.schema = declaration.schema
            return table
        }
    }

    /// Endings of files that hold tables, and are not read.
    private static func foreignKind(_ file: String) -> String? {
        let ending = file.split(separator: ".").last.map { $0.lowercased() } ?? ""
        let kinds = [
            "xlsx": "Excel workbooks", "xls": "Excel workbooks", "ods": "OpenDocument tables",
            "parquet": "Parquet files", "feather": "Feather files", "json": "JSON files", "jsonl": "JSON files",
            "gz": "compressed files", "zip": "compressed files", "pkl": "Python pickles",
        ]
        return kinds[ending]
    }

    /// Of the columns those that are declared, with what is said of them.
    static func columns(
        _ found: [(spellings: [String], column: DataTable.Column)], of declared: Declaration
    ) throws(TableError) -> [DataTable.Column] {
        if declared.columns.isEmpty { return found.map(\.column) }
        return try declared.columns.map { wanted throws(TableError) in
            let name = wanted.name.lowercased()
            guard var column = found.first(where: { $0.spellings.contains { $0.lowercased() == name } })?.column else {
                let names = found.prefix(20).map { $0.spellings[0] }.joined(separator: ", ")
                throw TableError(.unreadable, "it has no column '\(wanted.name)'; there are: \(names)")
            }
            column.description = wanted.description
            return column
        }
    }

    /// A few values of the first rows of a table.
    private static func samples(
        of column: String, of table: String, _ connection: TableConnection
    ) throws(TableError) -> [String] {
        let (column, table) = (TableConnection.quoted(column), TableConnection.quoted(table))
        return try connection.texts(
            "SELECT DISTINCT quote(v) FROM (SELECT \(column) AS v FROM \(table) LIMIT 200) "
                + "WHERE v IS NOT NULL AND typeof(v) <> 'blob' AND length(v) <= 40 LIMIT 3"
        ).compactMap(\.first)
    }
}
