import Foundation
import Persistence
import Store
import TestSupport
import Testing

/// A process that is killed takes no acknowledged write with it. 200 times a small program writes as fast as it can, and is
/// killed between two writes or in the middle of one.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct KilledTests {
    private static let kills = 200

    @Test func noAcknowledgedWriteIsLost() async throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/store.sqlite"
        var random = Seeded(27)
        var kept: [String: Int] = [:]
        // Another server that goes on all the time: it must see the same, and hold up nobody.
        let witness = try SQLiteProjectStore(path: path)
        for kill in 0..<Self.kills {
            let name = "p\(kill)"
            let said = try Child(path, name).killed(after: Int.random(in: 1...4, using: &random))
            #expect(said > 0)
            let store = try SQLiteProjectStore(path: path)
            let history = try #require(try await store.history(of: ProjectKey(name)), "kill \(kill)")
            let numbers = history.versions.map(\.number)
            #expect(numbers.count >= said, "kill \(kill): \(said) writes were acknowledged")
            #expect(numbers == Array((0..<numbers.count).reversed()) && history.serving == numbers.first)
            for number in 0..<said {
                let text = try await store.text(of: ProjectKey(name), version: number)?.text.text
                #expect(text?.hasPrefix("\(name) \(number) ") == true, "kill \(kill)")
            }
            kept[name] = numbers.count
        }
        for (name, count) in kept {
            #expect(try await witness.history(of: ProjectKey(name))?.versions.count == count)
        }
        #expect(try await witness.list(of: Tenant.standard).count == Self.kills)
        withExtendedLifetime(folder) {}
    }
}

/// The program beside the tests that writes until it is ended.
private struct Child {
    private let process = Process()
    private let pipe = Pipe()

    init(_ path: String, _ project: String) throws {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(
            path: "store-child")
        process.arguments = [path, project]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Ends it, as nothing else does, when it has said so many dots; returns how many it had said by then.
    func killed(after count: Int) -> Int {
        var dots = 0
        while dots < count {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { break }
            dots += more.count
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // What was said and not read was acknowledged, too.
        return dots + pipe.fileHandleForReading.availableData.count
    }
}
