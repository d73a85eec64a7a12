import FlowGraph
import ProjectModel
import TurnTaking

/// Reads the keys of a project from its node tree. The other parts of it are in extensions, one for each subject.
struct ProjectReader {
    let context: LoadContext
    /// For what the file does not name.
    var defaults = ProjectDefaults()

    /// The blocks of a file as they stand in it.
    private struct Blocks {
        /// The names of the file's own endpoints.
        var endpoints: [Located<String>]
        var writer: WriterKeys
        /// The models that see.
        var eyes: WriterKeys
        var masking: MaskingKeys?
        var memory: MemoryBlock
        var orchestrator: OrchestratorBlock?
        var agents: [AgentBlock]
        var superAgents: [SuperAgentBlock] = []
        var speech: SpeechConfiguration?
        var audio: AudioConfiguration
        var deadlines: Deadlines?
        var prices: PriceBlock?
        var recording: RecordingPolicy?
        var call: CallBlock
        var examples: [String]
        var tools: [Located<Tool>]
        var servers: [Located<MCPServer>]
    }

    func project(_ root: YAMLNode, name: String) -> Project? {
        let whole = Located(value: root, mark: root.mark, path: "")
        let hint = "a project begins with keys such as orchestrator: and utility_agents:"
        let ownAudio = root["audio_config"]
        let blocks = NodeReader.open(whole, pattern: "", in: context, hint: hint) { self.blocks(&$0, ownAudio) }
        return blocks.map { project($0, name: name) }
    }

    private func blocks(_ root: inout NodeReader, _ ownAudio: YAMLNode?) -> Blocks {
        // First: whatever names a model may name one of these.
        let endpoints = endpoints(&root)
        let (writer, eyes, masking) = baseConfiguration(&root)
        context.search = search(&root)
        let memory = root.block("memory_config") { self.memory(&$0) } ?? MemoryBlock()
        let orchestrator = root.block("orchestrator", required: true) { self.orchestrator(&$0) }
        let hint = "write - agent_class: PlanningAgent, with agent_name and agent_description below it"
        let agents = root.blocks("utility_agents", required: true, hint: hint) { self.utilityAgent(&$0) } ?? []
        let superAgents = root.blocks("super_agents") { self.superAgent(&$0) } ?? []
        let speech = orchestrator?.speech?.configuration ?? defaultSpeech(ownAudio)
        let audio =
            root.block("audio_config") { self.audio(&$0, orchestrator: speech) } ?? defaultAudio(orchestrator: speech)
        return Blocks(
            endpoints: endpoints, writer: writer, eyes: eyes, masking: masking, memory: memory,
            orchestrator: orchestrator, agents: agents, superAgents: superAgents,
            speech: speech, audio: audio, deadlines: root.block("deadlines") { self.deadlines(&$0) },
            prices: root.block("prices") { self.prices(&$0) },
            recording: root.block("recording") { self.recording(&$0) }, call: call(&root), examples: examples(&root),
            tools: tools(&root), servers: servers("mcp_servers", &root))
    }

    private func project(_ blocks: Blocks, name: String) -> Project {
        let (orchestrator, agents, superAgents) = (blocks.orchestrator, blocks.agents, blocks.superAgents)
        checkNames(agents: agents, superAgents: superAgents, orchestrator: orchestrator)
        var project = runnable(blocks, name: name)
        equip(&project, tools: blocks.tools, servers: blocks.servers, agents: agents)
        resolveInterruptions(of: &project, agents: agents, superAgents: superAgents)
        // A flow without a single voice was made to be read: of it, only what comes last is spoken.
        let isWrittenForVoices = !project.speechBlocks.isEmpty
        for index in superAgents.indices {
            project.superAgents[index].speak = superAgents[index].speak ?? (isWrittenForVoices ? .all : .last)
        }
        project.orchestrator.speech = blocks.speech
        project.prices = priceTable(blocks.prices, for: project)
        checkEndpoints(blocks.endpoints, of: project)
        checkPlaceholders(of: blocks.call, variables: blocks.memory.variables)
        checkFillers(of: project, orchestrator: orchestrator?.filler, agents: agents)
        checkSampling(of: agents)
        checkReflections(of: agents)
        checkMasking(of: project, agents: agents)
        checkInterruptions(of: project, agents: agents, superAgents: superAgents)
        checkVoices(of: project, orchestrator: orchestrator?.speech, agents: agents, superAgents: superAgents)
        return project
    }

    /// The project with all that its blocks say without looking at each other.
    private func runnable(_ blocks: Blocks, name: String) -> Project {
        let (orchestrator, writer) = (blocks.orchestrator, blocks.writer)
        let sampling = writer.models == nil ? writer.sampling.over(defaults.sampling) : writer.sampling
        let names = (blocks.agents.compactMap(\.name) + blocks.superAgents.compactMap(\.name)).map(\.value)
        let tell = { (keys: ContextKeys) in self.resolve(keys, variables: blocks.memory.variables, names: names) }
        var project = Project(
            name: name,
            orchestrator: Orchestrator(
                agentNames: orchestrator?.names.map(\.value) ?? [], routes: orchestrator?.routes ?? true,
                speech: orchestrator?.speech?.configuration, filler: filler(orchestrator?.filler),
                history: orchestrator?.history ?? blocks.memory.history ?? HistoryLimits()),
            agents: blocks.agents.map { block in
                var agent = block.agent
                agent.filler = self.filler(block.filler, else: orchestrator?.filler)
                self.giveEyes(&agent, block, blocks.eyes)
                if !agent.speaksItself { agent.sampling = agent.sampling.over(sampling) }
                agent.memory = tell(block.contexts)
                return agent
            },
            superAgents: blocks.superAgents.map { block in
                var agent = block.agent
                (agent.languageModel, agent.sampling) = (block.writer.models, block.writer.sampling)
                agent.memory = tell(block.contexts)
                return agent
            },
            audio: blocks.audio,
            languageModel: writer.models ?? defaults.languageModel ?? ModelChain(.localPlanner),
            sampling: sampling, deadlines: blocks.deadlines ?? Deadlines())
        project.orchestrator.decomposes = orchestrator?.decomposes ?? true
        project.orchestrator.rules = orchestrator?.rules ?? []
        project.orchestrator.ownOrders = orchestrator?.ownOrders ?? ""
        project.orchestrator.apology = orchestrator?.apology
        project.orchestrator.timeZone = orchestrator?.timeZone
        project.orchestrator.routingOrder = routingOrder(orchestrator)
        project.orchestrator.memory = tell(orchestrator?.contexts ?? ContextKeys())
        project.memory = policy(blocks.memory, for: project)
        project.recording = blocks.recording ?? RecordingPolicy()
        project.call = blocks.call.rules
        project.variables = blocks.memory.variables
        project.piiMasking = blocks.masking.map(\.masking) ?? defaults.masking
        project.examples = blocks.examples
        project.endpoints = context.directory.endpoints
        return project
    }

    private func checkVoices(
        of project: Project, orchestrator: SpeechBlock?, agents: [AgentBlock], superAgents: [SuperAgentBlock]
    ) {
        // A model that could not be read is missing from its chain.
        if context.hasErrors { return }
        for block in [orchestrator] + superAgents.map(\.speech) {
            checkVoices(of: block, spokenBy: block?.configuration.model ?? project.audio.synthesizer)
        }
        for block in agents {
            let model = block.speech?.configuration.model
            if let own = block.agent.languageModel, block.agent.speaksItself {
                checkVoices(of: block.speech, spokenBy: own)
                if let place = block.speech?.model, model != nil {
                    context.report(
                        .warning, at: place.mark, path: place.path,
                        "has no effect: '\(own.first)' is a speech-to-speech model and uses its own voice")
                }
            } else {
                checkVoices(of: block.speech, spokenBy: model ?? project.audio.synthesizer)
            }
        }
    }

    /// The `orchestrator` block as it stands in the file.
    struct OrchestratorBlock {
        var names: [Located<String>]
        var routes: Bool
        var decomposes: Bool
        var filler: FillerKeys
        var apology: String?
        var history: HistoryLimits?
        var timeZone: String?
        var routingOrder: Located<String>?
        var rules: [ConductRule]
        var ownOrders: String
        var contexts: ContextKeys
        var speech: SpeechBlock?
    }

    private func orchestrator(_ block: inout NodeReader) -> OrchestratorBlock {
        let names =
            block.blocks("agent_list", required: true, hint: "write - agent_name: \"…\"") { self.agentName(&$0) } ?? []
        let routes = block.bool("enable_routing", default: true).value
        let decomposes = block.bool("decompose", default: true).value
        let rules = conductRules(&block)
        let contexts = contexts(&block)
        let routingOrder = block.textOrNothing("system_prompt_suffix")
        let ownOrders = ownOrders(&block)
        let filler = filler(&block, isDefault: true)
        let apology = apology(&block)
        return OrchestratorBlock(
            names: names.compactMap(\.self), routes: routes, decomposes: decomposes, filler: filler, apology: apology,
            history: block.block("history") { self.history(&$0) }, timeZone: block.timeZone("time_zone"),
            routingOrder: routingOrder, rules: rules, ownOrders: ownOrders, contexts: contexts,
            speech: speech(&block)?.value)
    }

    /// What is added to the orders of whoever chooses; a warning where nobody chooses.
    private func routingOrder(_ orchestrator: OrchestratorBlock?) -> String? {
        guard let orchestrator, let order = orchestrator.routingOrder, !order.value.isEmpty else { return nil }
        if !orchestrator.routes || orchestrator.names.count == 1 {
            context.report(
                .warning, at: order.mark, path: order.path,
                "has no effect: every turn goes to the first agent, so nobody has to choose")
        }
        return order.value
    }

    private func history(_ block: inout NodeReader) -> HistoryLimits {
        let defaults = HistoryLimits()
        return HistoryLimits(
            maximumTurns: block.int("max_turns", in: 1...HistoryLimits.mostTurns, default: defaults.maximumTurns).value,
            maximumCharacters: block.int(
                "max_characters", in: 200...HistoryLimits.mostCharacters, default: defaults.maximumCharacters
            ).value)
    }

    /// The `agent_name` of a block: text of 1…200 characters on one line.
    func agentName(_ block: inout NodeReader) -> Located<String>? {
        guard let name = block.text("agent_name", required: true) else { return nil }
        if name.value.isEmpty || name.value.unicodeScalars.count > 200 {
            context.report(.error, at: name.mark, path: name.path, "a name has 1…200 characters")
            return nil
        }
        if !name.value.isOneLine {
            context.report(.error, at: name.mark, path: name.path, "a name holds no line breaks or control characters")
            return nil
        }
        return name
    }
}

extension String {
    /// Whether it has no line breaks or other control characters.
    var isOneLine: Bool { !unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
}
