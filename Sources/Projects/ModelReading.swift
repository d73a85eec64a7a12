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

    /// Providers with models for it.
    var providers: [ModelProvider] { ModelProvider.allCases.filter { !$0.roles.isDisjoint(with: roles) } }

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

    var hint: String {
        let others = providers.filter { $0 != .local }.map { "\($0.rawValue)/…" }
        return "one of \((localEngines.map { "Local/\($0)" } + others).joined(separator: ", "))"
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
                first.isSpeechToSpeech != model.isSpeechToSpeech
            {
                context.report(
                    .error, at: text.mark, path: text.path,
                    "a list cannot mix speech-to-speech models and language models")
            } else if case .agent = purpose, model.isSpeechToSpeech, !chain.isEmpty {
                context.report(
                    .error, at: text.mark, path: text.path,
                    "an agent can have only one speech-to-speech model",
                    hint: "keep one of the two")
            } else {
                chain.append(model)
            }
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
            report(.error, at: text.mark, path: text.path, message, hint: hint ?? purpose.hint)
        }
        guard let model = ModelReference(text.value) else {
            refuse(
                "a model is written Provider/name, not '\(text.value)'",
                hint: likelyModel(text.value, for: purpose).map { "did you mean '\($0)'?" })
            return nil
        }
        if purpose.roles.contains(where: model.serves) { return model }
        guard let provider = model.knownProvider else { return foreign(model, at: text, for: purpose) }
        if purpose.roles.contains(.languageModel), model.isHubLanguageModel {
            return foreign(model, at: text, for: purpose)
        }
        if model.isSpeechToSpeech {
            refuse(
                "'\(model)' is a speech-to-speech model; only an agent can use it",
                hint: "name it under an agent's config, as llm_config.model")
        } else if provider == .local {
            refuse(
                "there is no local engine '\(model.model)' for this",
                hint: didYouMean(model.model, purpose.localEngines))
        } else if provider == .azure {
            refuse("Azure has no \(purpose.plural) here", hint: "did you mean 'AzureOpenAI/DEPLOYMENT'?")
        } else {
            refuse("\(provider.rawValue) has no \(purpose.plural) here", hint: nil)
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
        let names = purpose.providers.map(\.rawValue)
        let nearest = nearestName(to: model.provider, among: names).flatMap(ModelProvider.init)
        let meant = didYouMean(model.provider, names)
        let isHarmless = [nil, .openAI, .qwen].contains(nearest)
        guard purpose.roles.contains(.languageModel), isHarmless else {
            report(
                .error, at: text.mark, path: text.path, "unknown provider '\(model.provider)'",
                hint: meant ?? purpose.hint)
            return nil
        }
        let lack = model.knownProvider == nil ? "is no provider" : "is no provider of language models"
        report(
            .warning, at: text.mark, path: text.path,
            "'\(model.provider)' \(lack): '\(model)' will be asked for at the OpenAI-compatible endpoint",
            hint: meant ?? "write OpenAI/\(model) to say so yourself")
        return model.atCompatibleEndpoint
    }
}

extension ModelReference {
    /// `Qwen/Qwen3-32B`: on model hubs, Qwen is the publisher of a language model, not the speech provider.
    var isHubLanguageModel: Bool { knownProvider == .qwen && !model.contains("realtime") }

    /// The same under its whole name at the OpenAI-compatible endpoint.
    var atCompatibleEndpoint: ModelReference {
        ModelReference(provider: ModelProvider.openAI.rawValue, model: description)
    }
}
