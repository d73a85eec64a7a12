import ProjectModel

/// The tables of the documentation that follow from the vendors.
struct ProviderTables {
    /// Ends of turns are judged on this machine only.
    private static let roles: [ModelRole] = [.recognizer, .synthesizer, .languageModel, .speechToSpeech]

    let vendors: [VendorProfile]

    /// Of `docs/providers.md`: what to set for each.
    var providers: [String] {
        ["| provider | for | key | address | more |", "|---|---|---|---|---|"]
            + vendors.map { vendor in
                let cells = [
                    "`\(vendor.name)`", use(of: vendor), key(of: vendor), address(of: vendor),
                    vendor.options.map(option).joined(separator: "; "),
                ]
                return "| " + cells.joined(separator: " | ") + " |"
            }
    }

    /// Of `docs/project-file.md`: what each has models for, with an example.
    var models: [String] {
        let local = Self.roles.map { role in
            let engines = ModelProvider.localEngines(for: role).map { "`Local/\($0)`" }
            return engines.isEmpty ? "–" : engines.joined(separator: ", ")
        }
        return [
            "| provider | recognition (`asr.model`) | synthesis (`tts.model`, `speech_config.model`) "
                + "| language (`llm_config.model`) | speech to speech (an agent's `llm_config.model`) |",
            "|---|---|---|---|---|", row("`Local`", local),
        ]
            + vendors.map { vendor in
                row(
                    "`\(vendor.name)`" + (vendor.remark.isEmpty ? "" : ": \(vendor.remark)"),
                    Self.roles.map { example(of: vendor, $0) })
            }
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        "| " + ([name] + cells).joined(separator: " | ") + " |"
    }

    private func example(of vendor: VendorProfile, _ role: ModelRole) -> String {
        guard let model = vendor.models[role] else { return "–" }
        let example = "`\(vendor.name)/\(model)`"
        guard role == .speechToSpeech, let names = vendor.speechToSpeech else { return example }
        let with = names.with.map { "`\($0)`" }.joined(separator: " and ")
        let without = names.without.map { "`\($0)`" }.joined(separator: " or ")
        return "names with \(with)\(without.isEmpty ? "" : " and without \(without)"): \(example)"
    }

    private func use(of vendor: VendorProfile) -> String {
        let roles = Self.roles.filter(vendor.roles.contains).map(\.inWords).joined(separator: ", ")
        return vendor.remark.isEmpty ? roles : "\(roles); \(vendor.remark)"
    }

    private func key(of vendor: VendorProfile) -> String {
        guard let key = vendor.key else { return "none" }
        switch key.need {
        case .always: return "`\(key.variable)`"
        case .atStandardAddress: return "`\(key.variable)`; not needed at another address"
        case .never: return "`\(key.variable)`, if the server wants one"
        }
    }

    private func address(of vendor: VendorProfile) -> String {
        let address = "`\(vendor.address.variable)`, such as `\(vendor.address.example)`"
        if vendor.address.standard != nil { return address }
        guard let other = vendor.address.alternative,
            let variable = vendor.options.first(where: { $0.key == other })?.variables.first
        else { return "required: \(address)" }
        return "required, unless there is `\(variable)`: \(address)"
    }

    private func option(_ option: VendorProfile.Option) -> String {
        let standard = option.standard.map { " (`\($0)`)" } ?? ""
        return "`\(option.variables[0])` or `\(option.key)`: \(option.meaning)\(standard)"
    }
}

extension ModelRole {
    fileprivate var inWords: String {
        switch self {
        case .recognizer: "speech-to-text"
        case .synthesizer: "text-to-speech"
        case .languageModel: "language models"
        case .speechToSpeech: "speech-to-speech models"
        case .endOfTurnJudge: "judges of ends of turns"
        }
    }
}
