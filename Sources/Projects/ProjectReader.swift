import FlowGraph
import ProjectModel
import TurnTaking

/// Reads the keys of a project from its node tree. The other parts of it are in extensions, one for each subject.
struct ProjectReader {
    let context: LoadContext

    func project(_ root: YAMLNode, name: String) -> Project? {
        let whole = Located(value: root, mark: root.mark, path: "")
        let hint = "a project begins with keys such as orchestrator: and utility_agents:"
        return NodeReader.open(whole, pattern: "", in: context, hint: hint) { root in
            // First: whatever names a model may name one of these.
            let endpoints = self.endpoints(&root)
            let writer = self.baseConfiguration(&root)
            root.acceptWithoutEffect("memory_config") { memory in
                memory["save_config"]?["auto_load"]?.bool == true
                    || memory["memory_modules"].map { !$0.isEmpty } ?? false
            }
            let orchestrator = root.block("orchestrator", required: true) { self.orchestrator(&$0) }
            let hint = "write - agent_class: PlanningAgent, with agent_name and agent_description below it"
            let agents = root.blocks("utility_agents", required: true, hint: hint) { self.utilityAgent(&$0) } ?? []
            let superAgents = root.blocks("super_agents") { self.superAgent(&$0) } ?? []
            let speech = orchestrator?.speech
            let audio =
                root.block("audio_config") { self.audio(&$0, orchestrator: speech?.configuration) }
                ?? self.defaultAudio(orchestrator: speech?.configuration)
            let deadlines = root.block("deadlines") { self.deadlines(&$0) }
            let prices = root.block("prices") { self.prices(&$0) }
            let recording = root.block("recording") { self.recording(&$0) }
            let examples = self.examples(&root)

            self.checkNames(agents: agents, superAgents: superAgents, orchestrator: orchestrator)
            var project = Project(
                name: name,
                orchestrator: Orchestrator(
                    agentNames: orchestrator?.names.map(\.value) ?? [], routes: orchestrator?.routes ?? true,
                    speech: speech?.configuration, filler: self.filler(orchestrator?.filler),
                    history: orchestrator?.history ?? HistoryLimits()),
                agents: agents.map { block in
                    var agent = block.agent
                    agent.filler = self.filler(block.filler, else: orchestrator?.filler)
                    agent.sampling = block.writer.sampling
                    if !agent.speaksItself { agent.sampling = agent.sampling.over(writer.sampling) }
                    return agent
                },
                superAgents: superAgents.map(\.agent),
                audio: audio,
                languageModel: writer.models ?? ModelChain(.localPlanner),
                sampling: writer.sampling,
                deadlines: deadlines ?? Deadlines())
            self.resolveInterruptions(of: &project, agents: agents, superAgents: superAgents)
            project.orchestrator.apology = orchestrator?.apology
            project.orchestrator.timeZone = orchestrator?.timeZone
            project.prices = self.priceTable(prices, for: project)
            project.recording = recording ?? RecordingPolicy()
            project.examples = examples
            project.endpoints = self.context.directory.endpoints
            self.checkEndpoints(endpoints, of: project)
            self.checkFillers(of: project, orchestrator: orchestrator?.filler, agents: agents)
            self.checkSampling(of: agents)
            self.checkInterruptions(of: project, agents: agents, superAgents: superAgents)
            self.checkVoices(
                of: project, orchestrator: orchestrator?.speech, agents: agents, superAgents: superAgents)
            return project
        }
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
        var filler: FillerKeys
        var apology: String?
        var history: HistoryLimits?
        var timeZone: String?
        var speech: SpeechBlock?
    }

    private func orchestrator(_ block: inout NodeReader) -> OrchestratorBlock {
        let names =
            block.blocks("agent_list", required: true, hint: "write - agent_name: \"…\"") { self.agentName(&$0) } ?? []
        let routes = block.bool("enable_routing", default: true).value
        // Nothing is split into subtasks here, so only the wish for it goes unheard.
        block.acceptWithoutEffect("decompose") { $0.bool != false }
        block.acceptWithoutEffect("rai_config") { !$0.isEmpty }
        block.acceptWithoutEffect("contexts") { !$0.isEmpty }
        block.acceptWithoutEffect("system_prompt_suffix") { !$0.isEmpty }
        block.acceptWithoutEffect("config") { !$0.isEmpty }
        let filler = filler(&block, isDefault: true)
        let apology = apology(&block)
        return OrchestratorBlock(
            names: names.compactMap(\.self), routes: routes, filler: filler, apology: apology,
            history: block.block("history") { self.history(&$0) }, timeZone: block.timeZone("time_zone"),
            speech: speech(&block)?.value)
    }

    private func history(_ block: inout NodeReader) -> HistoryLimits {
        let defaults = HistoryLimits()
        return HistoryLimits(
            maximumTurns: block.int("max_turns", in: 1...1000, default: defaults.maximumTurns).value,
            maximumCharacters: block.int(
                "max_characters", in: 200...2_000_000, default: defaults.maximumCharacters
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
