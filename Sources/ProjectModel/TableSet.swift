/// Tables that a tool may query, as they were when the project was read. They are read again, and only read, by whoever
/// carries the queries out.
public struct TableSet: Codable, Hashable, Sendable {
    /// Where the data is. Paths are relative to `folder`.
    public enum Storage: Codable, Hashable, Sendable {
        /// Each table is a CSV file: `DataTable.file`.
        case files
        /// All tables are in this SQLite file.
        case database(file: String)
        /// All tables are in the PostgreSQL server whose URL is in this variable of the environment.
        case server(variable: String)
        /// The connected client has them. It carries queries out by its function of that name.
        case client(executor: String)
    }

    /// What clients call the function that runs Python code, as AI Refinery has it. Others run SQL.
    public static let pandas = "PandasExecutor"

    /// The folder of the project file. Nothing outside of it is read.
    public var folder: String
    /// Where the data is.
    public var storage: Storage
    /// In the order of the project file.
    public var tables: [DataTable]

    /// Tables that a tool may query.
    public init(folder: String, storage: Storage, tables: [DataTable]) {
        self.folder = folder
        self.storage = storage
        self.tables = tables
    }
}

/// One table that may be queried.
public struct DataTable: Codable, Hashable, Sendable {
    /// As queries name it.
    public var name: String
    /// What is in it; may be empty.
    public var description: String
    /// Its CSV file; empty for a table of a database.
    public var file: String
    /// Its schema in PostgreSQL; else nil.
    public var schema: String?
    /// The columns that may be read.
    public var columns: [Column]
    /// How many rows it had; nil for a table of a database, which others may change.
    public var rowCount: Int?
    /// Tells one state of its file from another.
    public var state: String

    /// One column.
    public struct Column: Codable, Hashable, Sendable {
        /// As queries name it.
        public var name: String
        /// Such as `INTEGER` or `TEXT, a date as YYYY-MM-DD`; may be empty.
        public var type: String
        /// What it means; may be empty.
        public var description: String
        /// A few of its values, as SQL writes them.
        public var samples: [String]
        /// Whether it has no other values than `samples`.
        public var samplesAreAll: Bool

        /// One column.
        public init(
            name: String, type: String, description: String = "", samples: [String] = [], samplesAreAll: Bool = false
        ) {
            self.name = name
            self.type = type
            self.description = description
            self.samples = samples
            self.samplesAreAll = samplesAreAll
        }
    }

    /// One table.
    public init(
        name: String, description: String = "", file: String = "", columns: [Column], rowCount: Int? = nil,
        state: String = ""
    ) {
        self.name = name
        self.description = description
        self.file = file
        self.columns = columns
        self.rowCount = rowCount
        self.state = state
    }
}
