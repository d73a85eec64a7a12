import Postgres
import ProjectModel
import ProviderKit
import Synchronization

/// Carries out queries on tables. Tables are read when they are first asked, and kept for the conversations that follow.
///
/// Queries run on threads of their own, those on files of one set one after another; a slow server keeps no file waiting. Of
/// more sets than `capacity`, those that were asked longest ago are dropped, and read again when they are asked.
public final class TableLibrary: Sendable {
    /// So many sets of tables are kept.
    public static let capacity = 16
    /// So many queries may wait for a thread; further ones are refused.
    static let longestQueue = 64

    /// One set of tables, open from its first query on.
    private final class Book: Sendable {
        let set: TableSet
        /// Of files.
        let connection = Mutex<TableConnection?>(nil)
        /// Of a server.
        let client: PostgresClient?

        init(_ set: TableSet, _ client: PostgresClient?) { (self.set, self.client) = (set, client) }

        func query(_ sql: String, _ stop: StopFlag) throws(TableError) -> String {
            try connection.withLock { connection throws(TableError) in
                if let connection { return try connection.query(sql, stop: stop).text }
                let opened = try Self.open(set)
                connection = opened
                return try opened.query(sql, stop: stop).text
            }
        }

        private static func open(_ set: TableSet) throws(TableError) -> TableConnection {
            let connection: TableConnection
            switch set.storage {
            case .database(let file):
                connection = try TableConnection(path: try TableFile(file, in: set.folder).path)
            case .files:
                connection = try TableConnection(path: nil)
                for table in set.tables { try fill(connection, table, in: set.folder) }
            case .server, .client: throw TableError(.foreign, "there is no file to open")
            }
            try connection.seal(QueryRules(set.tables))
            return connection
        }

        private static func fill(
            _ connection: TableConnection, _ table: DataTable, in folder: String
        ) throws(TableError) {
            let file = try TableFile(table.file, in: folder)
            let texts = table.columns.filter { $0.type == ColumnKind.text.rawValue }.map(\.name)
            let csv = try CSVTable(try file.bytes(atMost: CSVTable.mostBytes), textColumns: Set(texts))
            try connection.add(csv, as: table.name, columns: Set(table.columns.map(\.name)))
        }
    }

    private let workers = BlockingWorkers(name: "tables", count: 2, limit: TableLibrary.longestQueue)
    /// The one that was asked last is the last.
    private let books = Mutex<[Book]>([])
    private let environment: [String: String]

    /// A library that has opened nothing yet.
    /// - Parameter environment: holds the URLs of servers.
    public init(environment: [String: String] = [:]) { self.environment = environment }

    /// Runs what a model wrote, if it is one SELECT on those tables. Cancelling the task ends the query.
    /// - Returns: one JSON object with `columns`, `rows` and perhaps a `note`, of bounded length.
    public func query(_ sql: String, on set: TableSet) async throws(TableError) -> String {
        let book = try book(of: set)
        if let client = book.client { return try await query(sql, on: set, client) }
        do {
            return try await workers.run { stop in try book.query(sql, stop) }
        } catch {
            if let error = error as? TableError { throw error }
            if error is CancellationError { throw TableError(.cancelled, "the query was taken back") }
            throw TableError(.tooMuch, "too many queries wait: try again")
        }
    }

    /// How many sets of tables are kept now.
    var count: Int { books.withLock(\.count) }

    private func query(
        _ sql: String, on set: TableSet, _ client: PostgresClient
    ) async throws(TableError) -> String {
        do {
            return try await client.run { connection, stop in
                try TableServer.query(sql, on: set, connection, stop).text
            }
        } catch {
            throw TableError(error)
        }
    }

    private func book(of set: TableSet) throws(TableError) -> Book {
        try books.withLock { books throws(TableError) in
            let known = books.firstIndex { $0.set == set }.map { books.remove(at: $0) }
            let book: Book
            if let known { book = known } else { book = Book(set, try client(of: set, books)) }
            books.append(book)
            if books.count > Self.capacity { books.removeFirst() }
            return book
        }
    }

    /// Sets of one server share its connections.
    private func client(of set: TableSet, _ books: [Book]) throws(TableError) -> PostgresClient? {
        guard case .server(let variable) = set.storage else { return nil }
        if let other = books.first(where: { $0.set.storage == set.storage }) { return other.client }
        return PostgresClient(try TableServer.address(variable, in: environment), waiting: Self.longestQueue)
    }
}
