import JSONText

/// The forms of the JSON that the API reads and writes. Objects may have more members than these: clients pass over them.
enum OpenAPISchemas {
    /// All of them, by name.
    static let all: [(String, JSON)] = [
        ("Anything", .object([("type", .string("object"))])),
        ("Problem", object([("error", problem)], required: ["error"])),
        (
            "Invalid",
            object(
                [
                    ("error", problem), ("valid", .object([("const", .bool(false))])),
                    ("diagnostics", list("Diagnostic")),
                ],
                required: ["error", "valid", "diagnostics"])
        ),
        (
            "Findings",
            object(
                [("valid", .object([("const", .bool(true))])), ("diagnostics", list("Diagnostic"))],
                required: ["valid", "diagnostics"])
        ),
        (
            "Diagnostic",
            object(
                [
                    ("severity", .object([("enum", .array(["error", "warning", "note"].map(JSON.string)))])),
                    ("line", whole), ("column", whole), ("path", text), ("message", text),
                    ("hint", orNull("string")),
                ], required: ["severity", "line", "column", "path", "message", "hint"])
        ),
        (
            "Receipt",
            object(
                [("name", text), ("version", whole), ("hash", text), ("diagnostics", list("Diagnostic"))],
                required: ["name", "version", "hash", "diagnostics"])
        ),
        ("Serve", object([("version", whole)], required: ["version"])),
        (
            "History",
            object(
                [
                    ("name", text), ("source", source), ("serving", orNull("integer")),
                    ("versions", list("Version")),
                ],
                required: ["name", "source", "serving", "versions"])
        ),
        (
            "Version",
            object(
                [
                    ("version", whole), ("hash", text), ("format", text), ("author", text), ("created", text),
                ],
                required: ["version"])
        ),
        (
            "ProjectList",
            object(
                [("projects", list("Listed")), ("broken", list("Broken"))],
                required: ["projects", "broken"])
        ),
        (
            "Listed",
            object(
                [
                    ("name", text), ("version", whole), ("default", .object([("type", .string("boolean"))])),
                    ("source", source),
                ],
                required: ["name", "version", "default", "source"])
        ),
        (
            "Broken",
            object(
                [
                    ("name", text), ("version", orNull("integer")),
                    (
                        "errors",
                        .object([("type", .string("array")), ("items", .object([("type", .string("object"))]))])
                    ),
                ], required: ["name", "version", "errors"])
        ),
        (
            "Project",
            object(
                [
                    ("name", text), ("version", whole), ("source", source), ("language", text),
                    ("agents", texts),
                    ("examples", texts),
                ], required: ["name", "version", "source", "language", "agents", "examples"])
        ),
        (
            "ConversationList",
            object([("conversations", list("Conversation"))], required: ["conversations"])
        ),
        (
            "Conversation",
            object(
                [
                    ("id", text), ("project", text), ("version", whole), ("user", orNull("string")),
                    ("began", text),
                    ("ended", orNull("string")), ("close_code", orNull("integer")),
                    ("turns", orNull("integer")),
                ], required: ["id", "project", "version", "user", "began", "ended", "close_code", "turns"])
        ),
        (
            "Graph",
            object(
                [
                    ("name", text), ("orchestrator", .object([("type", .string("object"))])),
                    ("nodes", objects),
                    ("edges", objects),
                ], required: ["name", "orchestrator", "nodes", "edges"])
        ),
    ]

    private static let text = JSON.object([("type", .string("string"))])
    private static let whole = JSON.object([("type", .string("integer")), ("minimum", .int(0))])
    private static let texts = JSON.object([("type", .string("array")), ("items", text)])
    private static let objects = JSON.object([
        ("type", .string("array")), ("items", .object([("type", .string("object"))])),
    ])
    private static let source = JSON.object([("enum", .array(["file", "http"].map(JSON.string)))])
    private static let problem = object(
        [("code", text), ("message", text)], required: ["code", "message"])

    private static func object(_ properties: [(String, JSON)], required: [String]) -> JSON {
        .object([
            ("type", .string("object")), ("properties", .object(properties)),
            ("required", .array(required.map(JSON.string))),
        ])
    }

    private static func list(_ schema: String) -> JSON {
        .object([
            ("type", .string("array")),
            ("items", .object([("$ref", .string("#/components/schemas/\(schema)"))])),
        ])
    }

    private static func orNull(_ type: String) -> JSON {
        .object([("type", .array([.string(type), .string("null")]))])
    }
}
