import ProjectModel

extension ProjectReader {
    /// An `llm_config` block, as far as it is given.
    struct WriterKeys {
        var models: ModelChain?
        var temperature: Located<Double>?
        var topP: Located<Double>?
        var maxTokens: Located<Int>?

        var sampling: Sampling {
            Sampling(temperature: temperature?.value, topP: topP?.value, maxTokens: maxTokens?.value)
        }
    }

    /// The `base_config` block: the language model of the project, and what it is not shown.
    func baseConfiguration(
        _ root: inout NodeReader
    ) -> (writer: WriterKeys, eyes: WriterKeys, masking: MaskingKeys?) {
        var masking: MaskingKeys?
        var eyes = WriterKeys()
        let looks = looksAtPictures(root.node(at: "utility_agents"))
        let keys = root.block("base_config") { base in
            // Many files name a model that sees and have nobody who looks.
            if looks { eyes = self.eyes(&base) } else { _ = base.node("vlm_config", .block, required: false) }
            // Of kinds of models that nothing here uses.
            for key in ["reranker_config", "compression_config", "embedding_config"] {
                base.acceptWithoutEffect(key) { _ in false }
            }
            masking = base.block("pii_masking") { self.masking(&$0) }
            return self.writer(&base) { block in
                let models = block.models("model", for: .language, default: ModelChain(.localPlanner))
                return block.has("model") ? models : nil
            }
        }
        return (keys ?? WriterKeys(), eyes, masking)
    }

    /// The `llm_config` of an agent.
    func agentWriter(_ config: inout NodeReader) -> WriterKeys {
        writer(&config) { $0.models("model", for: .agent) }
    }

    func writer(
        _ block: inout NodeReader, key: String = "llm_config", models: (inout NodeReader) -> ModelChain?
    ) -> WriterKeys {
        let keys = block.block(key) { block in
            WriterKeys(
                models: models(&block), temperature: block.number("temperature", in: 0...2),
                topP: block.number("top_p", above: 0, through: 1), maxTokens: block.int("max_tokens", in: 1...1_000_000)
            )
        }
        return keys ?? WriterKeys()
    }

    /// Warns of values that an agent's speech-to-speech model cannot be told.
    func checkSampling(of agents: [AgentBlock]) {
        for block in agents {
            guard let own = block.agent.languageModel, block.agent.speaksItself,
                context.directory.vendor(of: own.first.provider)?.speechToSpeechHasNoSampling ?? false
            else { continue }
            for place in [block.writer.temperature, block.writer.topP].compactMap(\.self) {
                context.report(
                    .warning, at: place.mark, path: place.path,
                    "has no effect: '\(own.first)' is a speech-to-speech model, which does not support this")
            }
        }
    }
}
