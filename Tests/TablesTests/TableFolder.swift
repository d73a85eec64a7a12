import CSQLite
import Foundation
import ProjectModel
import Testing

@testable import Tables

/// A folder of a project, with a few files; gone with this value.
final class TableFolder: Sendable {
    let url: URL
    var path: String { url.path }

    init(_ files: [String: String] = [:]) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "parley-tables-\(UUID().uuidString)/project")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }

    func write(_ text: String, to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Makes a SQLite file.
    func database(_ name: String, _ sql: String) throws {
        var database: OpaquePointer?
        try #require(sqlite3_open(url.appending(path: name).path, &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        try #require(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
    }

    /// The tables behind CSV files, by their names.
    func set(_ files: [(name: String, file: String)]) throws -> TableSet {
        TableSet(
            folder: path, storage: .files,
            tables: try files.map { try TableInspector.table(.init(name: $0.name, file: $0.file), in: path) })
    }

    static let sales = """
        day,product,amount,note
        2026-03-01,tea,12.5,
        2026-03-02,coffee,20,"two
        lines"
        2026-03-02,tea,7.5,x
        2026-03-03,cake,3,y
        """
}

extension TableInspector {
    /// A table that is the only one of its set.
    static func table(_ declared: Declaration, in folder: String) throws(TableError) -> DataTable {
        var room = mostBytes
        return try table(declared, in: folder, room: &room)
    }
}
