import Network
import ProjectModel
import ProviderKit
import ProviderTransport
import Synchronization
import Telemetry

/// How long servers of the Model Context Protocol may take.
public struct MCPLimits: Equatable, Sendable {
    /// Connecting, agreeing on a version included.
    public var connection: Duration
    /// Listing all tools.
    public var listing: Duration
    /// One call. What a server says of its progress prolongs nothing.
    public var call: Duration
    /// A list of tools that is older is asked for anew.
    public var listingAge: Duration

    /// Limits; the defaults suit a caller who is waiting.
    public init(
        connection: Duration = .seconds(5), listing: Duration = .seconds(5), call: Duration = .seconds(30),
        listingAge: Duration = .seconds(300)
    ) {
        self.connection = connection
        self.listing = listing
        self.call = call
        self.listingAge = listingAge
    }
}

/// Carries out calls of tools on the servers of the Model Context Protocol that a project names.
///
/// Connections are made when they are first needed, and kept. Programs that were started end with this value.
public final class MCPExecutor: ToolExecutor {
    /// Names that agents were told are remembered up to this many, in all.
    static let mostNames = 4_096

    /// In the project's order.
    private let links: [(name: String, link: ServerLink)]
    /// The servers of each agent.
    private let access: [String: Set<String>]
    /// What each agent was told: a name goes on meaning what it meant, although a server comes or goes.
    private let told = Mutex<[String: [String: Catalogue.Place]]>([:])

    /// - Parameters:
    ///   - servers: the project's servers; of those with one name the first counts.
    ///   - access: the names of the servers that each agent may use.
    ///   - environment: where headers with `ENV:NAME` find their values. A server that is a program gets the common
    ///     variables of it (`PATH`, `HOME`, …), and its headers as variables.
    ///   - client: sends all requests.
    ///   - log: is told which server cannot be used, and why.
    ///   - mayConnect: whether an address of 4 or 16 bytes may be asked, for servers without `allowsPrivate`. It is called
    ///     for each connection, with what the server's name stands for at that moment.
    public init(
        servers: [MCPServer], access: [String: [String]], environment: [String: String], client: HTTPClient, log: Log,
        limits: MCPLimits = MCPLimits(), clock: ChainClock = .continuous,
        mayConnect: @escaping @Sendable (_ address: [UInt8]) -> Bool
    ) {
        let surroundings = ServerLink.Surroundings(
            environment: environment, client: client, limits: limits, clock: clock, log: log, mayConnect: mayConnect)
        var names: Set<String> = []
        links = servers.filter { names.insert($0.name).inserted }.map { ($0.name, ServerLink($0, surroundings)) }
        self.access = access.mapValues(Set.init)
    }

    /// The tools of the agent's servers. Servers are asked side by side; those that cannot be reached contribute nothing.
    public func definitions(for agent: String) async -> [ToolDefinition] { await catalogue(for: agent).definitions }

    /// Calls a tool by a name that `definitions` gave.
    public func call(_ invocation: ToolInvocation) async -> ToolOutcome {
        guard let place = await place(of: invocation.tool, for: invocation.agent),
            let link = links.first(where: { $0.name == place.server })?.link
        else { return .failed(.unknownTool, "There is no tool of this name.") }
        let text = invocation.arguments.utf8.isEmpty ? "{}" : invocation.arguments
        guard let arguments = JSONValue(text.utf8), arguments.object != nil else {
            return .failed(.invalidArguments, "The arguments are not a JSON object.")
        }
        return await link.call(place.tool, arguments, key: invocation.key)
    }

    /// Calls a tool of a server by the names that the project and the server give them, whoever may use it.
    public func call(_ tool: String, of server: String, arguments: String, key: String) async -> ToolOutcome {
        guard let link = links.first(where: { $0.name == server })?.link else {
            return .failed(.unknownTool, "There is no tool of this name.")
        }
        guard let arguments = JSONValue(arguments.utf8), arguments.object != nil else {
            return .failed(.invalidArguments, "The arguments are not a JSON object.")
        }
        return await link.call(tool, arguments, key: key)
    }

    /// Takes leave of all servers. Calls that are under way fail, and later ones.
    public func close() async {
        await withDiscardingTaskGroup { group in
            for (_, link) in links { group.addTask { await link.close() } }
        }
    }

    private func catalogue(for agent: String) async -> Catalogue {
        let own = links.filter { access[agent]?.contains($0.name) ?? false }
        let listed = await withTaskGroup(of: (Int, [RemoteTool]).self) { group in
            for (index, entry) in own.enumerated() { group.addTask { (index, await entry.link.tools()) } }
            var listed = own.map { (name: $0.name, tools: [RemoteTool]()) }
            for await (index, tools) in group { listed[index].tools = tools }
            return listed
        }
        let catalogue = Catalogue(listed)
        told.withLock { told in
            told[agent, default: [:]].merge(catalogue.places) { $1 }
            if told.values.reduce(0, { $0 + $1.count }) > Self.mostNames { told = [agent: catalogue.places] }
        }
        return catalogue
    }

    /// A name that nobody was told yet may be right all the same: after a restart, for one.
    private func place(of tool: String, for agent: String) async -> Catalogue.Place? {
        if let known = told.withLock({ $0[agent]?[tool] }) { return known }
        return await catalogue(for: agent).places[tool]
    }
}
