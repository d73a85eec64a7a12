import Evaluation
import Network

/// What other services hold, asked over HTTP.
struct HTTPData: DataSource {
    /// What went wrong, in words.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The longest answer in bytes.
    private static let longest = 1 << 20

    private let client: HTTPClient
    private let environment: [String: String]

    /// - Parameter environment: for addresses that begin with `ENV:NAME`.
    init(environment: [String: String]) throws {
        client = try HTTPClient()
        self.environment = environment
    }

    func get(_ url: String) async throws -> [UInt8] {
        let answer = try await client.send(
            HTTPCall(method: "GET", url: try Self.resolved(url, environment), answerTimeout: .seconds(10)))
        guard answer.status == 200 else { throw Failure(description: "the answer has the status \(answer.status)") }
        return try await answer.bytes(limit: Self.longest)
    }

    /// Ends all connections.
    func shutDown() async { await client.shutDown() }

    /// `ENV:NAME/path` with the value of the variable in its place.
    static func resolved(_ url: String, _ environment: [String: String]) throws(Failure) -> String {
        guard url.hasPrefix("ENV:") else { return url }
        let rest = url.dropFirst(4)
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let value = environment[String(name)], !value.isEmpty else {
            throw Failure(description: "the variable \(name) of the environment is not set")
        }
        return value + rest.dropFirst(name.count)
    }
}
