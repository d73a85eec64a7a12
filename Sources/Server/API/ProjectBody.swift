import JSONText
import Network
import Persistence

/// What a request brings: a project, a choice of a version, a condition.
enum ProjectBody {
    /// What is wrong with it.
    enum Trouble: Error, Equatable {
        /// A type that is not read here; the text lists those that are.
        case unsupported(String)
        /// It is not what it should be; the text says what it should.
        case malformed(String)

        var response: HTTPResponse {
            switch self {
            case .unsupported(let types):
                .problem(
                    415, code: "unsupported_type", message: "the body is not read: send it as \(types)")
            case .malformed(let message): .problem(400, code: "bad_body", message: message)
            }
        }
    }

    private static let yaml: Set = [
        "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml",
    ]

    /// The project of a body, by its `Content-Type`; without one it is YAML.
    static func text(of request: HTTPRequest) throws(Trouble) -> ProjectText {
        let trouble = Trouble.unsupported("application/yaml or application/json, in UTF-8")
        guard let type = MediaType(of: request) else { throw trouble }
        // What is no UTF-8 shows as such where it stands.
        let text = String(decoding: request.body, as: UTF8.self)
        if type.name.isEmpty || yaml.contains(type.name) { return ProjectText(text, .yaml) }
        if type.name == "application/json" { return ProjectText(text, .json) }
        throw trouble
    }

    /// The `version` of a body in JSON.
    static func version(of request: HTTPRequest) throws(Trouble) -> Int {
        guard let type = MediaType(of: request), ["", "application/json"].contains(type.name) else {
            throw .unsupported("application/json, in UTF-8")
        }
        guard let json = try? JSON(reading: request.body), case .int(let number)? = json["version"],
            number >= 0
        else {
            throw .malformed("the body should be {\"version\": NUMBER}")
        }
        return number
    }

    /// `If-Match`, or `If-None-Match: *`.
    static func condition(of request: HTTPRequest) -> ProjectCondition {
        if request.headers["if-none-match"] == "*" { return .absent }
        guard let header = request.headers["if-match"] else { return .none }
        if header.trimmed == "*" { return .present }
        // A weak tag matches nothing here (RFC 9110, section 13.1.1).
        let tags = header.split(separator: ",").map { String($0).trimmed }
            .filter { $0.count >= 2 && $0.hasPrefix("\"") && $0.hasSuffix("\"") }
        return .tagged(tags.map { String($0.dropFirst().dropLast()) })
    }
}

/// What `Content-Type` says.
private struct MediaType {
    /// In lower case; empty when there is no header.
    let name: String

    /// Nil when the bytes are not text in UTF-8.
    init?(of request: HTTPRequest) {
        let parts = (request.headers["content-type"] ?? "").lowercased().split(separator: ";").map {
            String($0).trimmed
        }
        name = parts.first ?? ""
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        let encoding = request.headers["content-encoding"] ?? "identity"
        guard ["utf-8", "\"utf-8\"", "us-ascii"].contains(charset ?? "utf-8"),
            encoding.lowercased() == "identity"
        else {
            return nil
        }
    }
}

extension ProjectText.Format {
    /// The type of such a text.
    var contentType: String {
        switch self {
        case .yaml: "application/yaml"
        case .json: "application/json"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
