import ProviderTransport

/// Answers in the form of a JSON schema, as a provider with structured output enforces it.
extension ScriptedAnswer {
    /// Makes the answer fit `schema`: a JSON object that has what the schema requires stays, other words become the values
    /// that they come nearest to. Calls of tools stay as they are.
    mutating func fit(_ schema: JSONValue) {
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        if let object = JSONValue(text.utf8)?.object, required.allSatisfy({ object[$0] != nil }) { return }
        if calls.isEmpty { text = fitted(text, to: schema, depth: 0).text }
    }
}

/// A value that fits `schema`, chosen by `words`.
private func fitted(_ words: String, to schema: JSONValue, depth: Int) -> JSONValue {
    if let value = schema["const"] { return value }
    if let values = schema["enum"]?.array, let first = values.first { return nearest(words, among: values) ?? first }
    switch schema["type"]?.string ?? schema["type"]?[0]?.string {
    case "object" where depth < 8:
        return .object((schema["properties"]?.object ?? [:]).mapValues { fitted(words, to: $0, depth: depth + 1) })
    case "array":
        // A list of names holds the one that was said.
        let kinds = schema["items"]?["anyOf"]?.array ?? [schema["items"]].compactMap(\.self)
        let names = kinds.lazy.compactMap { $0["enum"]?.array }.first ?? []
        return .array(nearest(words, among: names).map { [$0] } ?? [])
    case "boolean": return .bool(["yes", "true"].contains { words.lowercased().contains($0) })
    case "integer", "number":
        return .int(words.split { !$0.isASCII || !$0.isNumber }.lazy.compactMap { Int($0) }.first ?? 0)
    case "string": return .string(words)
    default: return .null
    }
}

/// The value that is all of `words`, else the longest that occurs in them.
private func nearest(_ words: String, among values: [JSONValue]) -> JSONValue? {
    let said = words.lowercased()
    let found = values.filter { $0.string.map { said.contains($0.lowercased()) } ?? false }
    return found.max { ($0.string?.count ?? 0) < ($1.string?.count ?? 0) }
}
