import ProjectModel

/// What is kept from one conversation to the next, and how it is found.
extension ProjectReader {
    /// The keys of a MemTreeModule, and where it stands.
    struct TreeKeys {
        /// Of its `memory_class`, or of what says the class.
        var place: Located<String>
        var search = MemoryPolicy.Search()
        /// `auto_add`, when it is false.
        var addsNothing: Located<Bool>?
    }

    /// Where a module of the memory says what it is.
    func place(of module: borrowing NodeReader) -> Located<String> {
        let key = module.has("memory_class") ? "memory_class" : "memory_name"
        return Located(value: key, mark: module.keyMark(key), path: module.path(of: key))
    }

    /// The keys of a MemTreeModule; they are read of every module, and mean something in that one.
    /// - Parameter characters: its `max_context`.
    func treeKeys(_ block: inout NodeReader, place: Located<String>?, characters: Int?) -> TreeKeys? {
        let adds = block.bool("auto_add")
        let top = block.int("top", in: 1...MemoryPolicy.Search.mostRounds)?.value
        let threshold = block.number("threshold", in: 0...1)?.value
        guard let place else { return nil }
        let usual = MemoryPolicy.Search()
        let longest = min(characters ?? usual.maximumCharacters, HistoryLimits.mostCharacters)
        return TreeKeys(
            place: place,
            search: MemoryPolicy.Search(
                top: top ?? usual.top, threshold: threshold ?? usual.threshold, maximumCharacters: longest),
            addsNothing: adds.flatMap { $0.value ? nil : $0 })
    }

    /// What is kept: rounds to begin with, where a ChatMemoryModule or `auto_load` asks for them; rounds to find, where a
    /// prompt is told them; variables of the caller alone, where nothing else is asked for.
    func policy(_ memory: MemoryBlock, for project: Project) -> MemoryPolicy? {
        let told =
            [project.orchestrator.memory] + project.agents.map(\.memory) + project.superAgents.map(\.memory)
        let isTold = told.contains(where: \.holdsRelevant)
        var search = isTold ? memory.tree?.search ?? MemoryPolicy.Search() : nil
        if let tree = memory.tree, !isTold {
            context.report(
                .warning, at: tree.place.mark, path: tree.place.path,
                "has no effect: no prompt is told what it finds",
                hint: "write contexts: [relevant_chat_history] in the config of an agent")
        } else if let place = memory.tree?.addsNothing, isTold {
            search = nil
            context.report(
                .warning, at: place.mark, path: place.path,
                "nothing is found again where nothing is added: relevant_chat_history has no effect")
        }
        let loadsEarlier = memory.loadsEarlier ?? memory.hasChat
        let policy = MemoryPolicy(loadsEarlier: loadsEarlier, search: search)
        let keepsVariables = memory.hasVariables && memory.loadsEarlier != false
        return policy.keepsRounds || keepsVariables ? policy : nil
    }
}
