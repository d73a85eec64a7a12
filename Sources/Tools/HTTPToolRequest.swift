import JSONText
import Network
import ProjectModel
import ProviderKit

/// What is sent to carry a call out. Making it does nothing yet.
struct HTTPToolRequest: Sendable {
    var call: HTTPCall
    /// Values that must not be seen in what comes back.
    var secrets: [String]

    /// - Parameters:
    ///   - key: names the call for all time.
    ///   - environment: where `ENV:NAME` looks.
    ///   - seconds: since 1970; signatures hold it.
    /// - Throws: `.invalidArguments` for arguments that can't stand in the address, `.unavailable` for a variable that is
    ///   missing.
    init(
        _ tool: HTTPTool, at template: URLTemplate, arguments: ToolArguments, key: String, timeout: Duration,
        environment: [String: String], seconds: Int
    ) throws(ToolFailure) {
        let names = Set(template.names)
        var placed: [String: String] = [:]
        for (name, value) in arguments.members where names.contains(name) {
            placed[name] = value.plainText
        }
        let others = arguments.members.filter { !names.contains($0.name) }
        let hasBody = ["POST", "PUT", "PATCH"].contains(tool.method)
        let query = hasBody ? [] : others.filter { $0.value != .null }
        let url: String
        do {
            url = try template.address(placed, query: query.map { ($0.name, $0.value.plainText ?? $0.value.text) })
        } catch {
            let place = error.name.isEmpty ? "" : "\(error.name): "
            throw ToolFailure(.invalidArguments, "nothing was done; \(place)\(error.message)")
        }
        let body = hasBody ? Array(JSON.object(others.map { ($0.name, $0.value) }).text.utf8) : []

        var secrets: [String] = []
        func value(of variable: String) throws(ToolFailure) -> String {
            guard let value = environment[variable], !value.isEmpty else {
                throw ToolFailure(.unavailable, "this tool is not set up: the server has no variable \(variable)")
            }
            secrets.append(value)
            return value
        }
        var headers: [(name: String, value: String)] = []
        for header in tool.headers {
            let isVariable = header.value.hasPrefix("ENV:")
            headers.append(
                (name: header.name, value: isVariable ? try value(of: String(header.value.dropFirst(4))) : header.value)
            )
        }
        func add(_ name: String, _ value: String) {
            if headers.contains(where: { $0.name.lowercased() == name.lowercased() }) { return }
            headers.append((name: name, value: value))
        }
        add("Accept", "application/json, text/plain;q=0.9, text/*;q=0.8")
        if hasBody { add("Content-Type", "application/json") }
        headers.append((name: "Idempotency-Key", value: Self.headerValue(key)))
        if let variable = tool.signingKey {
            headers += RequestSignature.headers(of: body, key: try value(of: variable), at: seconds)
        }
        var call = HTTPCall(
            method: tool.method, url: url, headers: headers, body: body, connectTimeout: min(timeout, .seconds(5)),
            answerTimeout: timeout)
        // Only what may be done twice may be sent twice.
        call.isSentOnce = tool.method != "GET"
        self.call = call.guarded(allowsPrivate: tool.allowsPrivate)
        self.secrets = secrets
    }

    /// A key in the characters that a header can have.
    private static func headerValue(_ key: String) -> String {
        String(String.UnicodeScalarView(key.unicodeScalars.filter { (0x21...0x7E).contains($0.value) }))
    }
}
