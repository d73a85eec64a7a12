extension FlowPlan {
    /// One part of a plan that is made for one turn.
    public struct Task: Equatable, Sendable {
        /// The name of an agent or super agent.
        public var name: String
        /// The tasks that it follows, by index.
        public var after: [Int]
        /// What must hold of the answer of one of those; nil: it runs in any case.
        public var condition: String?

        /// One part of a plan.
        public init(name: String, after: [Int] = [], condition: String? = nil) {
            self.name = name
            self.after = after
            self.condition = condition
        }
    }

    /// The plan of several agents and super agents that answer one turn. Tasks that follow nothing start at once.
    ///
    /// A task that follows one with a condition also follows what that one follows: it runs in any case, unless it has a
    /// condition of its own. A second task of one name, and what has no room (`maximumNodes`), is left out. Numbers in
    /// `after` that are not those of earlier tasks are passed over.
    /// - Parameter graphs: the graph of every super agent of the project, by name.
    public init(tasks: [Task], graphs: [String: FlowGraph]) {
        var builder = FlowPlanBuilder(graphs: graphs)
        var ends: [Int: Int] = [:]
        var leads: [Int: Set<Int>] = [:]
        var names: Set<String> = []
        for (index, task) in tasks.enumerated() where names.insert(task.name).inserted {
            let named = Set(task.after.filter { ends[$0] != nil })
            // Whatever may be skipped must not be the only way to what comes after it.
            let around = named.reduce(into: Set<Int>()) { $0.formUnion(leads[$1] ?? []) }
            let before = task.condition == nil ? named.union(around) : named
            leads[index] = task.condition == nil || named.isEmpty ? [] : named.union(around)
            ends[index] = builder.add(
                task.name, after: before.sorted().compactMap { ends[$0] },
                when: named.isEmpty ? .always : task.condition.map { .condition($0) } ?? .always)
        }
        self.init(nodes: builder.nodes, loops: builder.loops)
    }
}
