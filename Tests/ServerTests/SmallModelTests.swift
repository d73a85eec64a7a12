import ProjectModel
import Projects
import ProviderKit
import Session
import Testing
import Vendors

@testable import Server

/// `Local/Qwen`, where a process of this machine plays it and where none does.
@Suite struct SmallModelTests {
    private static let running = ["LOCAL_LLM_URL": "http://127.0.0.1:9/v1"]

    private func cast(_ model: String, _ environment: [String: String]) throws -> Casting {
        let text = """
            base_config: {llm_config: {model: \(model)}}
            orchestrator: {agent_list: [{agent_name: Ada}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: Ada}]
            """
        var access = ProviderAccess()
        access.absentEngines = SmallModel(environment: environment).absent
        let result = ProjectLoader.load(text: text, name: "test", vendors: Vendor.all.map(\.profile))
        return Casting(try #require(result.project), access: access)
    }

    @Test(arguments: ["Local/Planner", "OpenAI/gpt-4.1-mini"])
    func itWritesBeforeThePlanner(model: String) throws {
        let casting = try cast(model, Self.running)
        #expect(casting.project.languageModel == .localWriters)
        // What the page tells.
        #expect(casting.fallbacks.contains { $0.wanted == model && $0.used == "Local/Qwen" })
    }

    @Test(arguments: ["Local/Planner", "OpenAI/gpt-4.1-mini", "Local/Qwen"])
    func withoutItThePlannerWrites(model: String) throws {
        // An address of another machine is not one of this machine.
        for environment in [[:], ["LOCAL_LLM_URL": ""], ["LOCAL_LLM_URL": "http://example.com/v1"]] {
            let casting = try cast(model, environment)
            #expect(casting.project.languageModel == ModelChain(.localPlanner))
            #expect(!casting.fallbacks.contains { $0.used == "Local/Qwen" })
        }
    }

    @Test func aChainOfItsOwnStays() throws {
        let casting = try cast("[Local/Qwen, Local/Planner]", Self.running)
        #expect(casting.project.languageModel == .localWriters)
        #expect(!casting.fallbacks.contains { $0.wanted == "Local/Qwen" })
    }

    /// Its process was killed: a failure that a chain goes on from, not one that ends it.
    @Test func anEndedProcessIsAFailureOfTheProvider() async throws {
        let model = try #require(SmallModel(environment: Self.running).languageModel(.localQwen))
        #expect(model.name == "Local/Qwen")
        let request = GenerationRequest(
            brief: Brief(task: .plan, agentName: "Ada", callerWords: "Hello"),
            messages: [ChatMessage(role: .user, content: "Hello")])
        let error = await #expect(throws: ProviderError.self) {
            try await model.generate(request) { _ in }
        }
        #expect(error?.code == .unavailable)
        #expect(SmallModel(environment: Self.running).languageModel(.localPlanner) == nil)
    }
}
