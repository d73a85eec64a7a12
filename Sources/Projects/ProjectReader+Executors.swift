import JSONText
import ProjectModel

/// Agents whose answer is the result of one call: `CustomAgent`, and the classes of other platforms.
extension ProjectReader {
    /// What the `config` of such an agent says of the call.
    struct ExecutorKeys {
        /// Of the caller's words.
        var argument: String
        /// Who carries it out: an HTTP server, else the connected client.
        var http: HTTPTool?
        var timeout: Duration = .seconds(usualWait)
        /// All other keys, as a JSON object.
        var settings: String?
    }

    /// How long a call may take, in seconds.
    private static let usualWait = 30.0
    /// Keys of such a `config` that Parley reads itself.
    private static let ownKeys: Set = [
        "executor", "wait_time", "contexts", "output_style", "llm_config", "filler", "filler_after_ms", "sorry",
        "interruptible", "min_words", "self_reflection_config", "speech_config", "summarize_config",
    ]

    /// The keys of an agent of that class; nil when it is no executor.
    func executorKeys(of known: AgentClass?) -> ExecutorKeys? {
        guard case .executor(let argument) = known?.work else { return nil }
        return ExecutorKeys(argument: argument)
    }

    /// Reads them; all keys that are not Parley's are the function's.
    func read(_ keys: inout ExecutorKeys?, _ config: inout NodeReader) {
        guard var found = keys else { return }
        config.acceptUnknownKeys()
        let wait = config.number("wait_time", in: Self.waits)?.value ?? Self.usualWait
        var seconds: Double?
        let http = config.block("executor") { block -> HTTPTool? in
            seconds = block.number("timeout_seconds", in: 0.5...600)?.value
            return self.executor(&block)
        }
        found.http = http ?? nil
        found.timeout = .seconds(min(max(seconds ?? wait, seconds == nil ? 1 : 0.5), 600))
        var others: [(String, JSON)] = []
        for key in config.keys where !Self.ownKeys.contains(key) {
            others.append((key, config.node(at: key)?.json ?? .null))
        }
        if !others.isEmpty {
            let settings = JSON.object(others).text
            if settings.utf8.count <= Executor.longestSettings {
                found.settings = settings
            } else {
                context.report(
                    .error, at: config.mark, path: config.path,
                    "what is handed to the function has more than \(Executor.longestSettings) bytes")
            }
        }
        keys = found
    }

    private func executor(_ block: inout NodeReader) -> HTTPTool? {
        let url = block.text("url", required: true)
        let headers = headers(&block)
        let allowsPrivate = self.allowsPrivate(&block)
        let key = block.text("signing_key").flatMap { text in
            if !text.value.hasPrefix("ENV:") { self.context.conceal(text) }
            return self.variable(text)
        }
        guard let url, let template = template(url, allowsPrivate: allowsPrivate) else { return nil }
        guard template.names.isEmpty else {
            context.report(
                .error, at: url.mark, path: url.path, "the address of an executor has no arguments",
                hint: "they are in the body of the request")
            return nil
        }
        return HTTPTool(
            method: "POST", url: url.value, headers: headers, allowsPrivate: allowsPrivate, signingKey: key)
    }

    /// The tool of an agent that has its answer made by `keys`.
    func tool(_ keys: ExecutorKeys, of agent: Agent) -> Tool {
        Tool(
            name: plainName(agent.name), description: agent.description, parameters: "{\"type\":\"object\"}",
            source: keys.http.map { .http($0) } ?? .client, timeout: keys.timeout)
    }

    /// `name` with a `_` for all that tools cannot have in their names.
    func plainName(_ name: String) -> String {
        let plain = name.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80
                || byte == UInt8(ascii: "-")
            return isPlain ? byte : UInt8(ascii: "_")
        }
        let words = plain.split(separator: UInt8(ascii: "_")).map { String(decoding: $0, as: UTF8.self) }
        let joined = words.joined(separator: "_")
        return joined.isEmpty ? "agent" : String(joined.prefix(60))
    }

    /// Gives the project a tool under its name, or with a number behind it where another one has that.
    /// - Returns: the name that it has.
    func addNumbered(_ tool: Tool, to project: inout Project) -> String {
        var tool = tool
        let name = tool.name
        var number = 1
        while let other = (project.tools + [Self.endCall]).first(where: { $0.name == tool.name }) {
            if other == tool { return tool.name }
            number += 1
            tool.name = "\(name)-\(number)"
        }
        project.tools.append(tool)
        return tool.name
    }

    /// Gives the project what an executor or a researcher calls, and the agent its program.
    func add(
        _ block: AgentBlock, at index: Int, servers: [String], to project: inout Project, _ use: inout ToolUse,
        _ used: inout Set<String>
    ) {
        if let keys = block.tools.executor {
            let name = addNumbered(tool(keys, of: block.agent), to: &project)
            use.tools = [name]
            project.agents[index].program = .executor(
                Executor(
                    tool: name, argument: keys.argument, settings: keys.settings,
                    isToldHistory: block.contexts.isToldHistory, isToldDate: block.contexts.isToldDate))
        }
        if let keys = block.tools.research { add(keys, at: index, servers: servers, to: &project, &use, &used) }
    }
}
