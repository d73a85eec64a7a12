import ProviderKit

extension AnswerForm {
    /// The JSON Schema of an answer in this form, as strict structured output takes it; nil for free text, and for a choice
    /// of none or of more names than such a schema may have.
    public var schema: JSONValue? {
        switch self {
        case .text: return nil
        case .choice(let names, let key):
            guard (1...Self.mostNames).contains(Set(names).count) else { return nil }
            return Self.object(key, ["type": "string", "enum": .array(Self.distinct(names).map(JSONValue.string))])
        case .verdict(let key): return Self.object(key, ["type": "boolean"])
        case .critique:
            return [
                "type": "object",
                "properties": ["good": ["type": "boolean"], "flaws": ["type": "array", "items": ["type": "string"]]],
                "required": ["good", "flaws"], "additionalProperties": false,
            ]
        case .questions:
            return Self.object([
                "questions": ["type": "array", "items": ["type": "string"]], "clarify": ["type": "string"],
            ])
        case .step(let names):
            guard (1...Self.mostNames).contains(Set(names).count) else { return nil }
            let name: JSONValue = ["type": "string", "enum": .array(Self.distinct(names).map(JSONValue.string))]
            return Self.object(["agent": name, "task": ["type": "string"]])
        case .score(let lowest, let highest):
            guard lowest <= highest, highest - lowest < Self.mostNames else { return nil }
            let numbers = (lowest...highest).map { JSONValue.int($0) }
            return Self.object([
                "score": ["type": "integer", "enum": .array(numbers)], "reason": ["type": "string"],
            ])
        case .tasks(let names):
            guard (1...Self.mostNames).contains(Set(names).count) else { return nil }
            let name: JSONValue = ["type": "string", "enum": .array(Self.distinct(names).map(JSONValue.string))]
            let task: JSONValue = [
                "type": "object",
                "properties": [
                    "agent": name, "task": ["type": "string"], "if": ["type": "string"],
                    "after": ["type": "array", "items": ["type": "integer"]],
                ],
                "required": ["agent", "task", "after", "if"], "additionalProperties": false,
            ]
            // A question for one agent costs no more words than a choice.
            return Self.object("tasks", ["type": "array", "items": ["anyOf": [name, task]]])
        case .fields(let questions):
            guard !questions.isEmpty else { return nil }
            let properties = questions.map { question in
                (question.name, JSONValue.object(["type": [.string(question.kind.schemaType), "null"]]))
            }
            return [
                "type": "object",
                "properties": .object(Dictionary(properties, uniquingKeysWith: { first, _ in first })),
                "required": .array(Self.distinct(questions.map(\.name)).map(JSONValue.string)),
                "additionalProperties": false,
            ]
        }
    }

    /// Above it OpenAI bounds their common length, too.
    private static let mostNames = 250

    private static func object(_ key: String, _ value: JSONValue) -> JSONValue { object([key: value]) }

    private static func object(_ properties: [String: JSONValue]) -> JSONValue {
        [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.sorted().map(JSONValue.string)), "additionalProperties": false,
        ]
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

extension Question.Kind {
    /// As JSON Schema names it.
    fileprivate var schemaType: String {
        switch self {
        case .text: "string"
        case .truth: "boolean"
        case .integer: "integer"
        case .number: "number"
        }
    }
}
