import Foundation
import JSONText
import Network
import ProjectModel
import ProviderKit
import Tables

/// The tools of one project, as its agents may use them: checked, carried out over HTTP or by the executors of its MCP
/// servers, each key once.
///
/// Tools of the connected client and `end_call` are told to the models here, and carried out elsewhere.
public struct ToolBox: ToolExecutor {
    /// Executors of the tools of MCP servers.
    public struct Server: Sendable {
        /// The servers of the project whose tools it knows. It tells an agent only those of servers that the agent may use.
        public var names: [String]
        /// Who carries them out.
        public var executor: any ToolExecutor

        /// An executor and the servers that it serves.
        public init(names: [String], executor: any ToolExecutor) {
            self.names = names
            self.executor = executor
        }
    }

    /// How many calls are remembered, so that none is done twice.
    public static let rememberedCalls = 1024
    /// The most tools that one agent is told of, as providers take them.
    public static let mostTools = 128

    /// A tool, ready for calls.
    private struct Entry: Sendable {
        var tool: Tool
        var schema: JSONSchema
        /// Of a tool that is asked over HTTP.
        var http: (tool: HTTPTool, template: URLTemplate)?
        /// Of a tool that finds passages.
        var retriever: Retriever?
    }

    private let entries: [String: Entry]
    private let uses: [String: ToolUse]
    private let servers: [Server]
    private let tables: TableLibrary?
    private let runner: HTTPToolRunner
    private let lookups: LookupRunner
    private let environment: [String: String]
    private let seconds: @Sendable () -> Int
    private let memory: CallMemory

    /// The tools of `project`.
    /// - Parameters:
    ///   - client: sends the requests.
    ///   - environment: the variables that headers and signatures name. They are not kept anywhere else.
    ///   - servers: who carries out the tools of MCP servers.
    ///   - tables: who carries out queries on tables; nil: they fail.
    ///   - lookups: what retrievers ask beside HTTP servers.
    ///   - rememberedCalls: the bound of the memory.
    ///   - seconds: the time in seconds since 1970, for signatures.
    public init(
        project: Project, client: HTTPClient, environment: [String: String], servers: [Server] = [],
        tables: TableLibrary? = nil, lookups: LookupMeans = LookupMeans(),
        rememberedCalls: Int = Self.rememberedCalls,
        seconds: @escaping @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
    ) {
        let entries = project.tools.compactMap { Self.entry(of: $0) }
        self.entries = Dictionary(entries.map { ($0.tool.name, $0) }, uniquingKeysWith: { first, _ in first })
        uses = Dictionary(project.agents.map { ($0.name, $0.tools) }, uniquingKeysWith: { first, _ in first })
        self.servers = servers
        self.tables = tables
        runner = HTTPToolRunner(client: client)
        self.lookups = LookupRunner(client: client, means: lookups)
        self.environment = environment
        self.seconds = seconds
        memory = CallMemory(capacity: rememberedCalls)
    }

    /// nil for a tool that a loader would have refused.
    private static func entry(of tool: Tool) -> Entry? {
        guard let json = try? JSON(reading: tool.parameters), let schema = try? JSONSchema(json) else { return nil }
        let http: HTTPTool
        switch tool.source {
        case .client, .endCall, .tables: return Entry(tool: tool, schema: schema)
        case .http(let own): http = own
        case .retriever(let retriever):
            guard case .http(let own) = retriever.place else {
                return Entry(tool: tool, schema: schema, retriever: retriever)
            }
            http = own
        }
        guard let template = try? URLTemplate(http.url) else { return nil }
        var entry = Entry(tool: tool, schema: schema, http: (http, template))
        if case .retriever(let retriever) = tool.source { entry.retriever = retriever }
        return entry
    }

    // MARK: - ToolExecutor

    /// Those of the project in the order of the agent's list, then those of its servers; of one name the first.
    public func definitions(for agent: String) async -> [ToolDefinition] {
        guard let use = uses[agent] else { return [] }
        var found = use.tools.compactMap { entries[$0]?.tool }.map {
            ToolDefinition(name: $0.name, description: $0.description, parameters: $0.parameters)
        }
        var names = Set(found.map(\.name))
        for server in servers(of: use) {
            for definition in await server.executor.definitions(for: agent)
            where names.insert(definition.name).inserted {
                found.append(definition)
            }
        }
        return Array(found.prefix(Self.mostTools))
    }

    /// Checks a call and carries it out. A key that is here for the second time has the outcome of the first.
    public func call(_ invocation: ToolInvocation) async -> ToolOutcome {
        await memory.outcome(of: invocation.key) { await self.carryOut(invocation) }
    }

    private func servers(of use: ToolUse) -> [Server] {
        servers.filter { !Set($0.names).isDisjoint(with: use.servers) }
    }

    private func carryOut(_ invocation: ToolInvocation) async -> ToolOutcome {
        do throws(ToolFailure) {
            guard let use = uses[invocation.agent] else { throw Self.unknown }
            if use.tools.contains(invocation.tool), let entry = entries[invocation.tool] {
                return try await carryOut(invocation, entry)
            }
            for server in servers(of: use) {
                let definitions = await server.executor.definitions(for: invocation.agent)
                guard let definition = definitions.first(where: { $0.name == invocation.tool }) else { continue }
                return try await carryOut(invocation, definition, server.executor)
            }
            throw Self.unknown
        } catch {
            return error.outcome
        }
    }

    private static let unknown = ToolFailure(.unknownTool, "there is no such tool here")

    private func carryOut(_ invocation: ToolInvocation, _ entry: Entry) async throws(ToolFailure) -> ToolOutcome {
        if case .tables(let set) = entry.tool.source { return try await query(invocation, entry, set) }
        let arguments = try ToolArguments(invocation.arguments, schema: entry.schema)
        if let retriever = entry.retriever, entry.http == nil {
            return await lookups.run(retriever, entry.tool, arguments, key: invocation.key)
        }
        guard let http = entry.http else { throw Self.unknown }
        let request = try HTTPToolRequest(
            http.tool, at: http.template, arguments: arguments, key: invocation.key, timeout: entry.tool.timeout,
            environment: environment, seconds: seconds())
        let runner = entry.retriever.map { lookups.http(atMost: $0.most) } ?? runner
        return await runner.run(request, timeout: entry.tool.timeout)
    }

    /// A schema of a server that is none here is the server's own affair: it checks its arguments itself.
    private func carryOut(
        _ invocation: ToolInvocation, _ definition: ToolDefinition, _ executor: any ToolExecutor
    ) async throws(ToolFailure) -> ToolOutcome {
        guard let json = try? JSON(reading: definition.parameters), let schema = try? JSONSchema(json) else {
            return await executor.call(invocation)
        }
        var checked = invocation
        checked.arguments = try ToolArguments(invocation.arguments, schema: schema).json.text
        return await executor.call(checked)
    }

    private func query(
        _ invocation: ToolInvocation, _ entry: Entry, _ set: TableSet
    ) async throws(ToolFailure) -> ToolOutcome {
        let arguments = try ToolArguments(invocation.arguments, schema: entry.schema)
        guard let tables, case .string(let sql)? = arguments.members.first(where: { $0.name == "sql" })?.value else {
            throw Self.unknown
        }
        do throws(TableError) { return .result(try await tables.query(sql, on: set)) } catch { throw error.failure }
    }
}
