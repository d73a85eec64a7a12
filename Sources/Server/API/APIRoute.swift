import JSONText
import Network

/// Who asks, as far as projects are concerned.
struct APICaller: Sendable, Equatable {
    /// Whose projects these are.
    var tenant: String
    /// Who is named as the author of what is sent.
    var author: String
    /// The one project that may be asked about; nil is all.
    var only: String?
}

/// One request, with what its path names.
struct APICall: Sendable {
    var request: HTTPRequest
    var caller: APICaller
    /// The parts of the path that stand in braces, by their names.
    var names: [String: String]

    /// The part of the path called `name`.
    subscript(name: String) -> String { names[name] ?? "" }
}

/// One thing that can be done over HTTP: how it is asked for, what it may answer, and who does it.
struct APIRoute: Sendable {
    /// The methods there are; HEAD is GET without its body.
    enum Method: String, Sendable, CaseIterable { case get, put, post, delete }

    /// What a request brings in its body.
    enum Body: Sendable {
        /// A project in YAML or JSON.
        case project
        /// JSON of that schema.
        case json(String)
    }

    /// One possible answer.
    struct Answer: Sendable {
        var status: Int
        var text: String
        /// The schema of its JSON; nil when it has no body.
        var schema: String?
        /// Whether it has the header `ETag`.
        var isTagged = false
    }

    let method: Method
    /// Such as `/api/projects/{name}`.
    let path: String
    /// A name for programs that make clients.
    let operation: String
    let summary: String
    var body: Body?
    /// What may stand behind the question mark: names, with the types of JSON Schema.
    var query: [(name: String, type: String)] = []
    /// Whether it heeds `If-Match`; `If-None-Match: *` goes with PUT.
    var isConditional = false
    /// Whether it is there on addresses that others reach.
    var isOpen = false
    let answers: [Answer]
    let respond: @Sendable (ProjectsAPI, APICall) async -> HTTPResponse

    /// Its answers, that of a server included which others reach.
    var allAnswers: [Answer] {
        isOpen
            ? answers
            : answers + [
                Answer(status: 403, text: "The server does not listen on a loopback address.", schema: "Problem")
            ]
    }

    /// The parts of the path.
    var parts: [Substring] { path.split(separator: "/") }

    /// What `path` has in place of the names in braces; nil when it is another path.
    func names(in path: [Substring]) -> [String: String]? {
        let parts = parts
        guard parts.count == path.count else { return nil }
        var names: [String: String] = [:]
        for (part, found) in zip(parts, path) {
            if part.hasPrefix("{") {
                names[String(part.dropFirst().dropLast())] = String(found)
            } else if part != found {
                return nil
            }
        }
        return names
    }
}

/// What is behind a path.
enum APIMatch {
    /// This, with what the path names.
    case route(APIRoute, [String: String])
    /// Other methods, as `Allow` lists them.
    case otherMethods(String)
    /// Nothing.
    case nothing

    init(_ request: HTTPRequest, in table: [APIRoute]) {
        let path = request.path.split(separator: "/")
        let candidates = table.compactMap { route in route.names(in: path).map { (route, $0) } }
        guard !candidates.isEmpty else {
            self = .nothing
            return
        }
        let method = request.method == "HEAD" ? "GET" : request.method
        if let (route, names) = candidates.first(where: { $0.0.method.rawValue.uppercased() == method }) {
            self = .route(route, names)
            return
        }
        let methods = candidates.flatMap {
            $0.0.method == .get ? ["GET", "HEAD"] : [$0.0.method.rawValue.uppercased()]
        }
        self = .otherMethods(methods.joined(separator: ", "))
    }
}
