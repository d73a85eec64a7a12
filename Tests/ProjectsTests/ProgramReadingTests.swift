import FlowGraph
import ProjectModel
import Testing

@testable import Projects

/// What the classes of agents, their prompts and their memory become.
@Suite("Classes and memory")
struct ProgramReadingTests {
    private func corpus(_ name: String) throws -> Project {
        let result = ProjectLoader.load(file: TestFiles.corpusPath("valid/\(name).yaml"), name: "x")
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
                "ResearchAgent", "ImageGenerationAgent", "SearchAgent",
            ])
        #expect(project.agents[0].speech?.voices == ["slt"], "a voice is nobody's own affair")
    }

    @Test func superAgentsHaveTheirMembers() throws {
        let checker = try corpus("super-agent")
        #expect(
            checker.superAgents.map(\.graph.course) == [.steps(most: 20, exit: "Judge"), .steps(most: 5, exit: nil)])
        #expect(
            checker.superAgents.map(\.program) == [
                .steps(
                    StepPlan(
                        steps: ["Let Finder collect facts.", "Let Judge decide."], requirements: ["Greet the caller."],
                        memberRequirements: ["Judge": ["Finder has answered."]])), .steps(StepPlan()),
            ])
        #expect(checker.superAgents.map(\.showsDecisions) == [true, false])
        #expect(checker.audibility(of: "Finder", within: ["Checker"]) == .never)
        #expect(checker.audibility(of: "Judge", within: ["Checker"]) == .always)
        #expect(checker.audibility(of: "Finder", within: ["Other"]) == .ifLast)
        let jury = try #require(corpus("evaluation").superAgents.first)
        #expect(jury.graph.course == .trials([2, 5]))
        let warmth = Evaluation.Metric(name: "warmth", rubric: "Is it kind?")
        #expect(
            jury.program
                == .evaluation([
                    Evaluation(
                        metrics: [warmth, .init(name: "length", scale: 0...10)],
                        samples: [.init(words: "Who are you?", truth: "Ada."), .init(words: "Why?")]),
                    Evaluation(metrics: [.init(name: "warmth")]),
                ]))
    }

    /// Every class runs, with any config.
    @Test(arguments: AgentClass.all.filter { $0.place == .utility })
    func everyClassRuns(known: AgentClass) throws {
        let agent =
            "{agent_class: \(known.name), agent_name: B, agent_description: null, config: {agent_list: [A], zip: [1]}}"
        let planner = "{agent_class: PlanningAgent, agent_name: A}"
        let text = """
            orchestrator: {agent_list: [{agent_name: B}]}
            utility_agents: [\(planner), \(agent)]
            """
        let result = ProjectLoader.load(text: text, name: "x")
        let project = try #require(result.project, "\(result.rendered)")
        var isStandIn = known.lack != nil || [.analytics, .pictures].contains(known.work)
        // Without a place to look, as here.
        if case .research = known.work { isStandIn = true }
        #expect(project.agent(named: "B")?.program.standIn?.agentClass == (isStandIn ? known.name : nil))
        if isStandIn, ![.analytics, .pictures].contains(known.work) {
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
