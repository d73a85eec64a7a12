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
        var contexts = ContextKeys()
        var tools = ToolKeys()
        var reflection: Located<SelfReflection>?
    }

    /// A super agent and where its names stand.
    struct SuperAgentBlock {
        var agent: SuperAgent
        var name: Located<String>?
        var speech: SpeechBlock?
        var marks: GraphMarks
        var interruption = InterruptionKeys()
        var contexts = ContextKeys()
        /// nil: as the project's voices say.
        var speak: SpokenMembers?
    }

    /// A super agent of a class that can run, or the agent that stands in for one.
    enum SuperAgentEntry {
        case flow(SuperAgentBlock)
        /// With the names of the agents that it would run, which nobody else need use.
        case standIn(AgentBlock, members: [String])
    }

    func utilityAgent(_ block: inout NodeReader) -> AgentBlock {
        agent(&block, of: agentClass(&block, in: .utility))
    }

    private func agent(_ block: inout NodeReader, of known: AgentClass?) -> AgentBlock {
        let name = agentName(&block)
        var agent = Agent(name: name?.value ?? "", description: block.textOrNothing("agent_description")?.value ?? "")
        var filler: FillerKeys?
        var writer = WriterKeys()
        var interruption = InterruptionKeys()
        var contexts = ContextKeys()
        var tools = ToolKeys()
        var reflection: Located<SelfReflection>?
        if let known, let lack = known.lack {
            agent.program = .standIn(ClassStandIn(agentClass: known.name, lack: lack))
        }
        // Also without a config.
        if known?.work == .pictures { agent.program = .pictures }
        let isStandIn = known?.lack != nil
        let inside = block.block("config") { config -> VoiceBlocks in
            if isStandIn { config.acceptUnknownKeys() }
            agent.outputStyle = config.choice("output_style", default: agent.outputStyle)
            if let known { agent.program = self.program(&config, of: known) }
            writer = self.agentWriter(&config)
            if known?.work == .pictures { writer = self.eyes(&config).over(writer) }
            agent.languageModel = writer.models
            filler = self.filler(&config, isDefault: false)
            agent.apology = self.apology(&config)
            interruption = self.interruption(&config)
            contexts = self.contexts(&config, isQuiet: isStandIn)
            tools = self.toolKeys(&config, of: known)
            if isStandIn {
                config.acceptWithoutEffect("self_reflection_config")
            } else {
                reflection = self.reflection(&config)
            }
            return self.voiceBlocks(&config)
        }
        let voice = oneOf(inside: inside, beside: voiceBlocks(&block))
        agent.speech = voice.speech?.value.configuration
        agent.speaksSummary = voice.summarizes?.value ?? false
        if !agent.speaksItself { agent.reflection = reflection?.value }
        return AgentBlock(
            agent: agent, name: name, speech: voice.speech?.value, filler: filler, writer: writer,
            interruption: interruption, contexts: contexts, tools: tools, reflection: reflection)
    }

    func superAgent(_ block: inout NodeReader) -> SuperAgentEntry {
        let known = agentClass(&block, in: .superAgent)
        guard known?.lack != nil else { return .flow(flow(&block)) }
        guard case .sequence(let items) = block.node(at: "config")?["agent_list"]?.content else {
            return .standIn(agent(&block, of: known), members: [])
        }
        let members = items.prefix(NodeReader.longestList).compactMap { $0["agent_name"]?.text ?? $0.text }
        return .standIn(agent(&block, of: known), members: members)
    }

    private func flow(_ block: inout NodeReader) -> SuperAgentBlock {
        let name = agentName(&block)
        var agent = SuperAgent(
            name: name?.value ?? "", description: block.textOrNothing("agent_description")?.value ?? "",
            graph: FlowGraph(nodes: []))
        var marks = GraphMarks(graph: Located(value: (), mark: block.mark, path: block.path))
        var interruption = InterruptionKeys()
        var contexts = ContextKeys()
        var speak: SpokenMembers?
        let inside = block.block("config", required: true) { config -> VoiceBlocks in
            agent.goal = config.text("goal")?.value ?? ""
            agent.floor = config.choice("floor", default: agent.floor)
            speak = config.choice("speak")
            interruption = self.interruption(&config)
            (agent.graph, marks) = self.graph(&config)
            config.acceptWithoutEffect("show_triage_feedback") { $0.bool == true }
            config.acceptWithoutEffect("llm_config")
            contexts = self.contexts(&config)
            return self.voiceBlocks(&config)
        }
        let voice = oneOf(inside: inside, beside: voiceBlocks(&block))
        agent.speech = voice.speech?.value.configuration
        agent.closesWithSummary = voice.summarizes?.value ?? false
        return SuperAgentBlock(
            agent: agent, name: name, speech: voice.speech?.value, marks: marks, interruption: interruption,
            contexts: contexts, speak: speak)
    }
}
