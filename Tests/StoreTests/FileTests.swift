import CSQLite
import Foundation
import Persistence
import Store
import TestSupport
import Testing

/// What may happen to the file with the projects.
@Suite(.timeLimit(.minutes(1)))
struct FileTests {
    private let folder: ScratchFolder
    private var path: String { folder.path + "/store.sqlite" }
    private let key = ProjectKey("port")

    init() throws { folder = try ScratchFolder() }

    @Test func itIsThereAfterwards() async throws {
        do {
            let store = try SQLiteProjectStore(path: path)
            for text in ["a", "b"] {
                _ = try await store.put(ProjectText(text), as: key, by: "", if: .none, at: 0)
            }
            _ = try await store.serve(key, version: 0, if: .none)
        }
        let again = try SQLiteProjectStore(path: path)
        #expect(try await again.list(of: Tenant.standard).map(\.serving.number) == [0])
        #expect(try await again.text(of: key, version: 1)?.text.text == "b")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(
            (attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0, "others cannot read it")
    }

    /// Two connections stand for two servers: each sees what the other wrote, at once.
    @Test func serversShareIt() async throws {
        let (one, two) = (try SQLiteProjectStore(path: path), try SQLiteProjectStore(path: path))
        await withTaskGroup(of: Void.self) { group in
            for (store, name) in [(one, "a"), (two, "b"), (one, "port"), (two, "port")] {
                group.addTask {
                    for number in 0..<20 {
                        _ = try? await store.put(
                            ProjectText("\(name) \(number) \(ObjectIdentifier(store))"), as: ProjectKey(name),
                            by: "",
                            if: .none, at: 0)
                    }
                }
            }
        }
        #expect(try await two.history(of: ProjectKey("a"))?.versions.count == 20)
        #expect(try await one.history(of: ProjectKey("b"))?.versions.count == 20)
        #expect(try await one.history(of: key)?.versions.map(\.number) == Array((0..<40).reversed()))
        #expect(try await one.changes(since: 0) == two.changes(since: 0))
    }

    /// A file of the first form gets what is new, and loses nothing.
    @Test func anOlderFileIsBroughtUp() async throws {
        do {
            let store = try SQLiteProjectStore(path: path)
            _ = try await store.put(ProjectText("a"), as: key, by: "", if: .none, at: 0)
        }
        try run("DROP TABLE conversations; PRAGMA user_version = 1")
        let store = try SQLiteProjectStore(path: path)
        #expect(try await store.text(of: key, version: 0)?.text.text == "a")
        #expect(try await store.conversations(of: Tenant.standard, project: nil, most: 9).isEmpty)
    }

    // MARK: - Files that cannot be used

    private func refusal() -> StoreError? {
        do throws(StoreError) {
            _ = try SQLiteProjectStore(path: path)
            return nil
        } catch { return error }
    }

    private func run(_ sql: String) throws {
        var database: OpaquePointer?
        try #require(sqlite3_open(path, &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        try #require(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
    }

    @Test func aNewerFileIsRefused() throws {
        #expect(refusal() == nil)
        try run("PRAGMA user_version = 99")
        let error = try #require(refusal())
        #expect(
            error.code == .newer && error.message.contains("format 99") && error.message.contains("up to")
        )
    }

    @Test func anotherProgramsFileIsLeftAlone() throws {
        try run("CREATE TABLE cats (name TEXT)")
        #expect(refusal()?.code == .damaged)
        try run("SELECT name FROM cats")
    }

    @Test func aDamagedFileIsRefused() throws {
        try Data("no database at all, and long enough to be looked at".utf8).write(
            to: URL(filePath: path))
        #expect(refusal()?.code == .damaged)
    }

    @Test func missingTablesAreFound() throws {
        #expect(refusal() == nil)
        try run("DROP TABLE versions")
        #expect(refusal()?.code == .damaged)
    }

    @Test func aPlaceThatIsNotThereIsSaid() throws {
        let error = #expect(throws: StoreError.self) {
            try SQLiteProjectStore(path: folder.path + "/no/store.sqlite")
        }
        #expect(error?.code == .unavailable)
    }
}
