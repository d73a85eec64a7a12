import FlowGraph
import ProjectModel

/// What a conversation remembers, and which prompt is told what of it.
extension ProjectReader {
    /// The `memory_config` block.
    struct MemoryBlock {
        var variables: [PromptMemory.Variable] = []
        /// Whether there is a VariableMemoryModule.
        var hasVariables = false
        var history: HistoryLimits?
        /// `save_config.auto_load`.
        var loadsEarlier: Bool?
        /// Whether there is a ChatMemoryModule.
        var hasChat = false
        var tree: TreeKeys?
    }

    /// A `contexts` list, before it is known what there is to tell.
    struct ContextKeys {
        /// `include_agents` of the chat history.
        var agents: [Located<String>] = []
        /// `env_variable`, with its `include_variables`.
        var variables: Located<[Located<String>]>?
        /// `relevant_chat_history`
        var isToldRelevant = false
        /// `chat_history`, and `date`. Every prompt holds both; the calls of executors do where they are named.
        var (isToldHistory, isToldDate) = (false, false)
    }

    enum MemoryClass: String, CaseIterable {
        case chat = "ChatMemoryModule"
        case variables = "VariableMemoryModule"
        case tree = "MemTreeModule"
    }

    private enum ContextName: String, CaseIterable {
        case date
        case history = "chat_history"
        case variables = "env_variable"
        case relevant = "relevant_chat_history"
    }

    /// The most names in one list of contexts.
    private static let longestList = 100

    // MARK: - What is remembered

    func memory(_ block: inout NodeReader) -> MemoryBlock {
        block.acceptWithoutEffect("embedding_config") { _ in false }
        var memory = MemoryBlock()
        memory.loadsEarlier = block.block("save_config") { $0.bool("auto_load")?.value } ?? nil
        _ = block.blocks("memory_modules") { module in
            let name = module.text("memory_name")?.value
            let known = self.memoryClass(&module, name: name)
            if known == .chat { memory.hasChat = true }
            if known == .variables { memory.hasVariables = true }
            if known == .tree { memory.tree = TreeKeys(place: self.place(of: module)) }
            // Older files write kwargs.
            for key in ["config", "kwargs"] {
                _ = module.block(key) { self.memorySettings(&$0, of: known, into: &memory) }
            }
        }
        return memory
    }

    /// The class of a module; what its name says when it has none that is known.
    private func memoryClass(_ module: inout NodeReader, name: String?) -> MemoryClass? {
        let text = module.text("memory_class")
        let known = text.flatMap { MemoryClass(rawValue: $0.value) }
        if let text, known == nil {
            context.report(
                .warning, at: text.mark, path: text.path, "unknown memory_class '\(text.value)'",
                hint: didYouMean(text.value, MemoryClass.allCases.map(\.rawValue)))
        }
        switch (known, name.flatMap(ContextName.init)) {
        case (let known?, _): return known
        case (nil, .variables): return .variables
        case (nil, .history): return .chat
        case (nil, .relevant): return .tree
        case (nil, .date), (nil, nil): return nil
        }
    }

    private func memorySettings(
        _ block: inout NodeReader, of known: MemoryClass?, into memory: inout MemoryBlock
    ) {
        if known == nil { block.acceptUnknownKeys() }
        let rounds = block.int("n_rounds", in: 1...1_000_000)?.value
        let characters = block.int("max_context", in: 1...1_000_000_000)?.value
        block.acceptWithoutEffect("variables") { _ in false }
        let tree = treeKeys(&block, place: memory.tree?.place, characters: characters)
        switch known {
        case .chat where rounds != nil || characters != nil:
            let defaults = HistoryLimits()
            memory.history = HistoryLimits(
                maximumTurns: min(rounds ?? defaults.maximumTurns, HistoryLimits.mostTurns),
                maximumCharacters: min(characters ?? defaults.maximumCharacters, HistoryLimits.mostCharacters))
        case .variables: memory.variables += variables(block.node(at: "variables"), path: block.path(of: "variables"))
        case .tree: memory.tree = tree
        case .chat, nil: break
        }
    }

    private func variables(_ node: YAMLNode?, path: String) -> [PromptMemory.Variable] {
        guard case .mapping(let entries) = node?.content else { return [] }
        return entries.prefix(Self.longestList).compactMap { entry in
            if case .scalar(let text, _) = entry.value.content {
                return entry.value.isNull ? nil : PromptMemory.Variable(name: entry.key, value: text)
            }
            context.report(
                .warning, at: entry.keyMark, path: "\(path).\(entry.key)",
                "'\(entry.key)' is left out: a variable has one value, not \(entry.value.kind)")
            return nil
        }
    }

    // MARK: - Who is told what

    private static let contextsHint = "write contexts: [date, chat_history, env_variable, relevant_chat_history]"

    /// The `contexts` list of a block.
    /// - Parameter isQuiet: says nothing of what has no effect.
    func contexts(_ block: inout NodeReader, isQuiet: Bool = false) -> ContextKeys {
        var keys = ContextKeys()
        let pattern = block.pattern(of: "contexts") + "[]"
        for entry in block.list("contexts", hint: Self.contextsHint) ?? [] {
            if let name = entry.value.text {
                add(Located(value: name, mark: entry.mark, path: entry.path), isQuiet: isQuiet, to: &keys)
                continue
            }
            _ = NodeReader.open(entry, pattern: pattern, in: context, hint: Self.contextsHint) { item in
                if isQuiet { item.acceptUnknownKeys() }
                let hint = "write a list of names"
                let agents = item.block(ContextName.history.rawValue) {
                    $0.texts("include_agents", atMost: Self.longestList, hint: hint)
                }
                keys.agents += (agents ?? nil) ?? []
                if item.has(ContextName.history.rawValue) { keys.isToldHistory = true }
                let place = ContextName.variables.rawValue
                let names = item.block(place) {
                    $0.texts("include_variables", atMost: Self.longestList, hint: hint)
                }
                if item.has(place) {
                    keys.variables = Located(
                        value: (names ?? nil) ?? [], mark: item.keyMark(place), path: item.path(of: place))
                }
            }
        }
        return keys
    }

    private func add(_ name: Located<String>, isQuiet: Bool, to keys: inout ContextKeys) {
        switch ContextName(rawValue: name.value) {
        // Both are in every prompt.
        case .date: keys.isToldDate = true
        case .history: keys.isToldHistory = true
        case .variables: keys.variables = Located(value: [], mark: name.mark, path: name.path)
        case .relevant: keys.isToldRelevant = true
        case nil where !isQuiet:
            context.report(
                .warning, at: name.mark, path: name.path, "unknown context '\(name.value)'",
                hint: didYouMean(name.value, ContextName.allCases.map(\.rawValue)))
        case nil: break
        }
    }

    /// What a prompt with those `contexts` is told.
    /// - Parameters:
    ///   - variables: all that the project has.
    ///   - names: every agent and super agent.
    func resolve(_ keys: ContextKeys, variables: [PromptMemory.Variable], names: [String]) -> PromptMemory {
        for agent in keys.agents where !names.contains(agent.value) {
            context.report(
                .warning, at: agent.mark, path: agent.path, "unknown agent '\(agent.value)'",
                hint: didYouMean(agent.value, names))
        }
        var memory = PromptMemory(answersOf: keys.agents.isEmpty ? nil : keys.agents.map(\.value))
        memory.holdsRelevant = keys.isToldRelevant
        guard let wanted = keys.variables else { return memory }
        if variables.isEmpty {
            context.report(
                .warning, at: wanted.mark, path: wanted.path, "there are no variables to tell",
                hint: "memory_config.memory_modules declares them, in a VariableMemoryModule")
            return memory
        }
        for name in wanted.value where !variables.contains(where: { $0.name == name.value }) {
            context.report(
                .warning, at: name.mark, path: name.path, "unknown variable '\(name.value)'",
                hint: didYouMean(name.value, variables.map(\.name)))
        }
        let chosen = wanted.value.map(\.value)
        memory.variables = chosen.isEmpty ? variables : variables.filter { chosen.contains($0.name) }
        return memory
    }
}
