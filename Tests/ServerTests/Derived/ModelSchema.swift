import JSONText
import ProjectModel

/// The parts of `schemas/project.schema.json` that follow from the vendors: what a model can be called at each place, and
/// what a named endpoint holds.
struct ModelSchema {
    let vendors: [VendorProfile]

    /// By the key under which each stands, in `properties` or in `$defs`.
    var parts: [(name: String, schema: JSON)] {
        [
            ("providers", endpoints), ("languageModel", models([.languageModel])), ("agentModel", agentModels),
            ("recognizer", models([.recognizer])), ("synthesizer", models([.synthesizer])),
        ]
    }

    // MARK: Models

    /// `Provider/name` for one of `roles`. What an endpoint is called, a schema cannot know, so every name but those of
    /// vendors may be one.
    func pattern(_ roles: [ModelRole]) -> String {
        let local = roles.flatMap(ModelProvider.localEngines).joined(separator: "|")
        let others = vendors.compactMap { forbidden($0, roles) }
        return "^(Local/(?:\(local))|(?!\((["Local/"] + others).joined(separator: "|")))[^/]+/[\\s\\S]+)$"
    }

    /// The beginnings of names that `vendor` has no model of for any of `roles`; nil when it has one of every name.
    private func forbidden(_ vendor: VendorProfile, _ roles: [ModelRole]) -> String? {
        let own = vendor.speechToSpeech.map(lookahead)
        var allowed: [String] = []
        if roles.contains(.speechToSpeech), vendor.roles.contains(.speechToSpeech), let own { allowed.append(own) }
        let writesOrSpeaks = roles.filter { $0 != .speechToSpeech && vendor.roles.contains($0) }
        if !writesOrSpeaks.isEmpty {
            if !vendor.reservesSpeechToSpeechNames, !writesOrSpeaks.contains(.languageModel) { return nil }
            guard let own, !allowed.contains(own) else { return nil }
            allowed.append("(?!\(own))")
        }
        if roles.contains(.languageModel), let published = vendor.published { allowed.append(lookahead(published)) }
        return "\(vendor.name)/" + allowed.map { "(?!\($0))" }.joined()
    }

    private func lookahead(_ pattern: NamePattern) -> String {
        pattern.with.map { "(?=[\\s\\S]*\($0))" }.joined() + pattern.without.map { "(?![\\s\\S]*\($0))" }.joined()
    }

    private func models(_ roles: [ModelRole], _ more: [(String, JSON)] = []) -> JSON {
        let pattern = JSON.string(pattern(roles))
        return .object(
            [
                ("type", .array([.string("string"), .string("array")])), ("pattern", pattern),
                ("items", .object([("type", .string("string")), ("pattern", pattern)])), ("minItems", .int(1)),
                ("maxItems", .int(ModelChain.maximumCount)), ("uniqueItems", .bool(true)),
            ] + more)
    }

    /// A speech-to-speech model stands alone.
    private var agentModels: JSON {
        let own = vendors.compactMap { vendor in vendor.speechToSpeech.map { "\(vendor.name)/\(lookahead($0))" } }
        let pattern = JSON.object([("pattern", .string("^(?:\(own.joined(separator: "|")))"))])
        let alone = JSON.object([("maxItems", .int(1)), ("items", pattern)])
        let others = JSON.object([("items", .object([("not", pattern)]))])
        return models([.languageModel, .speechToSpeech], [("anyOf", .array([alone, others]))])
    }

    // MARK: Endpoints

    private var endpoints: JSON {
        let taken = ([ModelProvider.local] + vendors.map(\.name)).map { name in
            name.map { "[\($0.uppercased())\($0.lowercased())]" }.joined()
        }
        return .object([
            ("type", types("object", "null")),
            (
                "description",
                .string(
                    "Servers that models of this project can name before the slash, beside the vendors: "
                        + "house-vllm/Qwen2.5-7B-Instruct.")
            ),
            ("maxProperties", .int(500)),
            (
                "propertyNames",
                .object([("pattern", .string("^(?!(?:\(taken.joined(separator: "|")))$)[A-Za-z0-9._-]{1,64}$"))])
            ),
            ("additionalProperties", endpoint),
        ])
    }

    private var endpoint: JSON {
        .object([
            ("type", .string("object")), ("description", .string("One server.")),
            ("required", .array([.string("kind")])),
            ("properties", .object(properties)), ("allOf", .array(vendors.map(condition))),
        ])
    }

    private var properties: [(String, JSON)] {
        let own: [(String, JSON)] = [
            (
                "kind",
                .object([
                    ("enum", .array(vendors.map { .string($0.kind) })), ("type", .string("string")),
                    ("description", .string("The vendor whose protocol it speaks.")),
                ])
            ),
            (
                "base_url",
                .object([
                    ("type", .string("string")), ("pattern", .string("^[^\\s?#@]+$")),
                    ("description", .string("Its address, as the variable of that vendor has it; without a password.")),
                ])
            ),
            (
                "api_key",
                .object([
                    ("type", .string("string")), ("pattern", .string("^ENV:[A-Za-z_][A-Za-z0-9_]{0,99}$")),
                    (
                        "description",
                        .string(
                            "ENV:NAME, with the name of the variable of the server's environment that holds the key.")
                    ),
                ])
            ),
        ]
        let options = vendors.flatMap { vendor in vendor.options.map { (vendor, $0) } }.sorted { $0.1.key < $1.1.key }
        return own
            + options.map { vendor, option in
                let meaning = option.meaning.replacing("`", with: "")
                return (
                    option.key,
                    .object([
                        ("type", types("string", "number")), ("pattern", .string("^(?:\(option.pattern))$")),
                        ("description", .string("\(vendor.kind): \(meaning), such as \(option.example).")),
                    ])
                )
            }
    }

    /// What a vendor's kind asks for.
    private func condition(_ vendor: VendorProfile) -> JSON {
        func required(_ key: String) -> JSON { .object([("required", .array([.string(key)]))]) }
        var wanted: [JSON] = []
        if vendor.address.standard == nil {
            let places = ["base_url"] + [vendor.address.alternative].compactMap(\.self)
            wanted.append(.object([("anyOf", .array(places.map(required)))]))
        }
        switch vendor.key?.need {
        case .always: wanted.append(required("api_key"))
        case .atStandardAddress: wanted.append(.object([("anyOf", .array(["api_key", "base_url"].map(required)))]))
        case .never, nil: break
        }
        if vendor.address.completion == nil {
            let pattern = "^(?:\(vendor.address.schemes.joined(separator: "|")))://[^/]"
            wanted.append(
                .object([("properties", .object([("base_url", .object([("pattern", .string(pattern))]))]))]))
        }
        let kind = JSON.object([
            ("properties", .object([("kind", .object([("const", .string(vendor.kind))]))])),
            ("required", .array([.string("kind")])),
        ])
        return .object([("if", kind), ("then", .object([("allOf", .array(wanted))]))])
    }

    private func types(_ names: String...) -> JSON { .array(names.map { .string($0) }) }
}

extension JSON {
    /// With a line for each value, indented by two spaces, as the schema is written.
    func pretty(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .array(let values) where !values.isEmpty:
            return "[\n" + values.map { inner + $0.pretty(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { key, value in "\(inner)\(JSON.quoted(key)): \(value.pretty(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return text
        }
    }
}
