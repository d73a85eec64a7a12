import FlowGraph
import Foundation
import ProjectModel

/// Agents that look things up before they write: `SearchAgent`, `ResearchAgent` and `DeepResearchAgent`.
extension ProjectReader {
    /// What the `config` of such an agent says.
    struct ResearchKeys {
        var agentClass: String
        var retrievers: [RetrieverKeys] = []
        /// How often it looks something up, the first time included.
        var queries = 1
        var selection: Research.Selection?
        var depth: Research.Depth?
    }

    /// How broad a research in several stages is.
    private enum Strategy: String, CaseIterable {
        case focused, balanced, exploratory

        var depth: Research.Depth {
            switch self {
            case .focused: Research.Depth(questions: 3, rounds: 1)
            case .balanced: Research.Depth(questions: 4, rounds: 2)
            case .exploratory: Research.Depth(questions: 6, rounds: 3)
            }
        }
    }

    /// One place to look.
    struct RetrieverKeys {
        enum Source {
            case place(Retriever.Place)
            case server(Located<String>, tool: String, argument: String)
            /// The connected client.
            case client
        }

        var name: String
        var description: String
        var source: Source
        var most: Int
    }

    private enum Kind: String, CaseIterable {
        case folder = "FolderRetriever"
        case http = "HTTPRetriever"
        case mcp = "MCPRetriever"
        case custom = "CustomRetriever"
        case web = "WebSearchRetriever"

        /// The key that says where to look.
        var key: String? {
            switch self {
            case .folder: "folder"
            case .http: "url"
            case .mcp: "server"
            case .custom, .web: nil
            }
        }

        /// The keys that belong to it alone.
        var keys: [String] {
            switch self {
            case .folder: ["folder"]
            case .http: ["url", "headers", "allow_private"]
            case .mcp: ["server", "tool", "query_argument"]
            case .custom, .web: []
            }
        }
    }

    /// What a retriever is called where the file gives it no name.
    private static let usualName = "search"
    private static let usualDescription = "Looks something up."
    private static let retrieverHint = "write folder:, url: with {query} in it, or server: and tool:"

    // MARK: - The search of a project

    /// The `search` block of a project, else that of the deployment.
    func search(_ root: inout NodeReader) -> RetrieverKeys? {
        if let own = root.block("search", { self.search(in: &$0) }) { return own }
        return defaults.search.map {
            RetrieverKeys(
                name: Self.usualName, description: Self.usualDescription, source: .place($0.place), most: $0.most)
        }
    }

    /// The `search` block of a deployment.
    func defaultSearch(_ root: inout NodeReader) -> Retriever? {
        let found = root.block("search") { block -> RetrieverKeys? in
            let found = self.search(in: &block)
            if case .server(let name, _, _) = found?.source {
                self.context.report(
                    .error, at: name.mark, path: name.path, "a server is declared by a project: name it there")
                return nil
            }
            return found
        }
        guard let found = found ?? nil, case .place(let place) = found.source else { return nil }
        return Retriever(place, most: found.most)
    }

    private func search(in block: inout NodeReader) -> RetrieverKeys? {
        let found = retriever(&block, name: nil, isListed: false)
        if case .client = found?.source {
            context.report(
                .error, at: block.mark, path: block.path, "a function of the client belongs to an agent",
                hint: Self.retrieverHint)
            return nil
        }
        return found
    }

    // MARK: - An agent

    /// The keys of an agent of that class; nil when it looks nothing up.
    func researchKeys(of known: AgentClass?) -> ResearchKeys? {
        guard case .research = known?.work, let known else { return nil }
        return ResearchKeys(
            agentClass: known.name, retrievers: context.search.map { [$0] } ?? [],
            depth: known.name == "DeepResearchAgent" ? Strategy.balanced.depth : nil)
    }

    /// Reads them.
    func read(_ keys: inout ResearchKeys?, _ config: inout NodeReader) {
        guard var found = keys else { return }
        let queries = config.int("num_queries", in: 1...20)?.value
        if found.depth == nil { found.queries = queries ?? 1 }
        let own = config.block("retriever") { self.retriever(&$0, name: nil, isListed: false) }
        let listed = config.blocks("retriever_config_list", hint: "write - retriever_name: \"…\"") { block in
            let name = block.text("retriever_name", required: true)
            return self.retriever(&block, name: name, isListed: true)
        }
        found.selection = selection(&config)
        if found.depth != nil { found.depth = depth(&config, queries: queries) }
        if config.has("retriever") || config.has("retriever_config_list") {
            found.retrievers = [own ?? nil].compactMap(\.self) + (listed ?? []).compactMap(\.self)
        }
        if found.retrievers.count > Research.mostTools {
            context.report(
                .error, at: config.keyMark("retriever_config_list"), path: config.path(of: "retriever_config_list"),
                "has more than \(Research.mostTools) places to look")
        }
        keys = found
    }

    /// What of what was found is told; nil: all of it.
    private func selection(_ config: inout NodeReader) -> Research.Selection? {
        // Below 0 nothing is ranked.
        let most = config.int("reranker_top_k", in: -1...100).flatMap { $0.value > 0 ? $0.value : nil }
        let share = config.number("compression_rate", above: 0, through: 1).flatMap { $0.value < 1 ? $0.value : nil }
        return most == nil && share == nil ? nil : Research.Selection(most: most, share: share)
    }

    /// How a research in several stages goes.
    private func depth(_ config: inout NodeReader, queries: Int?) -> Research.Depth {
        var depth = config.choice("strategy_mode", default: Strategy.balanced).depth
        if let queries { depth.questions = min(queries, Research.Depth.mostQuestions) }
        depth.clarifies = config.bool("human_in_the_loop", default: false).value
        depth.showsStages = config.bool("return_intermediate_results", default: false).value
        // What it asks is one question without fields.
        let patience = config.block("human_agent_config") { human in
            human.acceptUnknownKeys()
            return human.number("wait_time", in: Self.waits)?.value
        }
        if let seconds = patience ?? nil { depth.patience = .seconds(max(seconds, 1)) }
        for key in ["additional_output_formats", "speech_synthesis_config"] {
            config.acceptWithoutEffect(key) { $0.bool != false }
        }
        return depth
    }

    /// Whether an agent with that `config` has a place to look, be it one with errors.
    func hasRetriever(_ config: YAMLNode?) -> Bool {
        if let own = config?["retriever"], !own.isNull { return isUsable(own) }
        if case .sequence(let items)? = config?["retriever_config_list"]?.content {
            return items.prefix(NodeReader.longestList).contains(where: isUsable)
        }
        return context.search != nil
    }

    private func isUsable(_ retriever: YAMLNode) -> Bool {
        guard let name = retriever["retriever_class"]?.text else { return true }
        switch Kind(rawValue: name) {
        case .web: return context.search != nil
        case .folder, .http, .mcp, .custom: return true
        case nil: return nearestName(to: name, among: Kind.allCases.map(\.rawValue)) != nil
        }
    }

    // MARK: - A place to look

    /// - Parameters:
    ///   - name: of the retriever, where it has one.
    ///   - isListed: whether it stands in the list of an agent, and has to name its class.
    private func retriever(_ block: inout NodeReader, name: Located<String>?, isListed: Bool) -> RetrieverKeys? {
        let named = block.text("retriever_class", required: isListed)
        guard let kind = kind(named, block) else {
            block.acceptUnknownKeys()
            return nil
        }
        let description = block.text("description")?.value
        let most = block.int("top_k", in: Retriever.passages, default: 5).value
        let (folder, url) = (block.text("folder"), block.text("url"))
        let headers = headers(&block)
        let allowsPrivate = self.allowsPrivate(&block)
        let (server, tool) = (block.text("server"), block.text("tool"))
        let argument = block.text("query_argument")?.value ?? "query"
        for key in Kind.allCases.flatMap(\.keys) where !kind.keys.contains(key) && block.has(key) {
            context.report(
                .warning, at: block.keyMark(key), path: block.path(of: key), "has no effect on a \(kind.rawValue)")
        }
        if let key = kind.key, !block.has(key) {
            context.report(
                .error, at: named?.mark ?? block.mark, path: block.path(of: key), "'\(key)' is missing",
                hint: "a \(kind.rawValue) needs it")
            return nil
        }
        let source: RetrieverKeys.Source?
        switch kind {
        case .folder:
            // Whether a folder is there is nobody's business who sent the project.
            source = folder.flatMap { mayName("a folder", at: $0) ? .place(.folder(path(of: $0))) : nil }
        case .http: source = url.flatMap { address($0, headers, allowsPrivate) }.map { .place(.http($0)) }
        case .mcp:
            if tool == nil {
                context.report(
                    .error, at: block.keyMark("server"), path: block.path(of: "tool"), "'tool' is missing",
                    hint: "tool: with the name of the server's tool that searches")
            }
            source = server.flatMap { server in tool.map { .server(server, tool: $0.value, argument: argument) } }
        case .custom: source = .client
        case .web:
            guard let search = context.search else { return nil }
            source = search.source
        }
        guard let source else { return nil }
        return RetrieverKeys(
            name: plainName(name?.value ?? Self.usualName), description: description ?? Self.usualDescription,
            source: source, most: most)
    }

    /// Its class, which may be left out where a key says it. One that is not built is left out, with a warning.
    private func kind(_ named: Located<String>?, _ block: borrowing NodeReader) -> Kind? {
        guard let named else {
            if block.has("retriever_class") { return nil }
            let kinds = Kind.allCases.filter { $0.key.map { block.has($0) } ?? false }
            if let kind = kinds.first, kinds.count == 1 { return kind }
            context.report(
                .error, at: block.mark, path: block.path,
                kinds.isEmpty ? "says nowhere where to look" : "says in more than one way where to look",
                hint: Self.retrieverHint)
            return nil
        }
        guard let kind = Kind(rawValue: named.value) else {
            let names = Kind.allCases.map(\.rawValue)
            if let hint = didYouMean(named.value, names) {
                context.report(
                    .error, at: named.mark, path: named.path, "unknown retriever_class '\(named.value)'", hint: hint)
            } else {
                context.report(
                    .warning, at: named.mark, path: named.path, "'\(named.value)' is not built yet, and left out",
                    hint: "one of \(names.joined(separator: ", "))")
            }
            return nil
        }
        if kind == .web, context.search == nil {
            context.report(
                .warning, at: named.mark, path: named.path, "is left out: the project has no 'search'",
                hint: "search: {url: \"https://…{query}\"} at the top of the file gives it one")
            return nil
        }
        return kind
    }

    /// The absolute path of a folder, which is named as the project's file sees it.
    private func path(of folder: Located<String>) -> String {
        let base = URL(filePath: context.file).deletingLastPathComponent()
        let url = URL(filePath: folder.value, directoryHint: .isDirectory, relativeTo: base).standardizedFileURL
        let path = url.path(percentEncoded: false)
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue {
            context.report(
                .warning, at: folder.mark, path: folder.path, "there is no such folder: nothing can be looked up in it",
                hint: "a path that does not begin with / begins where this file is")
        }
        return path
    }

    private func address(
        _ url: Located<String>, _ headers: [HTTPTool.Header], _ allowsPrivate: Bool
    ) -> HTTPTool? {
        guard let template = template(url, allowsPrivate: allowsPrivate) else { return nil }
        guard template.names == ["query"] else {
            context.report(
                .error, at: url.mark, path: url.path, "the address has {query} in it, and no other argument",
                hint: "such as https://search.example/?q={query}")
            return nil
        }
        return HTTPTool(method: "GET", url: url.value, headers: headers, allowsPrivate: allowsPrivate)
    }

    // MARK: - All together

    /// Gives the project the tools of an agent that looks things up, and the agent its program.
    func add(
        _ keys: ResearchKeys, at index: Int, servers: [String], to project: inout Project, _ use: inout ToolUse,
        _ used: inout Set<String>
    ) {
        var names: [String] = []
        for retriever in keys.retrievers.prefix(Research.mostTools) {
            let source: Tool.Source
            switch retriever.source {
            case .place(let place): source = .retriever(Retriever(place, most: retriever.most))
            case .client: source = .client
            case .server(let name, let tool, let argument):
                guard let server = references([name], to: servers, "MCP server").first else { continue }
                used.insert("mcp \(server)")
                source = .retriever(
                    Retriever(.mcp(server: server, tool: tool, argument: argument), most: retriever.most))
            }
            let tool = Tool(
                name: retriever.name, description: retriever.description, parameters: Retriever.parameters,
                source: source, interruption: .cancel)
            let name = addNumbered(tool, to: &project)
            if !names.contains(name) { names.append(name) }
        }
        if names.isEmpty { return }
        if use.isEmpty, keys.queries > 1 {
            use.maxSteps = min(use.maxSteps, max(1, keys.queries - 1))
        }
        use.tools += names.filter { !use.tools.contains($0) }
        var research = Research(tools: names, searchesAgain: keys.queries > 1)
        (research.selection, research.depth) = (keys.selection, keys.depth)
        project.agents[index].program = .research(research)
    }
}
