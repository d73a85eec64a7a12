import FlowGraph
import ProjectModel

extension ProjectReader {
    /// An agent and where its name stands; nil when it has no usable name.
    struct AgentBlock {
        var agent: Agent
        var name: Located<String>?
        var speech: SpeechBlock?
        var filler: FillerKeys?
        var writer = WriterKeys()
        var interruption = InterruptionKeys()
    }

    /// A super agent and where its names stand.
    struct SuperAgentBlock {
        var agent: SuperAgent
        var name: Located<String>?
        var speech: SpeechBlock?
        var marks: GraphMarks
        var interruption = InterruptionKeys()
    }

    /// Every class of AI Refinery, so that one which cannot run is not taken for a slip of the pen.
    private static let otherUtilityClasses = [
        "A2AClientAgent", "AlchemistAgent", "AmazonBedrockAgent", "AnalyticsAgent", "AuthorAgent", "AzureAIAgent",
        "CBInsightsAgent", "CriticalThinker", "CustomAgent", "DatabricksAgent", "DeepResearchAgent", "GoogleAgent",
        "HumanAgent", "ImageGenerationAgent", "ImageUnderstandingAgent", "MCPClientAgent", "PegaAgent",
        "ResearchAgent", "SAPAgent", "SalesforceAgent", "SearchAgent", "ServiceNowAgent", "SnowflakeAgent",
        "ToolUseAgent", "UtilityAgent", "WolframAgent", "WriterAIAgent",
    ]
    private static let otherSuperClasses = ["SuperAgent", "BaseSuperAgent", "EvaluationSuperAgent"]

    private enum UtilityClass: String, CaseIterable { case planning = "PlanningAgent" }
    private enum SuperClass: String, CaseIterable { case flow = "FlowSuperAgent" }

    func utilityAgent(_ block: inout NodeReader) -> AgentBlock {
        agentClass(&block, UtilityClass.self, known: Self.otherUtilityClasses, elsewhere: "super_agents")
        let name = agentName(&block)
        var agent = Agent(name: name?.value ?? "", description: block.text("agent_description")?.value ?? "")
        var filler: FillerKeys?
        var writer = WriterKeys()
        var interruption = InterruptionKeys()
        let inside = block.block("config") { config -> VoiceBlocks in
            agent.outputStyle = config.choice("output_style", default: agent.outputStyle)
            writer = self.agentWriter(&config)
            agent.languageModel = writer.models
            filler = self.filler(&config, isDefault: false)
            agent.apology = self.apology(&config)
            interruption = self.interruption(&config)
            config.acceptWithoutEffect("contexts") { !$0.isEmpty }
            config.acceptWithoutEffect("self_reflection_config") { $0["self_reflection"]?.bool == true }
            return self.voiceBlocks(&config)
        }
        let voice = oneOf(inside: inside, beside: voiceBlocks(&block))
        agent.speech = voice.speech?.value.configuration
        agent.speaksSummary = voice.summarizes?.value ?? false
        return AgentBlock(
            agent: agent, name: name, speech: voice.speech?.value, filler: filler, writer: writer,
            interruption: interruption)
    }

    func superAgent(_ block: inout NodeReader) -> SuperAgentBlock {
        agentClass(&block, SuperClass.self, known: Self.otherSuperClasses, elsewhere: "utility_agents")
        let name = agentName(&block)
        var agent = SuperAgent(
            name: name?.value ?? "", description: block.text("agent_description")?.value ?? "",
            graph: FlowGraph(nodes: []))
        var marks = GraphMarks(graph: Located(value: (), mark: block.mark, path: block.path))
        var interruption = InterruptionKeys()
        let inside = block.block("config", required: true) { config -> VoiceBlocks in
            agent.goal = config.text("goal")?.value ?? ""
            agent.floor = config.choice("floor", default: agent.floor)
            interruption = self.interruption(&config)
            (agent.graph, marks) = self.graph(&config)
            config.acceptWithoutEffect("show_triage_feedback") { $0.bool == true }
            config.acceptWithoutEffect("llm_config")
            config.acceptWithoutEffect("contexts") { !$0.isEmpty }
            return self.voiceBlocks(&config)
        }
        let voice = oneOf(inside: inside, beside: voiceBlocks(&block))
        agent.speech = voice.speech?.value.configuration
        agent.closesWithSummary = voice.summarizes?.value ?? false
        return SuperAgentBlock(
            agent: agent, name: name, speech: voice.speech?.value, marks: marks, interruption: interruption)
    }

    /// Reports an `agent_class` that cannot run.
    private func agentClass<Class: RawRepresentable & CaseIterable>(
        _ block: inout NodeReader, _ type: Class.Type, known: [String], elsewhere: String
    ) where Class.RawValue == String {
        let supported = type.allCases.map(\.rawValue)
        guard let text = block.text("agent_class", required: true), type.init(rawValue: text.value) == nil else {
            return
        }
        let runs = "this version runs \(supported.joined(separator: ", ")) here"
        if known.contains(text.value) {
            context.report(
                .error, at: text.mark, path: text.path, "agent_class '\(text.value)' is not supported yet", hint: runs)
        } else if text.value == UtilityClass.planning.rawValue || text.value == SuperClass.flow.rawValue {
            context.report(
                .error, at: text.mark, path: text.path, "a \(text.value) belongs under \(elsewhere)", hint: runs)
        } else {
            context.report(
                .error, at: text.mark, path: text.path, "unknown agent_class '\(text.value)'",
                hint: didYouMean(text.value, supported) ?? runs)
        }
    }
}
