import ProjectModel

/// What a model is for; decides which providers it may come from.
enum ModelPurpose {
    case language, recognition, synthesis

    /// Providers that the server has, or will fall back from when it has no credentials for them.
    var providers: [String] {
        switch self {
        case .language: ["Local", "OpenAI", "Ollama"]
        case .recognition: ["Local", "Azure", "Deepgram", "OpenAI"]
        case .synthesis: ["Local", "Azure", "ElevenLabs", "Qwen", "OpenAI"]
        }
    }

    /// The engines that need no provider.
    var local: [String] {
        switch self {
        case .language: ["Planner"]
        case .recognition: ["PocketSphinx"]
        case .synthesis: ["Flite", "eSpeak"]
        }
    }
}

extension NodeReader {
    /// `Provider/name`, checked against the providers for `purpose`.
    ///
    /// A language model of an unknown provider (`meta-llama/…`, as AI Refinery names them) is asked for by its whole
    /// name at the OpenAI-compatible endpoint, with a warning. An unknown speech provider is an error.
    mutating func model(_ key: String, for purpose: ModelPurpose) -> ModelReference? {
        model(key, for: purpose, recording: nil)
    }

    mutating func model(
        _ key: String, for purpose: ModelPurpose, default fallback: ModelReference
    ) -> ModelReference {
        model(key, for: purpose, recording: fallback) ?? fallback
    }

    private mutating func model(
        _ key: String, for purpose: ModelPurpose, recording fallback: ModelReference?
    ) -> ModelReference? {
        let examples = purpose.local.map { "Local/\($0)" } + purpose.providers.dropFirst().map { "\($0)/…" }
        let hint = "one of \(examples.joined(separator: ", "))"
        guard let text = self.text(key, recording: fallback?.description) else { return nil }
        guard let model = ModelReference(text.value) else {
            context.report(
                .error, at: text.mark, path: text.path, "a model is written Provider/name, not '\(text.value)'",
                hint: hint)
            return nil
        }
        if model.provider == "Local" {
            if purpose.local.contains(model.model) { return model }
            let meant = didYouMean(model.model, purpose.local) ?? hint
            context.report(
                .error, at: text.mark, path: text.path, "there is no local engine '\(model.model)' for this",
                hint: meant)
            return nil
        }
        if purpose.providers.contains(model.provider) { return model }
        let meant = didYouMean(model.provider, purpose.providers)
        guard case .language = purpose else {
            context.report(
                .error, at: text.mark, path: text.path, "unknown provider '\(model.provider)'", hint: meant ?? hint)
            return nil
        }
        context.report(
            .warning, at: text.mark, path: text.path,
            "'\(model.provider)' is no provider: '\(model)' will be asked for at the OpenAI-compatible endpoint",
            hint: meant ?? "write OpenAI/\(model) to say so yourself")
        return ModelReference(provider: "OpenAI", model: model.description)
    }

    /// A language tag such as `en-AU`.
    mutating func language(_ key: String) -> String? {
        guard let text = self.text(key) else { return nil }
        if Self.isLanguageTag(text.value) { return text.value }
        let dashed = String(text.value.map { $0 == "_" ? "-" : $0 })
        context.report(
            .error, at: text.mark, path: text.path, "'\(text.value)' is no language tag (BCP-47)",
            hint: Self.isLanguageTag(dashed) ? "did you mean '\(dashed)'?" : "such as en-US or de-DE")
        return nil
    }

    private static func isLanguageTag(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.utf8.count), text.utf8.count <= 35 else { return false }
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) }
        return first.utf8.allSatisfy(isLetter)
            && parts.dropFirst().allSatisfy { part in
                (1...8).contains(part.utf8.count)
                    && part.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
            }
    }
}
