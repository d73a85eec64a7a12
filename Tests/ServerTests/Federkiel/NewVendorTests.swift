import JSONText
import ProjectModel
import Projects
import ProviderKit
import Session
import Synchronization
import Testing
import Vendors

@testable import Server

/// A vendor is one folder and one line: everything else knows it from the list.
struct NewVendorTests {
    private static let vendors = Vendor.all + [.federkiel]
    private static let profiles = vendors.map(\.profile)

    private func load(_ model: String, _ more: String = "") -> LoadResult {
        let text = """
            \(more)
            base_config: {llm_config: {model: \(model)}}
            orchestrator: {agent_list: [{agent_name: Ada}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]
            """
        return ProjectLoader.load(text: text, name: "x", vendors: Self.profiles)
    }

    private func answer(_ result: LoadResult, _ environment: [String: String]) async throws -> (String, String) {
        let access = try ProviderAccess(environment: environment, vendors: Self.profiles)
        let catalog = try ProviderCatalog(access: access, recognizers: 1, vendors: Self.vendors)
        let (project, engines) = catalog.cast(try #require(result.project))
        let chain = engines.languageModel(project.languageModel)
        let text = Mutex("")
        let request = GenerationRequest(brief: Brief(task: .plan, agentName: "Ada", callerWords: "hello"), messages: [])
        try await chain.generate(request) { _ in
        } emit: { piece in
            if case .text(let more) = piece { text.withLock { $0 += more } }
        }
        return (chain.names.joined(separator: ", "), text.withLock { $0 })
    }

    @Test func projectsCanNameIt() {
        #expect(load("Federkiel/quill-2").diagnostics.isEmpty)
        #expect(load("quill-2").rendered.contains("did you mean 'Federkiel/quill-2'?"))
        #expect(load("Federkeil/quill-2").rendered.contains("did you mean 'Federkiel'?"))
        let asVoice = load("Local/Planner", "audio_config: {tts: {model: Federkiel/quill-2}}")
        #expect(asVoice.rendered.contains("Federkiel has no text-to-speech models here"))
        let endpoint = "providers: {house: {kind: federkiel, base_url: \"http://gpu/v3\", api_key: ENV:K, ink: red}}"
        #expect(load("house/quill-1", endpoint).diagnostics.isEmpty)
        #expect(load("house/quill-1", endpoint.replacing("red", with: "RED")).rendered.contains("such as blue"))
    }

    @Test func theCatalogueMakesItsEngines() async throws {
        let own = try await answer(load("Federkiel/quill-2"), ["FEDERKIEL_KEY": "k", "FEDERKIEL_INK": "green"])
        #expect(own == ("Federkiel/quill-2", "quill-2 at https://api.federkiel.example/v3 in green"))
        let endpoint = "providers: {house: {kind: federkiel, base_url: \"http://gpu/v3/\", api_key: ENV:K}}"
        let house = try await answer(load("house/quill-1", endpoint), ["K": "k"])
        #expect(house == ("house/quill-1", "quill-1 at http://gpu/v3 in black"))
    }

    @Test func theEnvironmentIsReadForIt() throws {
        let access = try ProviderAccess(environment: [:], vendors: Self.profiles)
        #expect(
            access.answer(for: "Federkiel", among: [])
                == .missing("this server has no credentials: set FEDERKIEL_KEY"))
        #expect(throws: ProviderAccess.Problem(variable: "FEDERKIEL_URL", expected: "a URL that begins with https://"))
        {
            try ProviderAccess(environment: ["FEDERKIEL_URL": "x"], vendors: Self.profiles)
        }
        let standIn = Vendor.federkiel.profile.environment(ofStandInsAt: "http://127.0.0.1:8100")
        #expect(standIn == ["FEDERKIEL_URL": "http://127.0.0.1:8100/v3", "FEDERKIEL_KEY": "doubles"])
    }

    @Test func theSchemaAllowsItWhereItHasModels() throws {
        let schema = ModelSchema(vendors: Self.profiles)
        func allows(_ model: String, _ role: ModelRole) throws -> Bool {
            try model.wholeMatch(of: Regex(schema.pattern([role]))) != nil
        }
        #expect(try allows("Federkiel/quill-2", .languageModel))
        #expect(try !allows("Federkiel/quill-2", .recognizer) && !allows("Federkiel/quill-2", .synthesizer))
        let text = JSON.object(schema.parts.map { ($0.name, $0.schema) }).text
        #expect(text.contains("\"federkiel\"") && text.contains("\"ink\""))
    }

    @Test func theDocumentationListsIt() {
        let tables = ProviderTables(vendors: Self.profiles)
        #expect(
            tables.providers.last
                == "| `Federkiel` | language models; writes by hand | `FEDERKIEL_KEY` | `FEDERKIEL_URL`, such as "
                + "`https://federkiel.example/v3` | `FEDERKIEL_INK` or `ink`: the colour of the ink (`black`) |")
        #expect(
            tables.models.last?.hasPrefix("| `Federkiel`: writes by hand | – | – | `Federkiel/quill-2` | – |") == true)
    }
}
