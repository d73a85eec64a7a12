import Foundation
import FoundationNetworking
import Network
import Server
import Testing

/// The server and the memory of its callers.
@Suite(.timeLimit(.minutes(1)))
struct MemoriesTests {
    private static let project =
        "memory_config: {memory_modules: [{memory_name: chat_history, memory_class: ChatMemoryModule}]}\n"
        + ProjectText.single()

    private static func folder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "parley-memories-\(UUID().uuidString)")
            .path(percentEncoded: false)
    }

    private func ask(_ test: TestServer, _ path: String) async throws {
        let caller = try await test.call(path)
        try caller.say(["type": "input_text", "text": "What about bonds?"])
        #expect(try await caller.until("response.done").last?["status"] as? String == "completed")
    }

    @Test func aFolderHoldsTheFile() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await withServer(["talker": Self.project], { $0.memory = folder }) { test in
            try await ask(test, "/bridge/talker?user=Ada")
            try await ask(test, "/bridge/talker?user=Ada")
            #expect(FileManager.default.fileExists(atPath: folder + "/memory.sqlite"))
            #expect(test.metric(#"parley_memory_failures_total{reason="damaged"}"#) == nil)
        }
    }

    /// Without its memory a server serves, and says so.
    @Test func aDamagedFileIsSaid() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(repeating: 0x41, count: 5000).write(to: URL(filePath: folder + "/memory.sqlite"))
        try await withServer(["talker": Self.project], { $0.memory = folder }) { test in
            let line = try await test.logged(
                "the memory cannot be used; nothing is remembered from one conversation to the next")
            #expect(line.contains("damaged") && line.contains("memory.sqlite"))
            #expect(test.metric(#"parley_memory_failures_total{reason="damaged"}"#) == 1)
            try await ask(test, "/bridge/talker?user=Ada")
        }
    }

    /// What a client adds is there in the next conversation, until the user is forgotten.
    @Test func aUserIsForgottenOnRequest() async throws {
        try await withServer(["talker": Self.project]) { test in
            func known() async throws -> [String: Any] {
                let caller = try await test.call("/bridge/talker?user=Ada%20L")
                try caller.say(["type": "memory.retrieve", "rounds": 9])
                return try #require(try await caller.until("memory.state").last)
            }
            let caller = try await test.call("/bridge/talker?user=Ada%20L")
            try caller.say(["type": "memory.add", "variables": ["city": "Ghent"]])
            try caller.say(["type": "input_text", "text": "What about bonds?"])
            _ = try await caller.until("response.done")
            #expect(try await known()["variables"] as? [String: String] == ["city": "Ghent"])
            #expect(
                (try await known()["history"] as? [[String: Any]])?.first?["text"] as? String == "What about bonds?")
            for path in ["/api/projects/talker/memory/Ada%20L", "/api/projects/talker/memory/nobody"] {
                let (response, body) = try await test.fetch(path, method: "DELETE")
                #expect(response.statusCode == 204 && body.isEmpty)
            }
            #expect((try await known()["variables"] as? [String: String])?.isEmpty == true)
            #expect((try await known()["history"] as? [Any])?.isEmpty == true)
            #expect(try await test.fetch("/api/projects/none/memory/Ada", method: "DELETE").response.statusCode == 404)
            #expect(try await test.fetch("/api/projects/talker/memory", method: "DELETE").response.statusCode == 405)
            #expect(try await test.fetch("/api/projects/talker/memory/Ada").response.statusCode == 404)
        }
    }

    /// Who may do so elsewhere nothing says yet.
    @Test func strangersForgetNobody() async throws {
        try await withServer(["talker": Self.project], { $0.host = "0.0.0.0" }) { test in
            let (response, _) = try await test.fetch("/api/projects/talker/memory/Ada", method: "DELETE")
            #expect(response.statusCode == 403)
        }
    }

    /// Nor who may register projects, read their texts or list conversations.
    @Test(
        arguments: [
            ("PUT", "/api/projects/new"), ("DELETE", "/api/projects/talker"), ("POST", "/api/projects/talker/serve"),
            ("GET", "/api/projects/talker/versions/0"), ("GET", "/api/conversations"),
        ])
    func strangersRegisterNothing(method: String, path: String) async throws {
        try await withServer(["talker": Self.project], { $0.host = "0.0.0.0" }) { test in
            let (refused, _) = try await test.fetch(path, method: method)
            let (listed, _) = try await test.fetch("/api/projects/talker")
            #expect(refused.statusCode == 403 && listed.statusCode == 200)
        }
    }

    @Test(arguments: ["", "%0A", String(repeating: "x", count: 201)])
    func namesThatAreNoneAreRefused(name: String) async throws {
        try await withServer { test in
            let farewell = try await test.farewell("/bridge/talker?user=\(name)")
            #expect(farewell.code == "invalid_user")
            #expect(farewell.ending == .peer(code: 4400, reason: "invalid_user"))
        }
    }
}
