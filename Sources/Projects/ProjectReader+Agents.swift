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
        var writer = WriterKeys()
        /// nil: as the project's voices say.
        var speak: SpokenMembers?
    }

    func utilityAgent(_ block: inout NodeReader) -> AgentBlock {
        agent(&block, of: agentClass(&block, in: .utility))
    }

    private func agent(_ block: inout NodeReader, of known: AgentClass?) -> AgentBlock {
        let known = known.map { settled($0, block) }
        let name = agentName(&block)
        var agent = Agent(name: name?.value ?? "", description: block.textOrNothing("agent_description")?.value ?? "")
        var filler: FillerKeys?
        var writer = WriterKeys()
        var interruption = InterruptionKeys()
        var contexts = ContextKeys()
        var tools = ToolKeys()
        var executor = executorKeys(of: known)
        var research = researchKeys(of: known)
        var reflection: Located<SelfReflection>?
        if let known, let lack = known.lack {
            agent.program = .standIn(ClassStandIn(agentClass: known.name, lack: lack))
        }
        // Also without a config.
        if known?.work == .pictures { agent.program = .pictures }
        let isStandIn = known?.lack != nil
        let inside = block.block("config") { config -> VoiceBlocks in
            if isStandIn { config.acceptUnknownKeys() }
            self.read(&executor, &config)
            self.read(&research, &config)
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
        (tools.executor, tools.research) = (executor, research)
        if known?.work == .analytics, tools.ownTables == nil {
            agent.program = tablesAreMissing(block.has("config") && inside != nil ? nil : block.mark, block.path)
        }
        let voice = oneOf(inside: inside, beside: voiceBlocks(&block))
        agent.speech = voice.speech?.value.configuration
        agent.speaksSummary = voice.summarizes?.value ?? false
        if !agent.speaksItself { agent.reflection = reflection?.value }
        return AgentBlock(
            agent: agent, name: name, speech: voice.speech?.value, filler: filler, writer: writer,
            interruption: interruption, contexts: contexts, tools: tools, reflection: reflection)
    }

    func superAgent(_ block: inout NodeReader) -> SuperAgentBlock {
        let work = agentClass(&block, in: .superAgent)?.work
        let name = agentName(&block)
        var agent = SuperAgent(
            name: name?.value ?? "", description: block.textOrNothing("agent_description")?.value ?? "",
            graph: FlowGraph(nodes: []))
        var marks = GraphMarks(graph: Located(value: (), mark: block.mark, path: block.path))
        var interruption = InterruptionKeys()
        var contexts = ContextKeys()
        var writer = WriterKeys()
        var speak: SpokenMembers?
        let inside = block.block("config", required: true) { config -> VoiceBlocks in
            agent.goal = config.text("goal")?.value ?? ""
            agent.floor = config.choice("floor", default: agent.floor)
            speak = config.choice("speak")
            interruption = self.interruption(&config)
            switch work {
            case .steps: (agent.graph, agent.program, marks) = self.steps(&config)
            case .evaluation: (agent.graph, agent.program, marks) = self.evaluation(&config)
            default: (agent.graph, marks) = self.graph(&config)
            }
            agent.showsDecisions = config.bool("show_triage_feedback", default: false).value
            writer = self.writer(&config) { $0.models("model", for: .language) }
            contexts = self.contexts(&config)
            return self.voiceBlocks(&config)
        }
        let voice = oneOf(inside: inside, beside: voiceBlocks(&block))
        agent.speech = voice.speech?.value.configuration
        agent.closesWithSummary = voice.summarizes?.value ?? false
        return SuperAgentBlock(
            agent: agent, name: name, speech: voice.speech?.value, marks: marks, interruption: interruption,
            contexts: contexts, writer: writer, speak: speak)
    }
}
