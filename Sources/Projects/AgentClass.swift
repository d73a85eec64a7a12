import FlowGraph

/// A class of agents that a project file may name.
struct AgentClass: Equatable, Sendable {
    /// The list of the file that its agents stand in.
    enum Place: String, Sendable {
        case utility = "utility_agents"
        case superAgent = "super_agents"
    }

    /// What an agent of the class does here.
    enum Work: Equatable, Sendable {
        case planning, utility, author, critic, human, toolUse, mcpClient, analytics, pictures, flow, steps, evaluation
        /// Its answer is the result of one call, which gets the caller's words under that name.
        case executor(argument: String)
        /// It looks things up before it writes. Without a place to look, a language model stands in that cannot do that.
        case research(lack: String)
        /// A language model stands in. `lack` is what it cannot do, as it stands behind "cannot".
        case standIn(lack: String)
    }

    var name: String
    var place: Place
    var work: Work

    /// What an agent of the class cannot do here; nil when the class is built.
    var lack: String? { if case .standIn(let lack) = work { lack } else { nil } }

    /// Whether its answer is the result of one call.
    var isExecutor: Bool { if case .executor = work { true } else { false } }

    /// Every class there is.
    static let all: [AgentClass] =
        [
            AgentClass(name: "PlanningAgent", place: .utility, work: .planning),
            AgentClass(name: "UtilityAgent", place: .utility, work: .utility),
            AgentClass(name: "AuthorAgent", place: .utility, work: .author),
            AgentClass(name: "CriticalThinker", place: .utility, work: .critic),
            AgentClass(name: "HumanAgent", place: .utility, work: .human),
            AgentClass(name: "ToolUseAgent", place: .utility, work: .toolUse),
            AgentClass(name: "MCPClientAgent", place: .utility, work: .mcpClient),
            AgentClass(name: "AnalyticsAgent", place: .utility, work: .analytics),
            AgentClass(name: "ImageUnderstandingAgent", place: .utility, work: .pictures),
            AgentClass(name: "FlowSuperAgent", place: .superAgent, work: .flow),
            AgentClass(name: "SuperAgent", place: .superAgent, work: .steps),
            AgentClass(name: "BaseSuperAgent", place: .superAgent, work: .steps),
            AgentClass(name: "EvaluationSuperAgent", place: .superAgent, work: .evaluation),
            AgentClass(name: "CustomAgent", place: .utility, work: .executor(argument: "query")),
            AgentClass(name: "SearchAgent", place: .utility, work: .research(lack: "search the web")),
            AgentClass(
                name: "ResearchAgent", place: .utility,
                work: .research(lack: "look anything up in documents or on the web")),
            AgentClass(
                name: "DeepResearchAgent", place: .utility,
                work: .research(lack: "do research in documents or on the web")),
        ] + platforms.map { AgentClass(name: $0, place: .utility, work: .executor(argument: "prompt")) }
        + lacks.map { AgentClass(name: $0.name, place: $0.place, work: .standIn(lack: $0.lack)) }

    /// Classes of other platforms, each of which is reached by an executor.
    private static let platforms = [
        "A2AClientAgent", "AmazonBedrockAgent", "AzureAIAgent", "CBInsightsAgent", "DatabricksAgent", "GoogleAgent",
        "PegaAgent", "SAPAgent", "SalesforceAgent", "ServiceNowAgent", "SnowflakeAgent", "WolframAgent",
        "WriterAIAgent",
    ]

    private static let lacks: [(name: String, place: Place, lack: String)] = [
        ("ImageGenerationAgent", .utility, "make images"),
        ("AlchemistAgent", .utility, "set up projects"),
    ]

    /// The names of all classes of one list.
    static func names(in place: Place) -> [String] { all.filter { $0.place == place }.map(\.name) }
}

extension ProjectReader {
    /// The class of a block; nil when it has none that belongs there, which is reported.
    func agentClass(_ block: inout NodeReader, in place: AgentClass.Place) -> AgentClass? {
        guard let text = block.text("agent_class", required: true) else { return nil }
        guard let known = AgentClass.all.first(where: { $0.name == text.value }) else {
            let built = AgentClass.all.filter { $0.place == place && $0.lack == nil }.map(\.name)
            context.report(
                .error, at: text.mark, path: text.path, "unknown agent_class '\(text.value)'",
                hint: didYouMean(text.value, AgentClass.names(in: place)) ?? elsewhere(text.value, but: place)
                    ?? "such as \(built.joined(separator: ", "))")
            return nil
        }
        guard known.place == place else {
            context.report(
                .error, at: text.mark, path: text.path, "\(known.name) belongs under \(known.place.rawValue)")
            return nil
        }
        if let lack = known.lack {
            context.report(
                .warning, at: text.mark, path: text.path,
                "a language model stands in for \(known.name), which is not built yet: it cannot \(lack), and says so")
        }
        return known
    }

    /// The class of an agent as it can run here: a language model stands in for one that has no place to look things up.
    func settled(_ known: AgentClass, _ block: borrowing NodeReader) -> AgentClass {
        guard case .research(let lack) = known.work, !hasRetriever(block.node(at: "config")) else { return known }
        context.report(
            .warning, at: block.node(at: "agent_class")?.mark ?? block.mark, path: block.path(of: "agent_class"),
            "a language model stands in for \(known.name), which has no place to look: it cannot \(lack), and says so",
            hint: "search: {folder: …} or {url: \"https://…{query}\"} in the project gives it one")
        return AgentClass(name: known.name, place: known.place, work: .standIn(lack: lack))
    }

    /// The hint for a slip of the pen in the name of a class that stands in the other list.
    private func elsewhere(_ name: String, but place: AgentClass.Place) -> String? {
        let others = AgentClass.all.filter { $0.place != place }
        guard let nearest = nearestName(to: name, among: others.map(\.name)),
            let meant = others.first(where: { $0.name == nearest })
        else { return nil }
        return "did you mean '\(nearest)'? it belongs under \(meant.place.rawValue)"
    }
}
