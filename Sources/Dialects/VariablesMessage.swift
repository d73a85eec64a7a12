import Session

/// The `variables` of a message: values of placeholders, by name.
struct VariablesMessage: Decodable {
    /// nil for what is no text.
    private var found: [String: String?] = [:]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            found.updateValue(try? container.decode(String.self, forKey: name), forKey: name.stringValue)
        }
    }

    /// - Throws: what is wrong with one of them.
    func values() throws(BadInput) -> ClientValues { try ClientValues(found) }
}
