import FlowGraph
import JSONText
import ProjectModel

/// What each agent may call.
extension ProjectReader {
    /// The keys of an agent's `config` about tools.
    struct ToolKeys {
        var tools: [Located<String>] = []
        var servers: [Located<String>] = []
        var maxSteps: Int?
        /// Declared by the agent itself.
        var ownTools: [Located<Tool>] = []
        var ownServers: [Located<MCPServer>] = []
        /// Those of an `AnalyticsAgent`.
        var ownTables: Located<TableSet>?
        /// Of an agent whose answer is the result of one call.
        var executor: ExecutorKeys?
        /// Of an agent that looks things up first.
        var research: ResearchKeys?
    }

    /// The most entries of one agent's lists.
    private static let mostNames = 100
    private static let steps = 1...20
    /// `wait_time`, in seconds.
    static let waits = 0.0...86_400

    /// What the `config` of an agent of that class says about tools.
    func toolKeys(_ config: inout NodeReader, of known: AgentClass?) -> ToolKeys {
        // The keys of a class that is not built are its own affair.
        if known?.lack != nil || known?.isExecutor == true { return ToolKeys() }
        let hint = "write a list of names: [\"…\"]"
        var keys = ToolKeys()
        keys.tools = config.texts("tools", atMost: Self.mostNames, hint: hint) ?? []
        keys.servers = config.texts("mcp_servers", atMost: Self.mostNames, hint: hint) ?? []
        let steps = config.int("max_tool_steps", in: Self.steps, default: ToolUse().maxSteps)
        if config.has("max_tool_steps") { keys.maxSteps = steps.value }
        switch known?.work {
        case .toolUse: customTools(&config, into: &keys)
        case .mcpClient: ownServers(&config, into: &keys)
        case .analytics: keys.ownTables = executorTables(&config)
        default: break
        }
        return keys
    }

    // MARK: - ToolUseAgent

    private func customTools(_ config: inout NodeReader, into keys: inout ToolKeys) {
        let wait = config.number("wait_time", in: Self.waits)?.value
        let timeout = min(max(wait ?? 600, 0.5), 600)
        let hint = "write each tool as JSON text: '{\"function\": {\"name\": \"…\"}}'"
        for text in config.texts("custom_tools", atMost: Self.mostNames, hint: hint) ?? [] {
            if let tool = customTool(text, timeout: .seconds(timeout), hint: hint) { keys.ownTools.append(tool) }
        }
        config.acceptWithoutEffect("builtin_tools") { !$0.isEmpty }
        config.acceptWithoutEffect("enable_interpreter") { $0.bool == true }
    }

    /// A tool in OpenAI's form, which the connected client carries out.
    private func customTool(_ text: Located<String>, timeout: Duration, hint: String) -> Located<Tool>? {
        func refuse(_ message: String) -> Located<Tool>? {
            context.report(.error, at: text.mark, path: text.path, message, hint: hint)
            return nil
        }
        guard let json = try? JSON(reading: text.value) else { return refuse("is no JSON") }
        // Some files leave the wrapper out.
        guard let function = json["function"] ?? (json["name"] == nil ? nil : json),
            let name = function["name"]?.string
        else { return refuse("names no function") }
        guard toolName(Located(value: name, mark: text.mark, path: text.path)) != nil else { return nil }
        let parameters = function["parameters"] ?? .null
        if parameters != .null {
            do {
                guard try JSONSchema(parameters).isAboutObjects else { return refuse("the parameters are no object") }
            } catch {
                return refuse("parameters\(error.path.isEmpty ? "" : ".\(error.path)") \(error.message)")
            }
        }
        let tool = Tool(
            name: name, description: function["description"]?.string ?? "",
            parameters: parameters == .null ? Self.noParameters : parameters.text, source: .client, timeout: timeout)
        return Located(value: tool, mark: text.mark, path: text.path)
    }

    // MARK: - MCPClientAgent

    private func ownServers(_ config: inout NodeReader, into keys: inout ToolKeys) {
        keys.ownServers = servers("mcpServers", &config)
        if let server = eventServer(&config) { keys.ownServers.append(server) }
        let calls = config.int("max_tool_calls", in: 1...1000)?.value
        keys.maxSteps = keys.maxSteps ?? calls.map { min($0, Self.steps.upperBound) }
        _ = config.number("wait_time", in: Self.waits)
        config.acceptWithoutEffect("tool_call_interval") { _ in false }
        config.acceptWithoutEffect("show_tool_progress") { $0.bool == true }
        config.acceptWithoutEffect("enable_interpreter") { $0.bool == true }
    }

    // MARK: - All together

    /// Gives the project its tools and servers, and each agent what it may call of them.
    /// - Parameter agents: in the order of the project's.
    func equip(
        _ project: inout Project, tools: [Located<Tool>], servers: [Located<MCPServer>], agents: [AgentBlock]
    ) {
        project.tools = declared(tools)
        project.mcpServers = servers.map(\.value)
        var used: Set<String> = []
        for (index, block) in agents.enumerated() {
            let keys = block.tools
            var use = ToolUse()
            use.maxSteps = keys.maxSteps ?? use.maxSteps
            let known = project.tools.map(\.name) + [Self.endCall.name]
            use.tools = references(keys.tools, to: known, "tool")
            if use.tools.contains(Self.endCall.name), !project.tools.contains(Self.endCall) {
                project.tools.append(Self.endCall)
            }
            for tool in keys.ownTools where add(tool, to: &project) && !use.tools.contains(tool.value.name) {
                use.tools.append(tool.value.name)
            }
            if let tables = keys.ownTables { use.tools.append(add(tables.value, to: &project)) }
            use.servers = references(keys.servers, to: servers.map(\.value.name), "MCP server")
            used.formUnion(use.tools + use.servers.map { "mcp \($0)" })
            for server in keys.ownServers {
                let name = add(server.value, to: &project)
                if !use.servers.contains(name) { use.servers.append(name) }
            }
            add(block, at: index, servers: servers.map(\.value.name), to: &project, &use, &used)
            project.agents[index].tools = use
        }
        // What was meant by a misspelt name is unused, too.
        if context.hasErrors { return }
        for tool in tools where !used.contains(tool.value.name) {
            context.report(
                .warning, at: tool.mark, path: tool.path, "no agent uses '\(tool.value.name)'",
                hint: "list it under config.tools of an agent")
        }
        for server in servers where !used.contains("mcp \(server.value.name)") {
            context.report(
                .warning, at: server.mark, path: server.path, "no agent uses '\(server.value.name)'",
                hint: "list it under config.mcp_servers of an agent")
        }
    }

    /// The tools without those of a name that was there before, which is reported.
    private func declared(_ tools: [Located<Tool>]) -> [Tool] {
        var first: [String: Mark] = [:]
        return tools.compactMap { tool in
            if let mark = first[tool.value.name] {
                context.report(
                    .error, at: tool.mark, path: tool.path, "a second tool named '\(tool.value.name)'",
                    hint: "the first one is in line \(mark.line)")
                return nil
            }
            first[tool.value.name] = tool.mark
            return tool.value
        }
    }

    func references(_ names: [Located<String>], to known: [String], _ kind: String) -> [String] {
        var found: [String] = []
        for name in names {
            if found.contains(name.value) {
                context.report(.warning, at: name.mark, path: name.path, "'\(name.value)' is listed twice")
            } else if known.contains(name.value) {
                found.append(name.value)
            } else {
                let place = kind == "tool" ? "tools" : "mcp_servers"
                context.report(
                    .error, at: name.mark, path: name.path, "unknown \(kind) '\(name.value)'",
                    hint: didYouMean(name.value, known) ?? "declare it under \(place)")
            }
        }
        return found
    }

    /// - Returns: whether the agent has it. Agents may share a function; one name for two of them can't be told apart.
    private func add(_ tool: Located<Tool>, to project: inout Project) -> Bool {
        if tool.value.name == Self.endCall.name {
            context.report(
                .warning, at: tool.mark, path: tool.path, "'\(tool.value.name)' is built in: this one is left out")
            return false
        }
        guard let other = project.tools.first(where: { $0.name == tool.value.name }) else {
            project.tools.append(tool.value)
            return true
        }
        var same = tool.value
        same.timeout = other.timeout
        if other != same {
            context.report(
                .error, at: tool.mark, path: tool.path, "another tool of the project is named '\(tool.value.name)'",
                hint: "give one of them another name")
        }
        return true
    }

    /// - Returns: the name that it has in the project. Agents may call different servers by one name.
    private func add(_ server: MCPServer, to project: inout Project) -> String {
        var server = server
        let name = server.name
        var number = 1
        while let other = project.mcpServers.first(where: { $0.name == server.name }) {
            if other == server { return server.name }
            number += 1
            server.name = "\(name)-\(number)"
        }
        project.mcpServers.append(server)
        return server.name
    }
}
