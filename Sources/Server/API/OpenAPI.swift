import JSONText
import Network

/// The table of routes as an OpenAPI 3.1 document.
enum OpenAPI {
    /// The document.
    static var response: HTTPResponse { .of(document(APITable.routes)) }

    /// The document of these routes.
    static func document(_ routes: [APIRoute]) -> JSON {
        var paths: [(String, JSON)] = []
        for path in routes.map(\.path) where !paths.contains(where: { $0.0 == path }) {
            let operations = routes.filter { $0.path == path }.map { ($0.method.rawValue, operation($0)) }
            let parameters = routes.first { $0.path == path }.map(parameters) ?? []
            paths.append(
                (
                    path,
                    .object((parameters.isEmpty ? [] : [("parameters", .array(parameters))]) + operations)
                ))
        }
        return .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Parley")), ("version", .string("1")),
                    (
                        "description",
                        .string("Projects of a Parley server: registered, versioned, rolled back.")
                    ),
                    (
                        "license",
                        .object([("name", .string("Apache-2.0")), ("identifier", .string("Apache-2.0"))])
                    ),
                ])
            ),
            ("paths", .object(paths)),
            (
                "components",
                .object([
                    ("schemas", .object(OpenAPISchemas.all)),
                    (
                        "securitySchemes",
                        .object([("key", .object([("type", .string("http")), ("scheme", .string("bearer"))]))])
                    ),
                ])
            ),
            // A server without keys wants none.
            ("security", .array([.object([]), .object([("key", .array([]))])])),
        ])
    }

    /// A name, perhaps with a version.
    private static let projectName = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(:[0-9]{1,9})?$"

    private static func parameters(_ route: APIRoute) -> [JSON] {
        route.parts.filter { $0.hasPrefix("{") }.map { part in
            let name = String(part.dropFirst().dropLast())
            let schema: [(String, JSON)] =
                name == "version"
                ? [("type", .string("integer")), ("minimum", .int(0))]
                : [("type", .string("string")), ("pattern", .string(projectName))]
            return .object([
                ("name", .string(name)), ("in", .string("path")), ("required", .bool(true)),
                ("schema", .object(schema)),
            ])
        }
    }

    private static func operation(_ route: APIRoute) -> JSON {
        var members: [(String, JSON)] = [
            ("operationId", .string(route.operation)), ("summary", .string(route.summary)),
        ]
        let parameters =
            route.query.map { queryParameter($0.name, type: $0.type) } + (route.isConditional ? conditions(route) : [])
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = route.body { members.append(("requestBody", requestBody(body))) }
        members.append(("responses", .object(route.allAnswers.map { (String($0.status), answer($0)) })))
        return .object(members)
    }

    private static func queryParameter(_ name: String, type: String) -> JSON {
        .object([
            ("name", .string(name)), ("in", .string("query")),
            ("schema", .object([("type", .string(type))])),
        ])
    }

    private static func conditions(_ route: APIRoute) -> [JSON] {
        func header(_ name: String, _ text: String) -> JSON {
            .object([
                ("name", .string(name)), ("in", .string("header")), ("description", .string(text)),
                ("schema", .object([("type", .string("string"))])),
            ])
        }
        let match = header("If-Match", "The ETag of the version that has to be in service, or *.")
        guard route.method == .put else { return [match] }
        return [match, header("If-None-Match", "* where the project must not be in service.")]
    }

    private static func requestBody(_ body: APIRoute.Body) -> JSON {
        let content: [(String, JSON)] =
            switch body {
            case .project:
                [
                    ("application/yaml", .object([("schema", .object([("type", .string("string"))]))])),
                    ("application/json", .object([("schema", .object([("type", .string("object"))]))])),
                ]
            case .json(let schema): [("application/json", .object([("schema", reference(schema))]))]
            }
        return .object([("required", .bool(true)), ("content", .object(content))])
    }

    private static func answer(_ answer: APIRoute.Answer) -> JSON {
        var members: [(String, JSON)] = [("description", .string(answer.text))]
        if answer.isTagged {
            let tag = JSON.object([
                ("description", .string("Names this version; absent for files.")),
                ("schema", .object([("type", .string("string"))])),
            ])
            members.append(("headers", .object([("ETag", tag)])))
        }
        switch answer.schema {
        case "Text"?:
            members.append(
                (
                    "content",
                    .object([("application/yaml", .object([])), ("application/json", .object([]))])
                ))
        case let schema?:
            members.append(
                ("content", .object([("application/json", .object([("schema", reference(schema))]))])))
        case nil: break
        }
        return .object(members)
    }

    private static func reference(_ schema: String) -> JSON {
        .object([("$ref", .string("#/components/schemas/\(schema)"))])
    }
}
