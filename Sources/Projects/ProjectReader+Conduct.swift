import ProjectModel

/// What the orchestrator does itself: it refuses, and it answers where no agent fits.
extension ProjectReader {
    /// The most rules of a project, and the most examples of a rule in one list.
    private static let (mostRules, mostExamples) = (50, 20)
    /// The most characters of the orchestrator's own orders.
    private static let longestOrders = 4000

    /// `rai_config`: what the caller says is checked against these.
    func conductRules(_ block: inout NodeReader) -> [ConductRule] {
        let hint = "write - name: \"…\", with description below it"
        var names: Set<String> = ["none"]
        let rules = block.blocks("rai_config", hint: hint) { rule -> ConductRule? in
            let name = rule.text("name", required: true)
            let description = rule.text("description")?.value ?? ""
            let examples = "write a list of what callers say"
            let passing = rule.texts("passing_examples", atMost: Self.mostExamples, hint: examples) ?? []
            let failing = rule.texts("failing_examples", atMost: Self.mostExamples, hint: examples) ?? []
            guard let name else { return nil }
            if !(1...200).contains(name.value.unicodeScalars.count) || !name.value.isOneLine {
                context.report(.error, at: name.mark, path: name.path, "a rule's name is one line of 1…200 characters")
            } else if !names.insert(name.value.lowercased()).inserted {
                context.report(
                    .error, at: name.mark, path: name.path, "another rule is named '\(name.value)', or nothing is",
                    hint: "give every rule a name of its own, other than none")
            }
            return ConductRule(
                name: name.value, description: description, passing: passing.map(\.value),
                failing: failing.map(\.value))
        }
        let found = (rules ?? []).compactMap(\.self)
        if found.count > Self.mostRules {
            context.report(
                .error, at: block.keyMark("rai_config"), path: block.path(of: "rai_config"),
                "has more than \(Self.mostRules) rules")
        }
        return Array(found.prefix(Self.mostRules))
    }

    /// `config` of the orchestrator: whatever it holds, a line each.
    func ownOrders(_ block: inout NodeReader) -> String {
        block.acceptWithoutEffect("config") { _ in false }
        let lines = block.node(at: "config")?.lines(after: "") ?? []
        return String(lines.joined(separator: "\n").prefix(Self.longestOrders))
    }
}

extension YAMLNode {
    /// Its values, a line each with its keys before it.
    fileprivate func lines(after keys: String) -> [String] {
        switch content {
        case .scalar(let text, _): isNull || text.isEmpty ? [] : [keys + text]
        case .sequence(let items): items.flatMap { $0.lines(after: keys) }
        case .mapping(let entries): entries.flatMap { $0.value.lines(after: keys + $0.key + ": ") }
        }
    }
}
