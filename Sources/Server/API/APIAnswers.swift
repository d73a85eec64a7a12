import JSONText
import Network
import Persistence
import Projects

extension HTTPResponse {
    /// JSON, with an entity tag if there is one.
    static func of(_ value: JSON, status: Int = 200, tag: String? = nil) -> HTTPResponse {
        var response = HTTPResponse.json(Array(value.text.utf8), status: status)
        if let tag { response.headers.append((name: "ETag", value: "\"\(tag)\"")) }
        return response
    }

    /// A project with errors: 422 with all of them.
    static func invalid(_ result: LoadResult) -> HTTPResponse {
        let count = result.diagnostics.count { $0.severity == .error }
        let message = "the project has \(count) error\(count == 1 ? "" : "s")"
        return .of(
            .object([
                ("error", .object([("code", .string("invalid_project")), ("message", .string(message))])),
                ("valid", .bool(false)),
                ("diagnostics", ProjectDescriptions.diagnostics(result.diagnostics)),
            ]), status: 422)
    }

    /// A store that did not do it.
    static func problem(of error: StoreError) -> HTTPResponse {
        switch error.code {
        case .conflict: .problem(412, code: "conflict", message: error.message)
        case .refused: .problem(409, code: "too_many", message: error.message)
        case .missing: .problem(404, code: "unknown_version", message: error.message)
        case .damaged, .newer, .busy, .full, .unavailable:
            .problem(
                503, code: "store_unavailable", message: "the store cannot be used: \(error.message)")
        }
    }

    /// Projects come from files alone.
    static var noStore: HTTPResponse {
        .problem(
            503, code: "no_store", message: "this server keeps no projects but those of its folder")
    }

    /// Keys do not say yet who may do this. So it is for programs of the own machine.
    static var onlyOnLoopback: HTTPResponse {
        .problem(403, code: "forbidden", message: "only a server that listens on loopback does this on request")
    }

    /// A name that no project can have.
    static var badName: HTTPResponse { .problem(400, code: "bad_name", message: ProjectName.rule) }

    /// There is something at this path, but not for this method.
    static func methodNotAllowed(_ allowed: String) -> HTTPResponse {
        var response = HTTPResponse.problem(
            405, code: "method_not_allowed", message: "only \(allowed) can be done here")
        response.headers.append((name: "Allow", value: allowed))
        return response
    }
}
