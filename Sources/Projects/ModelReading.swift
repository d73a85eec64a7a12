import FlowGraph
import ProjectModel

/// The task of a model at one place in the file.
enum ModelPurpose {
    /// The language model of the project.
    case language
    /// The model of one agent: a language model, or one that hears and speaks itself.
    case agent
    case recognition, synthesis
    /// The judge of ends of turns.
    case judgement

    var roles: [ModelRole] {
        switch self {
        case .language: [.languageModel]
        case .agent: [.languageModel, .speechToSpeech]
        case .recognition: [.recognizer]
        case .synthesis: [.synthesizer]
        case .judgement: [.endOfTurnJudge]
        }
    }

    /// The engines that need no provider.
    var localEngines: [String] { roles.flatMap(ModelProvider.localEngines) }

    /// Such models, for a message.
    var plural: String {
        switch self {
        case .language, .agent: "language models"
        case .recognition: "speech-to-text models"
        case .synthesis: "text-to-speech models"
        case .judgement: "judges of ends of turns"
        }
    }
}

extension NodeReader {
    /// `Provider/name`, or a list of them. Each replaces those before it when they fail.
    mutating func models(_ key: String, for purpose: ModelPurpose) -> ModelChain? {
        models(key, for: purpose, recording: nil)
    }

    mutating func models(_ key: String, for purpose: ModelPurpose, default fallback: ModelChain) -> ModelChain {
        models(key, for: purpose, recording: fallback.all.map(\.description)) ?? fallback
    }

    private mutating func models(
        _ key: String, for purpose: ModelPurpose, recording fallback: [String]?
    ) -> ModelChain? {
        guard let nodes = oneOrMore(key, atMost: ModelChain.maximumCount, recording: fallback) else { return nil }
        var chain: [ModelReference] = []
        for node in nodes {
            guard let text = context.text(of: node), let model = context.model(text, for: purpose) else { continue }
            if chain.contains(model) {
                context.report(
                    .error, at: text.mark, path: text.path, "'\(text.value)' is listed twice",
                    hint: "a model that failed is not tried again")
            } else if case .agent = purpose, let first = chain.first,
                context.directory.isSpeechToSpeech(first) != context.directory.isSpeechToSpeech(model)
            {
                context.report(
                    .error, at: text.mark, path: text.path,
                    "a list cannot mix speech-to-speech models and language models")
            } else if case .agent = purpose, context.directory.isSpeechToSpeech(model), !chain.isEmpty {
                context.report(
                    .error, at: text.mark, path: text.path,
                    "an agent can have only one speech-to-speech model",
                    hint: "keep one of the two")
            } else {
                chain.append(model)
            }
        }
        if case .agent = purpose, let own = chain.first, context.directory.isSpeechToSpeech(own) {
            return ModelChain(speechToSpeech: own)
        }
        return ModelChain(chain)
    }
}

extension LoadContext {
    /// The text of an entry; another kind is reported.
    func text(of node: Located<YAMLNode>) -> Located<String>? {
        if let text = node.value.text { return Located(value: text, mark: node.mark, path: node.path) }
        report(
            .error, at: node.mark, path: node.path, "must be text, not \(node.value.kind)", hint: textHint(node.value))
        return nil
    }

    /// `Provider/name`, checked against what its provider has.
    func model(_ text: Located<String>, for purpose: ModelPurpose) -> ModelReference? {
        func refuse(_ message: String, hint: String?) {
            report(.error, at: text.mark, path: text.path, message, hint: hint ?? self.hint(for: purpose))
        }
        guard let model = ModelReference(text.value) else {
            refuse(
                "a model is written Provider/name, not '\(text.value)'",
                hint: likelyModel(text.value, for: purpose, in: directory).map { "did you mean '\($0)'?" })
            return nil
        }
        if purpose.roles.contains(where: { directory.serves(model, as: $0) }) { return model }
        if brokenEndpoints.contains(model.provider) { return nil }
        if model.isLocal {
            refuse(
                "there is no local engine '\(model.model)' for this",
                hint: didYouMean(model.model, purpose.localEngines))
            return nil
        }
        guard let vendor = directory.vendor(of: model.provider) else { return foreign(model, at: text, for: purpose) }
        if purpose.roles.contains(.languageModel), directory.isPublished(model) {
            return foreign(model, at: text, for: purpose)
        }
        if directory.isSpeechToSpeech(model), vendor.roles.contains(.speechToSpeech) {
            refuse(
                "'\(model)' is a speech-to-speech model; only an agent can use it",
                hint: "name it under an agent's config, as llm_config.model")
        } else if vendor.name != model.provider {
            refuse("'\(model.provider)' is of kind \(vendor.kind), which has no \(purpose.plural) here", hint: nil)
        } else {
            refuse("\(vendor.name) has no \(purpose.plural) here", hint: relative(of: vendor, for: purpose))
        }
        return nil
    }

    /// Whom models for `purpose` can be named of.
    private func hint(for purpose: ModelPurpose) -> String {
        let others = directory.providers(for: purpose.roles).map { "\($0)/…" }
        return "one of \((purpose.localEngines.map { "Local/\($0)" } + others).joined(separator: ", "))"
    }

    /// Another service of the same house that has such models: `AzureOpenAI` for `Azure`.
    private func relative(of vendor: VendorProfile, for purpose: ModelPurpose) -> String? {
        for other in directory.vendors where other.name.hasPrefix(vendor.name) && other.name != vendor.name {
            guard let example = purpose.roles.lazy.compactMap({ other.models[$0] }).first else { continue }
            return "did you mean '\(other.name)/\(example)'?"
        }
        return nil
    }

    /// A model of a provider that Parley does not have.
    ///
    /// A language model (`meta-llama/…`, as AI Refinery and model hubs name them) is asked for by its whole name at the
    /// OpenAI-compatible endpoint, with a warning. A slip of the pen in a provider's name would send the caller's words
    /// there by mistake. So it is an error, and so is an unknown speech provider.
    private func foreign(_ model: ModelReference, at text: Located<String>, for purpose: ModelPurpose)
        -> ModelReference?
    {
        let names = [ModelProvider.local] + directory.providers(for: purpose.roles)
        let nearest = nearestName(to: model.provider, among: names)
        let meant = didYouMean(model.provider, names)
        let isHarmless = nearest.map { name in directory.vendors.contains { $0.name == name && $0.isAskedForStrangers }
        }
        guard purpose.roles.contains(.languageModel), isHarmless ?? true, let host = directory.host else {
            report(
                .error, at: text.mark, path: text.path, "unknown provider '\(model.provider)'",
                hint: meant ?? hint(for: purpose))
            return nil
        }
        let inFull = ModelReference(provider: host.name, model: model.description)
        let lack = directory.vendor(of: model.provider) == nil ? "is no provider" : "is no provider of language models"
        report(
            .warning, at: text.mark, path: text.path,
            "'\(model.provider)' \(lack): '\(model)' will be asked for at the OpenAI-compatible endpoint",
            hint: meant ?? "write \(inFull) to say so yourself")
        return inFull
    }
}

extension VendorProfile {
    /// Whether a stranger's name that looks like this one can only mean a model that a compatible server is asked for.
    fileprivate var isAskedForStrangers: Bool { servesForeignModels || published != nil }
}

extension VendorDirectory {
    /// `Qwen/Qwen3-32B`: on model hubs, Qwen is the publisher of a language model, not the speech provider.
    func isPublished(_ model: ModelReference) -> Bool {
        vendors.first { $0.name == model.provider }?.published?.matches(model.model) ?? false
    }
}
