import ProjectModel

/// What the `config` of a `HumanAgent` says.
extension ProjectReader {
    /// The most fields of one inquiry.
    private static let mostFields = 20
    /// The most characters of what a field says of itself.
    private static let longestDescription = 500

    private enum Method: String, CaseIterable { case terminal = "Terminal", custom = "Custom" }

    /// The names of kinds, as the files of others write them, too.
    private enum Kind: String, CaseIterable {
        case bool, boolean, str, string, text, int, integer, float, number

        var kind: Inquiry.Field.Kind {
            switch self {
            case .bool, .boolean: .truth
            case .str, .string, .text: .text
            case .int, .integer: .integer
            case .float, .number: .number
            }
        }
    }

    func inquiry(_ config: inout NodeReader) -> Inquiry {
        // Whoever is connected is asked, in whatever way they can hear and read.
        _ = config.choice("user_input_method", default: Method.custom)
        let wait = config.number("wait_time", in: Self.waits)?.value ?? 300
        let interprets = config.bool("feedback_interpreter", default: true).value
        var fields: [Inquiry.Field] = []
        let place = config.keyMark("feedback_schema")
        let path = config.path(of: "feedback_schema")
        config.namedBlocks("feedback_schema") { name, block in
            let kind = block.choice("type", default: Kind.string)
            let description = block.text("description")
            let isRequired = block.bool("required", default: false).value
            if !name.value.isPlainName(with: "-_ ") {
                self.context.report(
                    .error, at: name.mark, path: name.path,
                    "the name of a field has 1…64 letters, digits, '-', '_' and spaces")
            }
            if let description, description.value.count > Self.longestDescription {
                self.context.report(
                    .error, at: description.mark, path: description.path,
                    "a description has at most \(Self.longestDescription) characters")
            }
            fields.append(
                Inquiry.Field(
                    name: name.value, kind: kind.kind, description: description?.value ?? "", isRequired: isRequired))
        }
        if fields.count > Self.mostFields {
            context.report(.error, at: place, path: path, "has \(fields.count) fields; at most \(Self.mostFields)")
        }
        return Inquiry(fields: fields, interprets: interprets, patience: .seconds(max(wait, 1)))
    }
}
