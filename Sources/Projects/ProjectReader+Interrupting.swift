import FlowGraph
import ProjectModel
import TurnTaking

extension ProjectReader {
    /// The two keys about what may stop an agent, as far as they are given.
    struct InterruptionKeys {
        var permission: Located<Interruption.Permission>?
        var minimumWords: Located<Int>?

        /// What is open here is taken from `outer`.
        func over(_ outer: InterruptionKeys) -> InterruptionKeys {
            InterruptionKeys(
                permission: permission ?? outer.permission, minimumWords: minimumWords ?? outer.minimumWords)
        }

        var interruption: Interruption {
            var interruption = Interruption()
            interruption.permission = permission?.value ?? interruption.permission
            interruption.minimumWords = minimumWords?.value ?? interruption.minimumWords
            return interruption
        }
    }

    /// `interruptible` and `min_words` of an agent's or super agent's `config`.
    func interruption(_ config: inout NodeReader) -> InterruptionKeys {
        let late = Interruption.Permission.afterFirstSentence
        let permission = config.bool("interruptible", or: [late.rawValue]).map { written in
            let value: Interruption.Permission =
                switch written.value {
                case "true": .always
                case "false": .never
                default: late
                }
            return Located(value: value, mark: written.mark, path: written.path)
        }
        return InterruptionKeys(permission: permission, minimumWords: config.int("min_words", in: 0...20))
    }

    /// What may stop each agent and super agent: what it says itself, and else what the first super agent says that runs it.
    func resolveInterruptions(of project: inout Project, agents: [AgentBlock], superAgents: [SuperAgentBlock]) {
        var runners: [String: [SuperAgentBlock]] = [:]
        for block in superAgents {
            for node in block.agent.graph.nodes { runners[node.name, default: []].append(block) }
        }
        func keys(of name: String, under visited: Set<String>) -> InterruptionKeys {
            let runner = runners[name]?.first { !visited.contains($0.agent.name) }
            let outer = runner.map { block in
                block.interruption.over(keys(of: block.agent.name, under: visited.union([block.agent.name])))
            }
            return outer ?? InterruptionKeys()
        }
        for (index, block) in agents.enumerated() {
            project.agents[index].interruption =
                block.interruption.over(keys(of: block.agent.name, under: [])).interruption
        }
        for (index, block) in superAgents.enumerated() {
            let name = block.agent.name
            project.superAgents[index].interruption =
                block.interruption.over(keys(of: name, under: [name])).interruption
        }
    }

    /// Warns of keys about interruptions where nobody can interrupt by voice.
    func checkInterruptions(of project: Project, agents: [AgentBlock], superAgents: [SuperAgentBlock]) {
        if context.hasErrors || project.audio.vad != nil { return }
        let keys = agents.map(\.interruption) + superAgents.map(\.interruption)
        for key in keys {
            let permission = key.permission.flatMap { $0.value == .always ? nil : (mark: $0.mark, path: $0.path) }
            let words = key.minimumWords.flatMap { $0.value < 2 ? nil : (mark: $0.mark, path: $0.path) }
            for place in [permission, words].compactMap(\.self) {
                context.report(
                    .warning, at: place.mark, path: place.path,
                    "has no effect: the project is push-to-talk, where the button always interrupts",
                    hint: "set audio_config.vad.enable_barge_in: true")
            }
        }
    }

    /// `back_channels` of the `vad` block, in lower case; nil is the list of the language.
    func backChannels(_ block: inout NodeReader) -> [String]? {
        let hint = "such as: [mhm, okay, i see]; [] is none"
        return block.texts("back_channels", atMost: VADConfiguration.mostBackChannels, hint: hint)?.compactMap {
            entry in
            let longest = VADConfiguration.longestBackChannel
            if (1...longest).contains(entry.value.unicodeScalars.count), entry.value.isOneLine,
                !entry.value.allSatisfy(\.isWhitespace)
            {
                return entry.value.lowercased()
            }
            context.report(
                .error, at: entry.mark, path: entry.path,
                "a back-channel is a word, or a few, of at most \(longest) characters", hint: hint)
            return nil
        }
    }
}
