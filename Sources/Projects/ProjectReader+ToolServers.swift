import ProjectModel

/// Servers of the Model Context Protocol: the `mcp_servers` of a project, and the `mcpServers` of an agent.
extension ProjectReader {
    private enum Kind: String, CaseIterable { case http = "http-stream", sse }

    /// The most arguments of a program.
    private static let mostArguments = 100

    /// The servers of a block of named ones; those with errors are left out.
    func servers(_ key: String, _ block: inout NodeReader) -> [Located<MCPServer>] {
        var servers: [Located<MCPServer>] = []
        block.namedBlocks(key) { name, block in
            let server = self.server(named: name.value, &block, at: name)
            guard self.isServerName(name), let server else { return }
            servers.append(Located(value: server, mark: name.mark, path: name.path))
        }
        return servers
    }

    private func isServerName(_ name: Located<String>) -> Bool {
        if name.value.isPlainName(with: "-_.") { return true }
        context.report(
            .error, at: name.mark, path: name.path, "the name of a server has 1…64 letters, digits, '-', '_' and '.'",
            hint: "such as files")
        return false
    }

    private func server(named name: String, _ block: inout NodeReader, at place: Located<String>) -> MCPServer? {
        let url = block.text("url")
        let kind = block.choice("type", default: Kind.http)
        let command = block.text("command")
        let hint = "write args: [\"…\"]"
        let arguments = block.texts("args", atMost: Self.mostArguments, hint: hint) ?? []
        let headers = headers(&block)
        let allowsPrivate = self.allowsPrivate(&block)
        func without(_ keys: [String], _ reason: String) {
            for key in keys where block.has(key) {
                context.report(
                    .warning, at: block.keyMark(key), path: block.path(of: key), "has no effect: \(reason)")
            }
        }
        switch (url, command) {
        case (let url?, nil):
            without(["args"], "a server with a url is not started")
            guard server(at: url, allowsPrivate: allowsPrivate) else { return nil }
            let transport: MCPServer.Transport = kind == .http ? .http(url: url.value) : .sse(url: url.value)
            return MCPServer(name: name, transport: transport, headers: headers, allowsPrivate: allowsPrivate)
        case (nil, let command?):
            without(["type", "headers", "allow_private"], "a program is asked over its standard input")
            if command.value.isEmpty {
                context.report(.error, at: command.mark, path: command.path, "must not be empty")
                return nil
            }
            guard mayName("a program", at: command) else { return nil }
            return MCPServer(
                name: name, transport: .stdio(command: command.value, arguments: arguments.map(\.value)))
        case (_?, let command?):
            context.report(
                .error, at: command.mark, path: command.path, "a server has either 'url' or 'command'")
            return nil
        case (nil, nil):
            // One of the wrong type has been told.
            if block.has("url") || block.has("command") { return nil }
            context.report(
                .error, at: place.mark, path: place.path, "'url' is missing",
                hint: "url: \"https://…\", or command: with the name of a program")
            return nil
        }
    }

    /// Whether it can be the address of a server; if not, that is reported.
    private func server(at url: Located<String>, allowsPrivate: Bool) -> Bool {
        guard let template = template(url, allowsPrivate: allowsPrivate) else { return false }
        if template.names.isEmpty { return true }
        context.report(.error, at: url.mark, path: url.path, "the address of a server has no arguments")
        return false
    }

    /// The one server of an agent whose file names the older way alone: `mcp_sse_url`.
    func eventServer(_ config: inout NodeReader) -> Located<MCPServer>? {
        guard let url = config.text("mcp_sse_url"), server(at: url, allowsPrivate: false) else { return nil }
        return Located(
            value: MCPServer(name: "mcp", transport: .sse(url: url.value)), mark: url.mark, path: url.path)
    }
}
