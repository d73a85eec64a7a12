extension FlowGraph {
    /// How often the member at that place may run in one round.
    func runs(of index: Int) -> Int {
        switch course {
        case .edges: 1
        case .steps(let most, let exit): nodes[index].name == exit ? 1 : Self.steps(most)
        case .trials(let counts): counts.indices.contains(index) ? max(0, counts[index]) : 0
        }
    }

    /// How many nodes of its plan only choose.
    var choosers: Int {
        guard case .steps(let most, let exit) = course else { return 0 }
        return nodes.contains { $0.name != exit } ? Self.steps(most) : 1
    }

    static func steps(_ most: Int) -> Int { min(max(most, 1), mostSteps) }
}

extension FlowPlan {
    /// So many trials of one super agent run at once.
    static let trialsAtOnce = 8

    /// The nodes of a member that the chooser may let run: the agent, or all of a nested super agent.
    public func nodes(of member: String, chosenAt chooser: Node) -> [Node] {
        guard case .choosing(_, let step) = chooser.kind else { return [] }
        let path = chooser.id.prefix(chooser.id.count - "#\(step)".count) + "/" + Self.escaped(member)
        return nodes(under: "\(path)#\(step)") + nodes(under: String(path))
    }

    /// The id of the node that ends a run, from 1, of a member of the super agent that `closing` closes.
    public func id(ofRun run: Int, of member: String, within closing: Node) -> String {
        "\(closing.id)/\(Self.escaped(member))#\(run)"
    }

    /// The nodes of the run of a member that ends with the node of that id.
    public func nodes(under id: String) -> [Node] { nodes.filter { $0.id == id || $0.id.hasPrefix(id + "/") } }
}

/// Super agents whose members run several times.
extension FlowPlanBuilder {
    /// Adds a chooser for each step with the members behind it, and then the one that closes.
    ///
    /// What a step's member leads to is the next chooser. A chooser that chooses nobody or whoever closes leads to the end, and
    /// so does the last step. Then everything in between is skipped.
    /// - Returns: the ends that the closing node follows, and the choosers that lead to it when they choose nobody.
    mutating func addSteps(
        of graph: FlowGraph, most: Int, exit: String?, within path: [Place]
    ) -> (ends: [Int], choosers: [Int]) {
        let names = graph.nodes.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let exit = exit.flatMap { names.contains($0) ? $0 : nil }
        var (ends, choosers, open): ([Int], [Int], [Int]) = ([], [], [])
        for step in 1...FlowGraph.steps(most) where hasRoom(within: path) && (step == 1 || !open.isEmpty) {
            let chooser = append(
                .choosing(superAgent: path.last?.name ?? "", step: step), id: path, within: path.map(\.name))
            lead(from: open, to: [chooser])
            choosers.append(chooser)
            open = []
            for name in names where name != exit && hasRoom(for: name, within: path) {
                let member = add(Place(name, run: step), within: path)
                nodes[chooser].ways += member.entries.map { .init(target: $0, guard: .condition(name)) }
                open.append(member.exit)
            }
            ends += open
        }
        guard let exit, hasRoom(for: exit, within: path) else { return (ends, choosers) }
        let last = add(Place(exit), within: path)
        lead(from: choosers, to: last.entries, when: .condition(exit))
        lead(from: choosers, to: last.entries, when: .otherwise)
        lead(from: open, to: last.entries)
        return (ends + [last.exit], [])
    }

    /// Adds each member so often as it is tried; a bounded number of the runs at once.
    /// - Returns: the ends of all runs.
    mutating func addTrials(of graph: FlowGraph, within path: [Place]) -> [Int] {
        var ends: [Int] = []
        for (index, node) in graph.nodes.enumerated() {
            for run in 0..<graph.runs(of: index) where hasRoom(for: node.name, within: path) {
                let member = add(Place(node.name, run: run + 1), within: path)
                lead(from: ends.suffix(FlowPlan.trialsAtOnce).dropLast(FlowPlan.trialsAtOnce - 1), to: member.entries)
                ends.append(member.exit)
            }
        }
        return ends
    }

    private mutating func lead(
        from ends: some Sequence<Int>, to entries: [Int], when guard: FlowGraph.Edge.Guard = .always
    ) {
        for end in ends { nodes[end].ways += entries.map { .init(target: $0, guard: `guard`) } }
    }
}
