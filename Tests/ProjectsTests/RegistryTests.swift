import Foundation
import ProjectModel
import Projects
import Synchronization
import Testing

@Suite("Project registry")
final class RegistryTests {
    private let folder: URL
    private let registry: ProjectRegistry
    private let reported = Reported()

    private final class Reported: Sendable {
        let changes = Mutex<[ProjectRegistry.Change]>([])
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        registry = ProjectRegistry(folder: folder.path()) { [reported] change in
            reported.changes.withLock { $0.append(change) }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func yaml(_ agent: String) -> String {
        """
        orchestrator: {agent_list: [{agent_name: \(agent)}]}
        utility_agents: [{agent_class: PlanningAgent, agent_name: \(agent)}]
        """
    }

    /// As editors do: a new file takes the place of the old one.
    private func save(_ text: String, _ name: String, atomically: Bool = true) throws {
        try text.write(to: folder.appending(path: name), atomically: atomically, encoding: .utf8)
    }

    @Test func takesUpWhatIsThere() throws {
        #expect(registry.rescan() == [])
        #expect(registry.defaultName() == nil)
        try save(yaml("Ada"), "beta.yaml")
        try save(yaml("Bob"), "alpha.yml")
        try save("no project", "notes.txt")
        try save("no project", ".hidden.yaml")
        #expect(
            registry.rescan() == [
                .loaded(name: "alpha", version: 0, diagnostics: []), .loaded(name: "beta", version: 0, diagnostics: []),
            ])
        #expect(registry.rescan() == [])
        #expect(reported.changes.withLock { $0.count } == 2)
        #expect(registry.names == ["alpha", "beta"])
        #expect(registry.project(named: "beta")?.agents.map(\.name) == ["Ada"])
        #expect(registry.project(named: "gamma") == nil)
        #expect(registry.defaultName() == "alpha")
        #expect(registry.defaultName(preferred: "beta") == "beta")
        #expect(registry.defaultName(preferred: "gamma") == nil)
    }

    @Test(arguments: [true, false])
    func versionsCountGoodChanges(atomically: Bool) throws {
        for (version, agent) in ["A", "Bo", "Cle"].enumerated() {
            try save(yaml(agent), "p.yaml", atomically: atomically)
            #expect(registry.rescan() == [.loaded(name: "p", version: version, diagnostics: [])])
        }
        // A comment changes nothing for anybody.
        try save("# more\n" + yaml("Cle"), "p.yaml", atomically: atomically)
        #expect(registry.rescan() == [])
        #expect(registry.project(named: "p")?.version == 2)
        #expect(registry.project(named: "p", version: 1)?.agents.map(\.name) == ["Bo"])
        #expect(registry.project(named: "p", version: 7) == nil)
    }

    @Test func brokenEditKeepsTheLastGoodVersion() throws {
        try save(yaml("Ada"), "p.yaml")
        registry.rescan()
        try save(yaml("Ada") + "\naudio_config: 7", "p.yaml")
        let changes = registry.rescan()
        guard case .broken(name: "p", keeping: 0, let diagnostics) = changes.first, changes.count == 1 else {
            Issue.record("\(changes)")
            return
        }
        #expect(diagnostics.map(\.message) == ["must be a block of keys, not a number"])
        #expect(diagnostics.first?.file.hasSuffix("/p.yaml") == true)
        #expect(registry.project(named: "p")?.version == 0)
        #expect(registry.rescan() == [], "a broken file is reported once")
        try save(yaml("Ada") + "\n# mended", "p.yaml")
        #expect(registry.rescan() == [.loaded(name: "p", version: 0, diagnostics: [])], "mended without a change")
    }

    @Test func fileThatNeverWasGood() throws {
        try save("orchestrator: 7", "p.yaml")
        guard case .broken(name: "p", keeping: nil, _) = registry.rescan().first else {
            Issue.record("not reported")
            return
        }
        #expect(registry.names == [])
        #expect(registry.project(named: "p") == nil)
        try save(yaml("Ada"), "p.yaml")
        #expect(registry.rescan() == [.loaded(name: "p", version: 0, diagnostics: [])])
    }

    @Test func removedFilesDisappearAndVersionsGoOn() throws {
        try save(yaml("Ada"), "p.yaml")
        registry.rescan()
        try FileManager.default.removeItem(at: folder.appending(path: "p.yaml"))
        #expect(registry.rescan() == [.removed(name: "p")])
        #expect(registry.names == [])
        #expect(registry.project(named: "p") == nil)
        #expect(registry.project(named: "p", version: 0) == nil)
        try save(yaml("Bob"), "p.yaml")
        #expect(registry.rescan() == [.loaded(name: "p", version: 1, diagnostics: [])])
    }

    @Test func oldVersionsAreBounded() throws {
        for number in 0..<20 {
            try save(yaml("A\(number)"), "p.yaml")
            registry.rescan()
        }
        #expect(registry.project(named: "p")?.version == 19)
        #expect(registry.project(named: "p", version: 20 - ProjectRegistry.keptVersions) != nil)
        #expect(registry.project(named: "p", version: 19 - ProjectRegistry.keptVersions) == nil)
    }

    @Test func symbolicLinksAreFollowed() throws {
        let data = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        for (name, agent) in [("v1", "Ada"), ("v2", "Bob")] {
            try yaml(agent).write(to: data.appending(path: name), atomically: true, encoding: .utf8)
        }
        let link = folder.appending(path: "p.yaml")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: data.appending(path: "v1"))
        registry.rescan()
        #expect(registry.project(named: "p")?.agents.map(\.name) == ["Ada"])
        try FileManager.default.removeItem(at: link)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: data.appending(path: "v2"))
        registry.rescan()
        #expect(registry.project(named: "p")?.agents.map(\.name) == ["Bob"])
    }

    @Test func unusableNamesAreSaidOnce() throws {
        try save(yaml("Ada"), "a b.yaml")
        try save(yaml("Ada"), "p.yaml")
        try save(yaml("Bob"), "p.yml")
        let unusable = registry.rescan().compactMap { change -> String? in
            if case .unusable(let path, _) = change { path.split(separator: "/").last.map(String.init) } else { nil }
        }
        #expect(unusable == ["a b.yaml", "p.yml"])
        #expect(registry.project(named: "p")?.agents.map(\.name) == ["Ada"])
        #expect(registry.rescan() == [])
    }

    @Test func folderThatGoesAwayEndsNothing() throws {
        try save(yaml("Ada"), "p.yaml")
        registry.rescan()
        try FileManager.default.removeItem(at: folder)
        #expect(registry.rescan() == [.unusable(path: folder.path(), reason: "the folder cannot be read")])
        #expect(registry.rescan() == [])
        #expect(registry.names == ["p"])
    }

    @Test func watchingEndsWithItsTask() async throws {
        try save(yaml("Ada"), "p.yaml")
        let (scans, continuation) = AsyncStream.makeStream(of: ProjectRegistry.Change.self)
        let registry = ProjectRegistry(folder: folder.path()) { continuation.yield($0) }
        await withTaskGroup { group in
            group.addTask { await registry.watch(every: .milliseconds(1)) }
            var changes = scans.makeAsyncIterator()
            #expect(await changes.next() == .loaded(name: "p", version: 0, diagnostics: []))
            group.cancelAll()
        }
        #expect(registry.names == ["p"])
    }

    @Test func scansAndLookupsMayOverlap() async throws {
        try save(yaml("Ada"), "p.yaml")
        let registry = registry
        let folder = folder
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    for round in 0..<20 {
                        if number == 0 {
                            let text =
                                "orchestrator: {agent_list: [{agent_name: A\(round)}]}\n"
                                + "utility_agents: [{agent_class: PlanningAgent, agent_name: A\(round)}]"
                            try text.write(to: folder.appending(path: "p.yaml"), atomically: true, encoding: .utf8)
                        }
                        registry.rescan()
                        #expect(registry.project(named: "p")?.orchestrator.agentNames.count == 1)
                    }
                }
            }
            try await group.waitForAll()
        }
        registry.rescan()
        #expect(registry.project(named: "p")?.agents.map(\.name) == ["A19"])
    }

    // MARK: Folders, errors and defaults

    private func save(_ text: String, inFolder name: String, _ file: String = "config.yaml") throws {
        try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        try save(text, "\(name)/\(file)")
    }

    @Test func aFolderWithAConfigurationIsAProject() throws {
        try save(yaml("Ada"), inFolder: "harbour")
        try save(yaml("Bob"), inFolder: "station", "config.yml")
        try save("nothing", inFolder: "pictures", "cat.txt")
        try save(yaml("Cleo"), "both.yaml")
        try save(yaml("Dora"), inFolder: "both")
        let changes = registry.rescan()
        #expect(registry.names == ["both", "harbour", "station"])
        #expect(registry.project(named: "harbour")?.agents.map(\.name) == ["Ada"])
        #expect(registry.project(named: "both")?.agents.map(\.name) == ["Cleo"])
        let ignored = changes.contains { change in
            if case .unusable(let path, _) = change { path.hasSuffix("both/config.yaml") } else { false }
        }
        #expect(ignored)
        try FileManager.default.removeItem(at: folder.appending(path: "harbour"))
        #expect(registry.rescan() == [.removed(name: "harbour")])
    }

    @Test func errorsAreKeptWhileTheyAreThere() throws {
        try save(yaml("Ada"), "good.yaml")
        try save("orchestrator: 7", "bad.yaml")
        registry.rescan()
        #expect(registry.brokenNames == ["bad"] && registry.errors(of: "good").isEmpty)
        #expect(registry.errors(of: "bad").first?.line == 1)
        try save(yaml("Ada") + "\naudio_config: 7", "good.yaml")
        registry.rescan()
        #expect(registry.brokenNames == ["bad", "good"])
        #expect(registry.errors(of: "good").map(\.message) == ["must be a block of keys, not a number"])
        try save(yaml("Ada"), "good.yaml")
        try FileManager.default.removeItem(at: folder.appending(path: "bad.yaml"))
        registry.rescan()
        #expect(registry.brokenNames.isEmpty && registry.errors(of: "bad").isEmpty)
    }

    @Test func defaultsAreNoProjectAndReachAllOthers() throws {
        try save(yaml("Ada"), "p.yaml")
        registry.rescan()
        #expect(registry.project(named: "p")?.languageModel == ModelChain(.localPlanner))
        try save("base_config: {llm_config: {model: Ollama/small}}", "defaults.yaml")
        let changes = registry.rescan()
        #expect(changes.count == 2 && changes.last == .loaded(name: "p", version: 1, diagnostics: []))
        #expect(registry.names == ["p"])
        #expect(registry.project(named: "p")?.languageModel.description == "Ollama/small")
        try save("base_config: 7", "defaults.yaml")
        guard case .defaults(_, let diagnostics) = registry.rescan().first else {
            Issue.record("not reported")
            return
        }
        #expect(diagnostics.hasErrors)
        #expect(registry.project(named: "p")?.languageModel.description == "Ollama/small", "the last good ones stay")
        try FileManager.default.removeItem(at: folder.appending(path: "defaults.yaml"))
        registry.rescan()
        #expect(registry.project(named: "p")?.languageModel == ModelChain(.localPlanner))
        #expect(registry.rescan() == [])
    }
}
