import Foundation
import JSONText
import Network
import Projects

/// A server's API for projects, as the command line uses it.
struct ProjectsClient {
    /// The longest answer, in bytes: a list of very many projects.
    private static let longest = 16 << 20

    /// What the server said.
    struct Answer {
        let status: Int
        let headers: [String: String]
        let text: String
        /// Nil when it is none.
        let json: JSON?

        init(_ answer: HTTPAnswer) async throws(NetworkError) {
            (status, headers) = (answer.status, answer.headers)
            let bytes = try await answer.bytes(limit: ProjectsClient.longest)
            text = String(decoding: bytes, as: UTF8.self)
            json = headers["content-type"]?.hasPrefix("application/json") == true ? try? JSON(reading: bytes) : nil
        }

        /// A whole number of its JSON.
        func int(_ name: String) -> Int? { json?[name]?.int }

        /// What the server did not do.
        var failure: CommandFailure {
            let message = json?["error"]?["message"]?.string ?? "it answered with the status \(status)"
            let hint = status == 401 ? "; $PARLEY_API_KEY holds the key" : ""
            return CommandFailure(description: "the server refuses: \(message)\(hint)")
        }

        /// The problems of `file`.
        func diagnostics(of file: String) -> [Diagnostic] {
            guard case .array(let all)? = json?["diagnostics"] else { return [] }
            return all.map { one in
                Diagnostic(
                    one["severity"]?.string.flatMap(Diagnostic.Severity.init(rawValue:)) ?? .error, file: file,
                    line: one["line"]?.int ?? 1, column: one["column"]?.int ?? 1, path: one["path"]?.string ?? "",
                    one["message"]?.string ?? "", hint: one["hint"]?.string)
            }
        }
    }

    private let server: String
    private let key: String?
    private let client: HTTPClient

    /// - Parameter server: `http://HOST:PORT`, or nil for that of the environment.
    init(server: String?, environment: [String: String]) throws {
        let named = server ?? environment["PARLEY_SERVER"].flatMap { $0.isEmpty ? nil : $0 }
        var address = named ?? "http://127.0.0.1:8000"
        if !address.contains("://") { address = "http://" + address }
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
            throw UsageError(message: "--server must be http(s)://HOST[:PORT]")
        }
        while address.hasSuffix("/") { address.removeLast() }
        self.server = address
        key = environment["PARLEY_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        var limits = NetworkLimits()
        limits.trustedCertificates = environment["SSL_CERT_FILE"]
        client = try HTTPClient(limits: limits)
    }

    /// Asks for something that has to be there.
    func get(_ path: String) async throws -> Answer {
        let answer = try await send("GET", path)
        guard answer.status == 200 else { throw answer.failure }
        return answer
    }

    func send(
        _ method: String, _ path: String, body: [UInt8] = [], type: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> Answer {
        var headers = headers
        if let type { headers.append((name: "Content-Type", value: type)) }
        if let key { headers.append((name: "Authorization", value: "Bearer \(key)")) }
        do throws(NetworkError) {
            return try await Answer(
                client.send(HTTPCall(method: method, url: server + path, headers: headers, body: body)))
        } catch {
            throw CommandFailure(
                description: "\(server) cannot be reached (\(error)); --server URL names another server")
        }
    }

    /// Ends all connections.
    func shutDown() async { await client.shutDown() }
}
