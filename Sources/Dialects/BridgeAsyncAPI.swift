import JSONText

extension BridgeCatalog {
    /// The AsyncAPI 3.0 document of the bridge, as it stands in `schemas/bridge.asyncapi.json`.
    public static var asyncAPI: String { layout(document, indent: "") + "\n" }

    private static var document: JSON {
        .object([
            ("asyncapi", .string("3.0.0")),
            (
                "info",
                .object([
                    ("title", .string("Parley bridge")), ("version", .string("1.0.0")),
                    (
                        "description",
                        .string(
                            "A conversation over one WebSocket with JSON text messages. docs/protocol.md explains it.")
                    ),
                ])
            ),
            ("defaultContentType", .string("application/json")),
            (
                "servers",
                .object([("local", .object([("host", .string("localhost:8000")), ("protocol", .string("ws"))]))])
            ),
            ("channels", .object([("bridge", channel)])),
            (
                "operations",
                .object([("hear", operation("receive", fromClient)), ("tell", operation("send", fromServer))])
            ),
            (
                "components",
                .object([("messages", .object((fromClient + fromServer).map { ($0.name, component($0)) }))])
            ),
        ])
    }

    private static var channel: JSON {
        let parameter = "The project, and with a colon its version. The address / is the default project."
        return .object([
            ("address", .string("/bridge/{project}")),
            ("parameters", .object([("project", .object([("description", .string(parameter))]))])),
            (
                "messages",
                .object((fromClient + fromServer).map { ($0.name, reference("#/components/messages/\($0.name)")) })
            ),
        ])
    }

    private static func operation(_ action: String, _ messages: [Message]) -> JSON {
        .object([
            ("action", .string(action)), ("channel", reference("#/channels/bridge")),
            ("messages", .array(messages.map { reference("#/channels/bridge/messages/\($0.name)") })),
        ])
    }

    private static func reference(_ target: String) -> JSON { .object([("$ref", .string(target))]) }

    private static func component(_ message: Message) -> JSON {
        let name = (message.discriminator, JSON.object([("const", .string(message.name))]))
        return .object([
            ("name", .string(message.name)), ("summary", .string(message.note)),
            ("payload", schema(of: message.fields, first: [name])),
        ])
    }

    private static func schema(of fields: [Field], first: [(String, JSON)] = []) -> JSON {
        let properties = first + fields.map { ($0.name, described(schema(of: $0.kind), $0.note)) }
        let required = first.map(\.0) + fields.filter { !$0.isOptional }.map(\.name)
        return .object([
            ("type", .string("object")), ("properties", .object(properties)),
            ("required", .array(required.map(JSON.string))),
        ])
    }

    private static func described(_ schema: JSON, _ note: String) -> JSON {
        guard case .object(let members) = schema else { return schema }
        return .object([("description", .string(note))] + members)
    }

    private static func schema(of kind: Kind) -> JSON {
        switch kind {
        case .text: .object([("type", .string("string"))])
        case .base64: .object([("type", .string("string")), ("contentEncoding", .string("base64"))])
        case .integer: .object([("type", .string("integer"))])
        case .number: .object([("type", .string("number"))])
        case .boolean: .object([("type", .string("boolean"))])
        case .choice(let names):
            .object([("type", .string("string")), ("enum", .array(names.map(JSON.string)))])
        case .nullable(let kind):
            .object([("oneOf", .array([schema(of: kind), .object([("type", .string("null"))])]))])
        case .list(let kind): .object([("type", .string("array")), ("items", schema(of: kind))])
        case .object(let fields): schema(of: fields)
        case .named(let kind):
            .object([("type", .string("object")), ("additionalProperties", schema(of: kind))])
        }
    }

    /// JSON that people can read: what fits on a line stays on it.
    private static func layout(_ json: JSON, indent: String) -> String {
        let line = json.text
        if indent.count + line.count <= 110 { return line }
        let inner = indent + "  "
        switch json {
        case .array(let values):
            let lines = values.map { inner + layout($0, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            let lines = members.map { inner + JSON.string($0).text + ": " + layout($1, indent: inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return line
        }
    }
}
