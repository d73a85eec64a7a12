import Persistence
import ProjectModel
import Projects
import ProviderKit
import Session
import Store
import Synchronization
import Testing
import Vendors

@testable import Server

/// Engines are shared, and given back: what keeps sockets of a project's version ends with its last conversation.
@Suite(.timeLimit(.minutes(1)))
struct EngineLeaseTests {
    private func project(_ model: String, _ url: String = "http://one/v1") throws -> Project {
        let text = """
            providers: {house: {kind: watched, base_url: "\(url)"}}
            base_config: {llm_config: {model: \(model)}}
            orchestrator: {agent_list: [{agent_name: Ada}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]
            """
        return try #require(
            ProjectLoader.load(text: text, name: "x", vendors: [Watch.profile]).project)
    }

    private func catalog(_ watch: Watch) throws -> ProviderCatalog {
        try ProviderCatalog(
            access: ProviderAccess(environment: [:], vendors: [Watch.profile]), recognizers: 1, vendors: [watch.vendor])
    }

    @Test func conversationsShareAnEngineAndTheLastOneEndsIt() throws {
        let watch = Watch()
        let catalog = try catalog(watch)
        let project = try project("house/a")
        do {
            let first = catalog.cast(project)
            let second = catalog.cast(project)
            _ = first.engines.languageModel(first.project.languageModel)
            _ = first.engines.languageModel(first.project.languageModel)
            _ = second.engines.languageModel(second.project.languageModel)
            #expect(watch.made == ["http://one/v1"])
            #expect(catalog.engineCount == 1 + first.project.audio.recognizer.all.count)
            withExtendedLifetime((first, second)) {}
        }
        #expect(catalog.engineCount == 0)
        let third = catalog.cast(project)
        _ = third.engines.languageModel(third.project.languageModel)
        #expect(watch.made.count == 2)
        withExtendedLifetime(third) {}
    }

    /// A server elsewhere under the same name is another engine.
    @Test func versionsWithAnotherAddressHaveEnginesOfTheirOwn() throws {
        let watch = Watch()
        let catalog = try catalog(watch)
        let casts = [
            catalog.cast(try project("house/a")), catalog.cast(try project("house/a", "http://two/v1")),
        ]
        for cast in casts { _ = cast.engines.languageModel(cast.project.languageModel) }
        #expect(watch.made == ["http://one/v1", "http://two/v1"])
        withExtendedLifetime(casts) {}
    }

    /// A saved project keeps the engines of the old version until the last conversation on it is over.
    @Test func aReplacedVersionEndsWithItsLastConversation() async throws {
        let watch = Watch()
        let catalog = try catalog(watch)
        let (old, new) = (try project("house/a"), try project("house/a", "http://two/v1"))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await catalog.run() }
            catalog.keep([old])
            var conversation: (project: Project, engines: Engines)? = catalog.cast(old)
            _ = conversation?.engines.languageModel(old.languageModel)
            #expect(await watch.next() == "runs http://one/v1")
            // The local recognisers, which both versions have.
            let ears = conversation?.project.audio.recognizer.all.count ?? 0
            catalog.keep([new])
            #expect(catalog.engineCount == 1 + ears)
            conversation = nil
            #expect(await watch.next() == "ended http://one/v1")
            #expect(catalog.engineCount == ears)
            group.cancelAll()
        }
    }

    /// Between two calls sockets stay open.
    @Test func theVersionInServiceIsKept() throws {
        let watch = Watch()
        let catalog = try catalog(watch)
        let project = try project("house/a")
        catalog.keep([project])
        for _ in 0..<2 {
            let cast = catalog.cast(project)
            _ = cast.engines.languageModel(cast.project.languageModel)
            withExtendedLifetime(cast) {}
        }
        #expect(watch.made.count == 1)
        catalog.keep([])
        #expect(catalog.engineCount == 0)
    }
}

/// A registry that changes all day does not grow.
extension EngineLeaseTests {
    @Test func threeHundredVersionsLeaveWhatOneNeeds() async throws {
        let watch = Watch()
        let catalog = try catalog(watch)
        let stored = StoredProjects(store: try SQLiteProjectStore.inProcess(), vendors: [Watch.profile], kept: 8)
        let registry = ProjectRegistry(folder: "/nowhere", vendors: [Watch.profile], stored: stored)
        let key = ProjectKey("x")
        var ears = 0
        for number in 0..<300 {
            let text = """
                providers: {house: {kind: watched, base_url: "http://host\(number)/v1"}}
                base_config: {llm_config: {model: house/a}}
                orchestrator: {agent_list: [{agent_name: Ada}]}
                utility_agents: [{agent_class: PlanningAgent, agent_name: Ada, config: {tools: [book]}}]
                tools: [{name: book, description: B., http: {url: "https://host\(number).example/x"}}]
                """
            let receipt = try await stored.put(
                Persistence.ProjectText(text), as: key, by: "", if: .none, at: 0
            ).receipt
            #expect(receipt.version.number == number)
            catalog.keep(registry.projects)
            let project = try #require(registry.project(named: "x"))
            let cast = catalog.cast(project)
            _ = cast.engines.languageModel(cast.project.languageModel)
            ears = cast.project.audio.recognizer.all.count
            withExtendedLifetime(cast) {}
        }
        catalog.keep(registry.projects)
        #expect(watch.made.count == 300)
        #expect(catalog.engineCount == 1 + ears, "the model of the version in service, and the local recognisers")
        #expect(catalog.toolBoxCount == ToolShelf.capacity)
        #expect(stored.compiledCount == 8 && registry.projects.count == 1)
        _ = try await stored.delete(key, if: .none)
        catalog.keep(registry.projects)
        #expect(catalog.engineCount == 0)
    }
}

/// A vendor that tells what becomes of its engines.
private final class Watch: Sendable {
    static let profile = VendorProfile(
        "Watched", models: [.languageModel: "a"],
        address: .init("WATCHED_URL", schemes: VendorProfile.Address.web, example: "http://x/v1"), key: nil)

    private let urls = Mutex<[String]>([])
    private let told = AsyncStream.makeStream(of: String.self)

    /// The addresses of all engines so far.
    var made: [String] { urls.withLock { $0 } }

    /// What happens next.
    func next() async -> String? {
        for await line in told.stream { return line }
        return nil
    }

    var vendor: Vendor {
        var vendor = Vendor(Self.profile)
        vendor.languageModel = { [self] order in
            let url = order.access.baseURL ?? ""
            urls.withLock { $0.append(url) }
            return Vendor.Made(
                Silent(name: "\(order.provider)/\(order.model)"),
                run: { [self] in
                    told.continuation.yield("runs \(url)")
                    let (never, continuation) = AsyncStream.makeStream(of: Void.self)
                    for await _ in never {}
                    continuation.finish()
                    told.continuation.yield("ended \(url)")
                })
        }
        return vendor
    }
}

private struct Silent: LanguageModel {
    let name: String

    func generate(_ request: GenerationRequest, emit: @Sendable (GenerationPiece) async throws -> Void) async throws {}
}
