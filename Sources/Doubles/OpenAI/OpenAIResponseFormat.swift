import ProviderKit
import ProviderTransport

/// The `response_format` of a request for a chat completion, checked.
enum OpenAIResponseFormat {
    case text
    /// The answer is JSON that fits this schema.
    case json(JSONValue)

    private static let name = "response_format"
    private static let anyObject: JSONValue = [
        "type": "object", "properties": ["answer": ["type": "string"]], "required": ["answer"],
    ]

    init(_ value: JSONValue?, messages: [ChatMessage]) throws(OpenAIRefusal) {
        guard let value else {
            self = .text
            return
        }
        switch value["type"]?.string {
        case "text": self = .text
        case "json_object":
            guard messages.contains(where: { $0.content.lowercased().contains("json") }) else {
                throw OpenAIRefusal(
                    400,
                    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
                    code: nil, param: "messages")
            }
            self = .json(Self.anyObject)
        case "json_schema": self = .json(try Self.schema(value["json_schema"]))
        default: throw .invalid(Self.name + ".type", "expected 'text', 'json_object' or 'json_schema'.")
        }
    }

    private static func schema(_ value: JSONValue?) throws(OpenAIRefusal) -> JSONValue {
        guard let value else { throw .missing(name + ".json_schema") }
        guard let title = value["name"]?.string else { throw .missing(name + ".json_schema.name") }
        guard title.wholeMatch(of: /[a-zA-Z0-9_-]{1,64}/) != nil else {
            throw .invalid(name + ".json_schema.name", "string does not match pattern '^[a-zA-Z0-9_-]+$'.")
        }
        guard let schema = value["schema"], schema.object != nil else { throw .missing(name + ".json_schema.schema") }
        if value["strict"]?.bool == true, let problem = strictProblem(schema) {
            throw OpenAIRefusal(
                400, "Invalid schema for response_format '\(title)': \(problem)", code: nil, param: name)
        }
        return schema
    }

    /// What keeps a schema from being a strict one: every object names all its properties as required and allows no others.
    private static func strictProblem(_ schema: JSONValue, depth: Int = 0) -> String? {
        guard depth < 6 else { return "it nests too deeply." }
        if depth == 0, schema["type"]?.string != "object" { return "schema must be of type 'object'." }
        if let values = schema["enum"]?.array, values.isEmpty || Set(values).count < values.count {
            return "'enum' needs at least one value, and each once."
        }
        let parts = schema["properties"]?.object ?? [:]
        if schema["type"]?.string == "object" {
            guard schema["additionalProperties"]?.bool == false else {
                return "'additionalProperties' is required to be supplied and to be false."
            }
            let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
            guard required == Set(parts.keys) else {
                return "'required' is required to be supplied and to be an array including every key in properties."
            }
        }
        return (parts.values + [schema["items"]].compactMap(\.self)).lazy
            .compactMap { strictProblem($0, depth: depth + 1) }.first
    }
}
