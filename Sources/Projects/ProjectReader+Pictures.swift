import ProjectModel

/// Agents that look at the caller's picture, and the models that see for them.
extension ProjectReader {
    private static let className = "ImageUnderstandingAgent"

    /// Whether one of the file's agents looks at pictures.
    func looksAtPictures(_ agents: YAMLNode?) -> Bool {
        guard case .sequence(let items)? = agents?.content else { return false }
        return items.prefix(NodeReader.longestList).contains { $0["agent_class"]?.text == Self.className }
    }

    /// A `vlm_config` block, of the project or of one agent.
    func eyes(_ block: inout NodeReader) -> WriterKeys {
        writer(&block, key: "vlm_config") { $0.models("model", for: .language) }
    }

    /// What an agent writes with; one that looks at pictures has the project's `vlm_config`, if it names no model itself.
    /// Where no hosted model sees for it, a language model stands in.
    func giveEyes(_ agent: inout Agent, _ block: AgentBlock, _ eyes: WriterKeys) {
        guard agent.program == .pictures else {
            agent.sampling = block.writer.sampling
            return
        }
        let own = block.writer.over(eyes)
        agent.sampling = own.sampling
        if let models = own.models, !models.isSpeechToSpeech, !models.all.allSatisfy(\.isLocal) {
            agent.languageModel = models
            return
        }
        agent.program = .standIn(.blind)
        // A model that could not be read is an error already.
        guard let name = block.name, !context.hasErrors else { return }
        context.report(
            .warning, at: name.mark, path: name.path,
            "a language model stands in for \(Self.className): it cannot look at images, and says so",
            hint: "name a hosted model that sees under base_config, as vlm_config.model")
    }
}

extension ProjectReader.WriterKeys {
    /// These keys, and `others` for what they leave open. Sampling goes with its model.
    func over(_ others: Self) -> Self {
        guard models == nil else { return self }
        return Self(
            models: others.models, temperature: temperature ?? others.temperature, topP: topP ?? others.topP,
            maxTokens: maxTokens ?? others.maxTokens)
    }
}
