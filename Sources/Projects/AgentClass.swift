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
        case planning, utility, author, critic, toolUse, mcpClient, pictures, flow
        /// A language model stands in. `lack` is what it cannot do, as it stands behind "cannot".
        case standIn(lack: String)
    }

    var name: String
    var place: Place
    var work: Work

    /// What an agent of the class cannot do here; nil when the class is built.
    var lack: String? { if case .standIn(let lack) = work { lack } else { nil } }

    /// Every class there is.
    static let all: [AgentClass] =
        [
            AgentClass(name: "PlanningAgent", place: .utility, work: .planning),
            AgentClass(name: "UtilityAgent", place: .utility, work: .utility),
            AgentClass(name: "AuthorAgent", place: .utility, work: .author),
            AgentClass(name: "CriticalThinker", place: .utility, work: .critic),
            AgentClass(name: "ToolUseAgent", place: .utility, work: .toolUse),
            AgentClass(name: "MCPClientAgent", place: .utility, work: .mcpClient),
            AgentClass(name: "ImageUnderstandingAgent", place: .utility, work: .pictures),
            AgentClass(name: "FlowSuperAgent", place: .superAgent, work: .flow),
        ] + lacks.map { AgentClass(name: $0.name, place: $0.place, work: .standIn(lack: $0.lack)) }

    private static let lacks: [(name: String, place: Place, lack: String)] = [
        ("SearchAgent", .utility, "search the web"),
        ("ResearchAgent", .utility, "look anything up in documents or on the web"),
        ("DeepResearchAgent", .utility, "do research in documents or on the web"),
        ("CustomAgent", .utility, "call the function behind this agent"),
        ("AnalyticsAgent", .utility, "read tables and databases"),
        ("HumanAgent", .utility, "ask a person and wait for the answer"),
        ("ImageGenerationAgent", .utility, "make images"),
        ("AlchemistAgent", .utility, "set up projects"),
        ("A2AClientAgent", .utility, "reach agents of other servers"),
        ("AmazonBedrockAgent", .utility, "reach Amazon Bedrock"),
        ("AzureAIAgent", .utility, "reach Azure AI"),
        ("CBInsightsAgent", .utility, "reach CB Insights"),
        ("DatabricksAgent", .utility, "reach Databricks"),
        ("GoogleAgent", .utility, "reach agents of Google"),
        ("PegaAgent", .utility, "reach Pega"),
        ("SAPAgent", .utility, "reach SAP"),
        ("SalesforceAgent", .utility, "reach Salesforce"),
        ("ServiceNowAgent", .utility, "reach ServiceNow"),
        ("SnowflakeAgent", .utility, "reach Snowflake"),
        ("WolframAgent", .utility, "reach Wolfram"),
        ("WriterAIAgent", .utility, "reach Writer"),
        ("SuperAgent", .superAgent, "hand work to other agents"),
        ("BaseSuperAgent", .superAgent, "hand work to other agents"),
        ("EvaluationSuperAgent", .superAgent, "test other agents"),
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

    /// The hint for a slip of the pen in the name of a class that stands in the other list.
    private func elsewhere(_ name: String, but place: AgentClass.Place) -> String? {
        let others = AgentClass.all.filter { $0.place != place }
        guard let nearest = nearestName(to: name, among: others.map(\.name)),
            let meant = others.first(where: { $0.name == nearest })
        else { return nil }
        return "did you mean '\(nearest)'? it belongs under \(meant.place.rawValue)"
    }
}
