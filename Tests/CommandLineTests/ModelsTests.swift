import Foundation
import ModelFiles
import Network
import Synchronization
import Testing

/// `parley models`, against a server of this process.
@Suite(.timeLimit(.minutes(2)))
struct ModelsTests {
    private let content = Array("the weights of a network".utf8)

    /// A server with one file, which counts requests.
    private final class OneFile: ServerHandler {
        private let content: [UInt8]
        private let count = Atomic(0)

        init(_ content: [UInt8]) { self.content = content }

        var requests: Int { count.load(ordering: .relaxed) }

        func upgrade(_ request: HTTPRequest) -> UpgradeDecision { .refuse(.notFound) }

        func respond(to request: HTTPRequest) async -> HTTPResponse {
            count.add(1, ordering: .relaxed)
            return HTTPResponse(status: 200, body: content)
        }

        func serve(_ body: (String) async throws -> Void) async throws {
            let server = try NetworkServer(host: "127.0.0.1", port: 0, handler: self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                defer { group.cancelAll() }
                try await body("http://127.0.0.1:\(server.port)/model")
                await server.stop()
            }
        }
    }

    /// A list with one file.
    private func list(_ url: String, in folder: Folder) throws -> String {
        let digest = SHA256()
        content.withUnsafeBytes { digest.add($0) }
        return try folder.write(
            "engines.lock",
            """
            {"wheels": [], "files": [{"path": "a/model", "set": "speech", "what": "a model", "licence": "MIT",
              "size": \(content.count), "sha256": "\(digest.hexadecimal())", "sources": [{"url": "\(url)"}]}]}
            """)
    }

    /// Runs `parley models` with no index of this machine.
    private func models(_ arguments: String...) async throws -> Outcome {
        let clean = [
            "-u", "PARLEY_INDEX_URL", "-u", "PIP_INDEX_URL", "-u", "http_proxy",
            "PIP_CONFIG_FILE=/dev/null",
        ]
        return try await Program.run("env", clean + [Program.parley, "models"] + arguments)
    }

    @Test func filesAreFetchedCheckedAndRepaired() async throws {
        let (folder, server) = (try Folder(), OneFile(content))
        try await server.serve { url in
            let list = try list(url, in: folder)
            let place = folder.path("models")
            let before = try await models("list", "--folder", place, "--list", list)
            #expect(
                before.status == 0 && before.output.contains("missing") && before.output.contains("MIT"))
            #expect(try await models("verify", "--folder", place, "--list", list).status == 1)

            let fetched = try await models("fetch", "--folder", place, "--list", list)
            #expect(fetched.status == 0 && fetched.output.isEmpty, "\(fetched.errors)")
            #expect(fetched.errors.contains("1 files are complete in \(place)"))
            #expect(try await models("verify", "--folder", place, "--list", list).status == 0)

            try folder.write("models/a/model", String(decoding: content.reversed(), as: UTF8.self))
            let damaged = try await models("verify", "--folder", place, "--list", list)
            #expect(damaged.status == 1 && damaged.output.contains("damaged"))
            #expect(damaged.output.contains("'parley models fetch' gets it anew"))
            let repaired = try await models("fetch", "--folder", place, "--list", list)
            #expect(
                repaired.status == 0 && repaired.errors.contains("a/model is damaged and is fetched anew"))
            #expect(FileManager.default.contents(atPath: "\(place)/a/model").map(Array.init) == content)
        }
    }

    @Test func twoProcessesShareAFetch() async throws {
        let (folder, server) = (try Folder(), OneFile(content))
        try await server.serve { url in
            let list = try list(url, in: folder)
            let place = folder.path("models")
            let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<3 {
                    group.addTask { try await models("fetch", "--folder", place, "--list", list).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [0, 0, 0] && server.requests == 1)
        }
    }

    @Test func withoutANetworkItSaysWhatFailed() async throws {
        let folder = try Folder()
        let list = try list("http://127.0.0.1:9/model", in: folder)
        let outcome = try await models("fetch", "--folder", folder.path("models"), "--list", list)
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("a/model could not be had: no answer from 127.0.0.1:9"),
            "\(outcome.errors)")
        #expect(!outcome.errors.contains("trying the next source"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("models/a")))
    }

    @Test func listsThatAreWrongAreRefused() async throws {
        let folder = try Folder()
        let broken = try folder.write("broken", "{}")
        for list in [broken, folder.path("nowhere")] {
            let outcome = try await models("list", "--list", list)
            #expect(outcome.status == 1 && outcome.errors.contains(list))
        }
    }

    @Test func theBuiltInListIsShown() async throws {
        let outcome = try await models("list", "--folder", "/nowhere")
        #expect(outcome.status == 0)
        #expect(outcome.lines.first == "folder: /nowhere")
        for file in ModelList.standard.files(of: "speech") {
            #expect(outcome.lines.contains { $0.hasPrefix(file.path) && $0.contains("missing") })
        }
    }
}
