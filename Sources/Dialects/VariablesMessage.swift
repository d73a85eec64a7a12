import Session

/// The `variables` of a message, by name.
struct VariablesMessage: Decodable {
    private enum Value {
        case text(String)
        case null
        /// Neither text nor null.
        case other
    }

    private var found: [String: Value] = [:]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            let text = try? container.decode(String.self, forKey: name)
            let isNull = (try? container.decodeNil(forKey: name)) ?? false
            found[name.stringValue] = text.map(Value.text) ?? (isNull ? .null : .other)
        }
    }

    /// Values of placeholders.
    /// - Throws: what is wrong with one of them.
    func values() throws(BadInput) -> ClientValues {
        try ClientValues(found.mapValues { if case .text(let text) = $0 { text } else { nil } })
    }

    /// Changes of the caller's memory; null takes a variable away.
    /// - Throws: what is wrong with one of them.
    func changes() throws(BadInput) -> MemoryChanges {
        var changes: [String: String?] = [:]
        for (name, value) in found {
            switch value {
            case .text(let text): changes.updateValue(text, forKey: name)
            case .null: changes.updateValue(nil, forKey: name)
            case .other:
                throw BadInput(code: "invalid_field", message: "a value in 'variables' is text, or null to remove it")
            }
        }
        return try MemoryChanges(changes)
    }
}
