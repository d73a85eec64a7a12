import ProjectModel
import Testing

@testable import Projects

/// What the classes of agents, their prompts and their memory become.
@Suite("Classes and memory")
struct ProgramReadingTests {
    private func corpus(_ name: String) throws -> Project {
        let result = ProjectLoader.load(bytes: try TestFiles.corpusBytes("valid/\(name).yaml"), name: "x")
        return try #require(result.project)
    }

    @Test func classesThatAreOnlyPrompts() throws {
        let project = try corpus("prompt-classes")
        #expect(
            project.agents.map(\.program) == [
                .utility(prompt: "Make a rhyme of this: {Query}\n"),
                .critic(guidelines: ["Who gains from it?", "What would change your mind?"]),
                .author(
                    Authorship(
                        title: "Minutes of the meeting", memoryName: "minutes",
                        questions: [
                            .init(question: "Who was there", prompt: "List the names."),
                            .init(question: "What was decided"),
                        ])),
                .planning,
            ])
        #expect(project.agents[0].outputStyle == .markdown)
    }

    @Test func standInsKnowWhatTheyLack() throws {
        let project = try corpus("stand-in")
        #expect(
            project.agents.compactMap(\.program.standIn?.agentClass) == [
                "ResearchAgent", "AnalyticsAgent", "SnowflakeAgent",
            ])
        #expect(project.agents[0].speech?.voices == ["slt"], "a voice is nobody's own affair")
        let jury = try #require(corpus("stand-in-super").agent(named: "Jury")?.program.standIn)
        #expect(jury.lack == "test other agents" && jury.prompts == ["Which answer is the friendliest?"])
    }

    /// Every class runs, with any config.
    @Test(arguments: AgentClass.all.filter { $0.work != .flow })
    func everyClassRuns(known: AgentClass) throws {
        let agent =
            "{agent_class: \(known.name), agent_name: B, agent_description: null, config: {agent_list: [A], zip: [1]}}"
        let planner = "{agent_class: PlanningAgent, agent_name: A}"
        let isSuper = known.place == .superAgent
        let text = """
            orchestrator: {agent_list: [{agent_name: B}]}
            utility_agents: [\(isSuper ? planner : "\(planner), \(agent)")]
            super_agents: [\(isSuper ? agent : "")]
            """
        let result = ProjectLoader.load(text: text, name: "x")
        let project = try #require(result.project, "\(result.rendered)")
        // Nobody sees for it here.
        let isStoodInFor = known.lack != nil || known.work == .pictures
        #expect(project.agent(named: "B")?.program.standIn?.agentClass == (isStoodInFor ? known.name : nil))
        if known.lack != nil {
            #expect(result.diagnostics.count { $0.path.contains(".config") } == 0, "\(result.rendered)")
            #expect(result.diagnostics.contains { $0.severity == .warning && $0.message.contains("stands in") })
        }
    }

    @Test func memoryIsToldAsFarAsItIsWanted() throws {
        let project = try corpus("contexts")
        let (pilot, captain) = (project.agents[0].memory, project.agents[1].memory)
        #expect(pilot.variables == [.init(name: "harbour", value: "Ostend"), .init(name: "berth", value: "7")])
        #expect(pilot.answersOf == ["Pilot", "Captin"] && captain == PromptMemory())
        #expect(project.orchestrator.memory.variables.isEmpty)
        let everything = try corpus("everything")
        #expect(everything.orchestrator.memory.variables.map(\.name) == ["city"])
        #expect(everything.orchestrator.history.maximumTurns == 20, "history goes before the memory's module")
    }

    @Test func aModuleOfTheChatLimitsTheHistory() throws {
        let text = """
            memory_config:
              memory_modules:
                - {memory_name: chat_history, config: {n_rounds: 5000, max_context: 900}}
            orchestrator: {agent_list: [{agent_name: A}]}
            utility_agents: [{agent_class: PlanningAgent, agent_name: A}]
            """
        let history = try #require(ProjectLoader.load(text: text, name: "x").project).orchestrator.history
        #expect(history == HistoryLimits(maximumTurns: 1000, maximumCharacters: 900))
    }

    @Test func ordersToWhoeverChooses() throws {
        #expect(try corpus("suffix").orchestrator.routingOrder == "Prefer Ferry when the sea is calm.")
    }
}
