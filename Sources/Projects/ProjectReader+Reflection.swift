import ProjectModel

/// Agents that look at drafts of their answers.
extension ProjectReader {
    /// `self_reflection_config` of an agent; nil when it is not to reflect.
    func reflection(_ config: inout NodeReader) -> Located<SelfReflection>? {
        let found = config.block("self_reflection_config") { block -> Located<SelfReflection>? in
            let defaults = SelfReflection()
            let isOn = block.bool("self_reflection", default: false)
            let attempts = block.int(
                "max_attempts", in: SelfReflection.attempts, default: defaults.maximumAttempts)
            let rules = SelfReflection(
                maximumAttempts: attempts.value,
                selection: block.choice("response_selection_mode", default: defaults.selection),
                isShown: block.bool("return_internal_reflection_msg", default: defaults.isShown).value)
            guard isOn.value else { return nil }
            guard rules.maximumAttempts > 1 else {
                context.report(
                    .warning, at: attempts.mark, path: attempts.path,
                    "self_reflection has no effect: with one attempt there is nothing to improve",
                    hint: "write max_attempts: 2")
                return nil
            }
            return Located(value: rules, mark: isOn.mark, path: isOn.path)
        }
        return found ?? nil
    }

    /// Says once what reflecting costs, and where it has no effect.
    func checkReflections(of agents: [AgentBlock]) {
        for block in agents where block.agent.speaksItself {
            guard let own = block.agent.languageModel, let place = block.reflection else { continue }
            context.report(
                .warning, at: place.mark, path: place.path,
                "has no effect: '\(own.first)' is a speech-to-speech model, which is heard while it answers")
        }
        guard let first = agents.first(where: { $0.agent.reflection != nil })?.reflection else { return }
        context.report(
            .note, at: first.mark, path: first.path,
            "the caller waits longer: nothing of an answer is heard before its drafts are checked",
            hint: "a filler bridges the silence")
    }
}
