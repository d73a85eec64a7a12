import Foundation
import Memory
import MemoryConformance
import Store
import TestSupport
import Testing

/// What may happen to a file of memory.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct FileTests {
    private let folder: Folder
    private var path: String { folder.path("memory.sqlite") }
    private let owner = MemoryOwner(project: "p", user: "u")

    init() throws { folder = try Folder() }

    @Test func itIsThereAfterwards() async throws {
        let rounds = (0..<3).map { MemoryConformance.round("question \($0)") }
        do {
            let store = try SQLiteStore(path: path)
            for round in rounds { try await store.append(round, for: owner) }
            try await store.set("city", to: "Ghent", of: owner)
        }
        let again = try SQLiteStore(path: path)
        #expect(try await again.rounds(9, of: owner) == rounds)
        #expect(try await again.variables(of: owner) == ["city": "Ghent"])
        #expect(try await again.search("question", of: owner, top: 9, threshold: 0).count == 3)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0, "others cannot read it")
    }

    @Test func whatIsForgottenIsNotInTheFile() async throws {
        let store = try SQLiteStore(path: path)
        try await store.append(MemoryConformance.round("Rumpelstiltskin"), for: owner)
        try await store.forget(owner)
        for name in ["memory.sqlite", "memory.sqlite-wal"] {
            let bytes = (try? Data(contentsOf: URL(filePath: folder.path(name)))) ?? Data()
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            #expect(!text.contains("rumpelstiltskin"), "\(name)")
        }
    }

    @Test func twoProcessesShareIt() async throws {
        let writers = try ["a", "b"].map { try Writer(path, user: $0, count: 200) }
        let store = try SQLiteStore(path: path)
        for number in 0..<50 { try await store.append(MemoryConformance.round("number \(number)"), for: owner) }
        for writer in writers {
            #expect(writer.wait(for: 200) == 200)
            #expect(writer.finish() == 0)
        }
        for user in ["a", "b"] {
            let kept = try await store.rounds(999, of: MemoryOwner(project: "p", user: user))
            #expect(kept.map { $0.entries[0].text } == (0..<200).map { "number \($0)" })
        }
        #expect(try await store.rounds(99, of: owner).count == 50)
    }

    @Test(arguments: 1...10) func aKilledProcessLeavesWhatItHadWritten(seed: Int) async throws {
        var random = Seeded(seed)
        let writer = try Writer(path, user: "u")
        let said = writer.wait(for: Int.random(in: 1...120, using: &random))
        // It goes on writing while this is read.
        writer.kill()
        let store = try SQLiteStore(path: path)
        let kept = try await store.rounds(9999, of: owner)
        #expect(kept.count >= min(said, 1000))
        for (index, round) in kept.enumerated() where kept.count < 1000 {
            #expect(round.entries.count == 2 && round.entries[0].text == "number \(index)")
        }
        #expect(try await store.search("tide", of: owner, top: 1, threshold: 0).count == 1)
        try await store.append(MemoryConformance.round("afterwards"), for: owner)
        #expect(try await store.rounds(1, of: owner) == [MemoryConformance.round("afterwards")])
    }

    // MARK: - Files that cannot be used

    private func code(_ change: () throws -> Void) throws -> MemoryError.Code? {
        try change()
        do throws(MemoryError) {
            _ = try SQLiteStore(path: path)
            return nil
        } catch {
            #expect(!error.message.isEmpty)
            return error.code
        }
    }

    private func sqlite(_ statement: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            MemoryTool.python, "-c",
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.close()", path,
            statement,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test func filesThatCannotBeUsedAreRefused() throws {
        #expect(
            try code { try Data("no database at all, but long enough to be one".utf8).write(to: URL(filePath: path)) }
                == .damaged)
        try FileManager.default.removeItem(atPath: path)
        #expect(try code { try sqlite("CREATE TABLE mine (x); PRAGMA user_version = 3;") } == .damaged)
        try FileManager.default.removeItem(atPath: path)
        #expect(try code {} == nil)
        #expect(try code { try sqlite("PRAGMA user_version = 2;") } == .newer)
        #expect(try code { try sqlite("PRAGMA user_version = 1; DROP TABLE variables;") } == .damaged)
        try FileManager.default.removeItem(atPath: path)
        #expect(
            try code { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
                == .unavailable)
    }

    /// Whatever stands in the file, there is an answer or an error.
    @Test(arguments: 0..<40) func garbageIsAnError(seed: Int) async throws {
        var random = Seeded(seed)
        do {
            let store = try SQLiteStore(path: path)
            for number in 0..<60 {
                let text = String(repeating: "tide \(number) ", count: 20)
                try await store.append(MemoryConformance.round(text, text), for: owner)
            }
        }
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let start = Int.random(in: 100..<bytes.count, using: &random)
            for index in start..<min(start + Int.random(in: 1...3000, using: &random), bytes.count) {
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
        }
        if seed.isMultiple(of: 4) { bytes.removeLast(bytes.count / 3) }
        try Data(bytes).write(to: URL(filePath: path))
        guard let store = try? SQLiteStore(path: path) else { return }
        // Whatever it answers, the process goes on.
        _ = try? await store.rounds(99, of: owner)
        _ = try? await store.search("tide", of: owner, top: 5, threshold: 0)
        try? await store.append(MemoryConformance.round("x"), for: owner)
        try? await store.forget(owner)
    }
}

/// Python has SQLite in its standard library.
enum MemoryTool {
    static let python = ProcessInfo.processInfo.environment["PARLEY_PYTHON"] ?? "python3"
}
