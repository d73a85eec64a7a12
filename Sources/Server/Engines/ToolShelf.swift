import MCP
import Network
import ProjectModel
import ProviderKit
import Store
import Synchronization
import Tables
import Telemetry
import Tools

extension LookupMeans {
    /// Folders of this machine, and no servers.
    public static func folders() -> LookupMeans { LookupMeans(folders: FolderShelf()) }
}

/// The tools of all projects, one box for each version that is in use, so that its calls are remembered across
/// conversations and its MCP servers are connected once.
final class ToolShelf: Sendable {
    private struct Shelved {
        /// Tenants may have projects of one name, and other defaults make another project of one version.
        var project: Project
        var box: ToolBox
        var servers: MCPExecutor
    }

    /// So many versions are kept; the oldest that came goes first.
    static let capacity = 256

    private let client: HTTPClient
    private let environment: [String: String]
    private let log: Log
    private let folders = FolderShelf()
    /// In the order in which they came.
    private let boxes = Mutex<[Shelved]>([])
    private let tables: TableLibrary
    private let leaving = AsyncStream.makeStream(of: MCPExecutor.self)

    /// - Parameter environment: the variables that headers and signatures name.
    init(client: HTTPClient, environment: [String: String], log: Log) {
        (self.client, self.environment, self.log) = (client, environment, log)
        tables = TableLibrary(environment: environment)
    }

    /// The tools of `project`; nil when no agent has any.
    func tools(of project: Project) -> ToolBox? {
        guard project.agents.contains(where: { !$0.tools.isEmpty }) else { return nil }
        return boxes.withLock { boxes in
            let known = boxes.first {
                $0.project.name == project.name && $0.project.version == project.version && $0.project == project
            }
            if let known { return known.box }
            let made = make(project)
            boxes.append(made)
            if boxes.count > Self.capacity { leaving.continuation.yield(boxes.removeFirst().servers) }
            return made.box
        }
    }

    /// Versions that are there.
    var count: Int { boxes.withLock { $0.count } }

    /// Takes leave of servers that are not used any more; of all when the task is cancelled. For one caller, once.
    func run() async {
        for await servers in leaving.stream { await servers.close() }
        for servers in boxes.withLock({ $0.map(\.servers) }) { await servers.close() }
    }

    private func make(_ project: Project) -> Shelved {
        let access = Dictionary(
            project.agents.map { ($0.name, $0.tools.servers) }, uniquingKeysWith: { first, _ in first })
        let servers = MCPExecutor(
            servers: project.mcpServers, access: access, environment: environment, client: client,
            log: log.with(["project": .name(project.name)]), mayConnect: AddressGuard.allows)
        let names = project.mcpServers.map(\.name)
        let box = ToolBox(
            project: project, client: client, environment: environment,
            servers: names.isEmpty ? [] : [.init(names: names, executor: servers)], tables: tables,
            lookups: LookupMeans(folders: folders) { server, tool, arguments, key in
                await servers.call(tool, of: server, arguments: arguments, key: key)
            })
        return Shelved(project: project, box: box, servers: servers)
    }
}
