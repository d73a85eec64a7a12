/// All that can be done over HTTP with projects. The server answers by this table, and the OpenAPI document is made of it.
enum APITable {
    private typealias Answer = APIRoute.Answer

    static let routes: [APIRoute] = [
        APIRoute(
            method: .get, path: "/api/openapi.json", operation: "describe", summary: "This document.",
            isOpen: true,
            answers: [Answer(status: 200, text: "An OpenAPI document.", schema: "Anything")]
        ) { _, _ in OpenAPI.response },
        APIRoute(
            method: .get, path: "/api/projects", operation: "listProjects",
            summary: "The projects that callers can use now, and those that have errors.",
            isOpen: true,
            answers: [Answer(status: 200, text: "All projects, by name.", schema: "ProjectList")]
        ) { api, call in api.list(call) },
        APIRoute(
            method: .get, path: "/api/projects/{name}", operation: "getProject",
            summary: "One project. The name may have a version: `NAME:3`.",
            isOpen: true,
            answers: [
                Answer(status: 200, text: "The project.", schema: "Project", isTagged: true), notFound,
                noStore,
            ]
        ) { api, call in await api.describe(call) },
        APIRoute(
            method: .put, path: "/api/projects/{name}", operation: "putProject",
            summary: "Registers a project, or a new version of it, and puts it in service.",
            body: .project,
            isConditional: true,
            answers: [
                Answer(
                    status: 200, text: "This text is in service already. There is no new version.",
                    schema: "Receipt",
                    isTagged: true),
                Answer(status: 201, text: "The version is in service.", schema: "Receipt", isTagged: true),
                badName, taken, conflict, tooLarge, unsupported, invalid, noStore,
            ]
        ) { api, call in await api.put(call) },
        APIRoute(
            method: .delete, path: "/api/projects/{name}", operation: "deleteProject",
            summary: "Takes a project out of service. Its versions stay readable.", isConditional: true,
            answers: [
                Answer(status: 204, text: "It is out of service. Running conversations keep it."), notFound,
                taken,
                conflict, noStore,
            ]
        ) { api, call in await api.delete(call) },
        APIRoute(
            method: .get, path: "/api/projects/{name}/graph", operation: "getGraph",
            summary: "The nodes and edges of the project's flow.",
            isOpen: true,
            answers: [Answer(status: 200, text: "The graph.", schema: "Graph"), notFound, noStore]
        ) { api, call in await api.graph(call) },
        APIRoute(
            method: .get, path: "/api/projects/{name}/versions", operation: "listVersions",
            summary: "All versions that are kept, the newest first; also of a deleted project.",
            answers: [Answer(status: 200, text: "The versions.", schema: "History"), notFound, noStore]
        ) { api, call in await api.history(call) },
        APIRoute(
            method: .get, path: "/api/projects/{name}/versions/{version}", operation: "getVersion",
            summary: "The text of one version, as it was sent.",
            answers: [
                Answer(status: 200, text: "The text.", schema: "Text", isTagged: true), notFound, noStore,
            ]
        ) { api, call in await api.text(call) },
        APIRoute(
            method: .post, path: "/api/projects/{name}/serve", operation: "serveVersion",
            summary: "Puts an earlier version in service, also of a deleted project.",
            body: .json("Serve"),
            isConditional: true,
            answers: [
                Answer(status: 200, text: "The version is in service.", schema: "Receipt", isTagged: true),
                badBody,
                notFound, taken, conflict, tooLarge, unsupported, invalid, noStore,
            ]
        ) { api, call in await api.serve(call) },
        APIRoute(
            method: .post, path: "/api/projects/{name}/validate", operation: "validateProject",
            summary: "Says what is wrong with a project. Nothing is kept.", body: .project,
            answers: [
                Answer(status: 200, text: "It can be used.", schema: "Findings"), badName, tooLarge,
                unsupported,
                invalid,
                noStore,
            ]
        ) { api, call in api.validate(call) },
        APIRoute(
            method: .get, path: "/api/conversations", operation: "listConversations",
            summary: "The newest conversations: which, when, on what; never what was said.",
            query: [("project", "string"), ("limit", "integer")],
            answers: [
                Answer(
                    status: 200, text: "The conversations, the newest first.", schema: "ConversationList"),
                Answer(
                    status: 400, text: "`limit` is not a whole number from 1 to 1000.", schema: "Problem"),
                noStore,
            ]
        ) { api, call in await api.conversationList(call) },
    ]

    private static let badName = Answer(
        status: 400, text: "No project can have this name.", schema: "Problem")
    private static let badBody = Answer(
        status: 400, text: "The body is not what it should be.", schema: "Problem")
    private static let notFound = Answer(
        status: 404, text: "There is no such project or version.", schema: "Problem")
    private static let taken = Answer(
        status: 409, text: "The project comes from a file of the server, or there are too many.",
        schema: "Problem")
    private static let conflict = Answer(
        status: 412, text: "Another version is in service than `If-Match` says.", schema: "Problem")
    private static let tooLarge = Answer(
        status: 413, text: "The body has more than 1 MiB.", schema: "Problem")
    private static let unsupported = Answer(
        status: 415, text: "The body is of a type that is not read here.", schema: "Problem")
    private static let invalid = Answer(
        status: 422, text: "The project has errors; `diagnostics` lists them.", schema: "Invalid")
    private static let noStore = Answer(
        status: 503, text: "The store cannot be used now; `message` says why.", schema: "Problem")
}
