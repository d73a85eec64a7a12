/// Flattens super agents, depth first, into a `FlowPlan`.
struct FlowPlanBuilder {
    /// The deepest nesting of super agents.
    static let deepestNesting = 16

    let graphs: [String: FlowGraph]
    private(set) var nodes: [FlowPlan.Node] = []
    private(set) var loops: [FlowPlan.Loop] = []

    init(graphs: [String: FlowGraph]) { self.graphs = graphs }

    /// The flat nodes that stand for one member.
    private struct Member {
        /// Those that start it.
        var entries: [Int]
        /// The one whose end is its end.
        var exit: Int
        /// All of them.
        var all: Range<Int>
    }

    /// Adds the members of `name` and its closing node.
    /// - Parameter path: the super agents around it, outermost first.
    @discardableResult
    mutating func flatten(_ graph: FlowGraph, of name: String, path: [String]) -> (entries: [Int], exit: Int) {
        let first = nodes.count
        let inner = path + [name]
        var members: [String: Member] = [:]
        let order = Self.order(of: graph)
        for index in order {
            let member = graph.nodes[index]
            if members[member.name] != nil || nodes.count >= FlowPlan.maximumNodes - inner.count { continue }
            members[member.name] = add(member.name, within: inner)
        }
        let placed = order.map { graph.nodes[$0] }.filter { members[$0.name] != nil }
        for member in placed { connect(member, members) }
        let closing = append(.closing(superAgent: name), id: inner, within: path)
        for member in members.values { nodes[member.exit].ways.append(.init(target: closing, guard: .always)) }
        if let loop = graph.loop { addLoop(loop, members) }

        let entered = Set((first..<closing).flatMap { nodes[$0].ways.map(\.target) })
        let entries = (first..<closing).filter { !entered.contains($0) }
        return (entries.isEmpty ? [closing] : entries, closing)
    }

    /// Adds an agent, or a super agent with its members, which starts when one of the ways from the ends of others is open.
    /// - Returns: its end; nil when the plan has no room for it.
    mutating func add(_ name: String, after ends: [Int], when guard: FlowGraph.Edge.Guard) -> Int? {
        guard FlowPlan.size(of: name, graphs: graphs) <= FlowPlan.maximumNodes - nodes.count else { return nil }
        let member = add(name, within: [])
        for end in ends { nodes[end].ways += member.entries.map { .init(target: $0, guard: `guard`) } }
        return member.exit
    }

    private mutating func add(_ name: String, within path: [String]) -> Member {
        let first = nodes.count
        if let graph = graphs[name], !path.contains(name), path.count < Self.deepestNesting {
            let ends = flatten(graph, of: name, path: path)
            return Member(entries: ends.entries, exit: ends.exit, all: first..<nodes.count)
        }
        let index = append(.agent(name), id: path + [name], within: path)
        return Member(entries: [index], exit: index, all: index..<index + 1)
    }

    private mutating func append(_ kind: FlowPlan.Node.Kind, id: [String], within path: [String]) -> Int {
        nodes.append(
            .init(
                id: id.map(FlowPlan.escaped).joined(separator: "/"), kind: kind,
                superAgents: path.reversed(), order: nodes.count))
        return nodes.count - 1
    }

    private mutating func connect(_ member: FlowGraph.Node, _ members: [String: Member]) {
        guard let from = members[member.name] else { return }
        nodes[from.exit].mode = member.mode
        for edge in member.edges {
            guard let to = members[edge.target], to.all.lowerBound > from.exit else { continue }
            nodes[from.exit].ways += to.entries.map { .init(target: $0, guard: edge.guard) }
        }
    }

    private mutating func addLoop(_ loop: FlowGraph.Loop, _ members: [String: Member]) {
        guard let head = members[loop.head], let tail = members[loop.tail],
            head.all.lowerBound <= tail.all.lowerBound
        else { return }
        // Forward from the head, backward from the tail: what both reach lies between. Ways only lead to later nodes.
        var after = Set(head.entries)
        for index in head.all.lowerBound...tail.exit where after.contains(index) {
            after.formUnion(nodes[index].ways.map(\.target))
        }
        guard after.contains(tail.exit) else { return }
        var before: Set = [tail.exit]
        for index in (head.all.lowerBound..<tail.exit).reversed()
        where nodes[index].ways.contains(where: { before.contains($0.target) }) {
            before.insert(index)
        }
        loops.append(
            .init(
                tail: tail.exit, condition: loop.condition, maxIterations: loop.maxIterations,
                body: after.intersection(before).sorted()))
    }

    /// Everything that both follows `head` and leads to `tail`, the two included; empty when neither way exists.
    private static func between(_ head: Int, _ tail: Int, _ targets: [Set<Int>]) -> Set<Int> {
        var sources = [Set<Int>](repeating: [], count: targets.count)
        for (index, set) in targets.enumerated() {
            for target in set { sources[target].insert(index) }
        }
        return reached(from: head, by: targets).intersection(reached(from: tail, by: sources))
    }

    private static func reached(from start: Int, by ways: [Set<Int>]) -> Set<Int> {
        var reached: Set = [start]
        var open = [start]
        while let index = open.popLast() {
            for next in ways[index] where reached.insert(next).inserted { open.append(next) }
        }
        return reached
    }

    /// The members in the order of the file, each after those that lead to it and after a loop that it follows; in a
    /// cycle the file decides.
    private static func order(of graph: FlowGraph) -> [Int] {
        let places = Dictionary(
            graph.nodes.indices.map { (graph.nodes[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        var waiting = [Int](repeating: 0, count: graph.nodes.count)
        var targets = graph.nodes.indices.map { index in
            Set(graph.nodes[index].edges.compactMap { places[$0.target] }).subtracting([index])
        }
        if let loop = graph.loop, let head = places[loop.head], let tail = places[loop.tail] {
            let body = between(head, tail, targets)
            targets[tail].formUnion(Set(body.flatMap { targets[$0] }).subtracting(body))
        }
        for target in targets.joined() { waiting[target] += 1 }
        var left = Array(graph.nodes.indices)
        var order: [Int] = []
        while !left.isEmpty {
            let place = left.firstIndex { waiting[$0] == 0 } ?? left.startIndex
            let index = left.remove(at: place)
            order.append(index)
            for target in targets[index] { waiting[target] -= 1 }
        }
        return order
    }
}
