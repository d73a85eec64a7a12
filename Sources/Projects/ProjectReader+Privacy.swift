import ProjectModel

extension ProjectReader {
    /// What is put in the place of a private detail, as files name it.
    private enum Operator: String, CaseIterable { case replace, redact, hash }

    /// A `pii_masking` block.
    struct MaskingKeys {
        /// nil: it is not enabled.
        var masking: PIIMasking?
    }

    /// The `pii_masking` block.
    func masking(_ block: inout NodeReader) -> MaskingKeys {
        let isEnabled = block.bool("enable", default: false).value
        let masking = block.block("config") { self.maskingConfig(&$0) } ?? PIIMasking()
        return MaskingKeys(masking: isEnabled ? masking : nil)
    }

    private func maskingConfig(_ block: inout NodeReader) -> PIIMasking {
        let hint = "write [PERSON, EMAIL_ADDRESS]"
        let named = block.texts("common_entities", atMost: 100, hint: hint)?.compactMap { self.entity($0) }
        var entities: [PIIEntity] = []
        for entity in named ?? PIIEntity.common where !entities.contains(entity) { entities.append(entity) }
        var masking = PIIMasking(rules: entities.map { .init($0) })
        block.namedBlocks("entity_operator_mapping") { name, block in
            let entity = self.entity(name)
            let treatment = self.treatment(&block, of: entity)
            guard let entity else { return }
            guard let index = masking.rules.firstIndex(where: { $0.entity == entity }) else {
                return self.context.report(
                    .warning, at: name.mark, path: name.path,
                    "has no effect: '\(entity.rawValue)' is not among common_entities")
            }
            masking.rules[index] = .init(entity, treatment)
        }
        return masking
    }

    private func entity(_ name: Located<String>) -> PIIEntity? {
        if let entity = PIIEntity(rawValue: name.value) { return entity }
        let names = PIIEntity.allCases.map(\.rawValue)
        context.report(
            .warning, at: name.mark, path: name.path, "'\(name.value)' is not looked for here: it is not masked",
            hint: didYouMean(name.value, names) ?? "what is looked for: \(names.joined(separator: ", "))")
        return nil
    }

    private func treatment(_ block: inout NodeReader, of entity: PIIEntity?) -> PIIMasking.Operator? {
        let chosen = block.choice("operator", default: Operator.replace)
        let value = block.block("params") { $0.text("new_value") } ?? nil
        switch chosen {
        case .replace: return value.flatMap { self.name($0, of: entity) }.map { .replace(name: $0) }
        case .redact, .hash:
            if let value {
                context.report(
                    .warning, at: value.mark, path: value.path,
                    "has no effect: only replace puts something in the place")
            }
            return chosen == .redact ? .redact : .hash
        }
    }

    /// The name of the tokens that `new_value` asks for: `[CALLER NAME]` makes `[CALLER_NAME_1]`.
    private func name(_ value: Located<String>, of entity: PIIEntity?) -> String? {
        let words = value.value.split { " _-[]<>{}()".contains($0) }
        let name = words.joined(separator: "_").uppercased()
        if PIIMasking.isName(name) { return name }
        context.report(
            .warning, at: value.mark, path: value.path,
            "names no token: [\(entity?.rawValue ?? PIIEntity.person.rawValue)_1] is used",
            hint: "a name has letters and _, \(PIIMasking.longestName) at most, such as [CALLER_NAME]")
        return nil
    }

    /// Warns of models that hear what masking is to hide.
    func checkMasking(of project: Project, agents: [AgentBlock]) {
        guard project.piiMasking != nil else { return }
        for block in agents where block.agent.speaksItself {
            guard let own = block.agent.languageModel, let name = block.name else { continue }
            context.report(
                .warning, at: name.mark, path: name.path,
                "pii_masking cannot hide what is said from '\(own.first)': "
                    + "a speech-to-speech model hears the caller's voice")
        }
    }
}
