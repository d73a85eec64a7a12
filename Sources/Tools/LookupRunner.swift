import JSONText
import Network
import ProjectModel
import ProviderKit

/// What retrievers ask beside HTTP servers.
public struct LookupMeans: Sendable {
    /// Calls a tool of an MCP server of the project, by the server's name and the tool's own.
    public typealias RemoteCall =
        @Sendable (
            _ server: String, _ tool: String, _ arguments: String, _ key: String
        ) async -> ToolOutcome

    /// Looks in folders; nil: there are none here.
    public var folders: (any PassageIndex)?
    /// nil: there are no servers here.
    public var remote: RemoteCall?

    /// What retrievers ask beside HTTP servers.
    public init(folders: (any PassageIndex)? = nil, remote: RemoteCall? = nil) {
        (self.folders, self.remote) = (folders, remote)
    }
}

/// Looks things up. Whatever was asked, what comes of it is a list of passages as JSON.
struct LookupRunner: Sendable {
    /// So much of an answer is read: lists are longer than what a model is told of them.
    static let mostBytes = 1 << 20

    let client: HTTPClient
    let means: LookupMeans

    /// Sends requests, and reads passages from their answers.
    func http(atMost most: Int) -> HTTPToolRunner {
        var runner = HTTPToolRunner(client: client)
        runner.mostBytes = Self.mostBytes
        runner.read = { text, status, secrets in
            if status == 204 { return .result(PassageList.text([])) }
            if text.isCut { return .failed(.unavailable, "it answered with more than \(Self.mostBytes) bytes") }
            guard let json = try? JSON(reading: text.whole(without: secrets)),
                let passages = PassageList.passages(in: json, atMost: most)
            else { return .failed(.unavailable, "it answered with no list of results in JSON") }
            return .result(PassageList.text(passages))
        }
        return runner
    }

    /// Looks in a folder, or asks a tool of a server.
    func run(_ retriever: Retriever, _ tool: Tool, _ arguments: ToolArguments, key: String) async -> ToolOutcome {
        let query = arguments.members.first { $0.name == "query" }?.value.string ?? ""
        switch retriever.place {
        case .http: return .failed(.unavailable, "it is asked over HTTP")
        case .folder(let folder):
            guard let folders = means.folders else { return Self.missing }
            do {
                return .result(
                    PassageList.text(try await folders.passages(for: query, in: folder, atMost: retriever.most)))
            } catch {
                if error is CancellationError { return .failed(.cancelled, "the call was taken back") }
                return .failed(.unavailable, "the folder cannot be read")
            }
        case .mcp(let server, let name, let argument):
            guard let remote = means.remote else { return Self.missing }
            let outcome = await remote(server, name, JSON.object([(argument, .string(query))]).text, key)
            guard case .result(let text) = outcome else { return outcome }
            return .result(
                PassageList.text(PassageList.passages(of: text, from: tool.name, atMost: retriever.most)))
        }
    }

    private static let missing = ToolOutcome.failed(.unavailable, "nothing can be looked up here")
}
