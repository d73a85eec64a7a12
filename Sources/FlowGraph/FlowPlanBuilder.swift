/// Flattens super agents, depth first, into a `FlowPlan`.
struct FlowPlanBuilder {
    /// The deepest nesting of super agents.
    static let deepestNesting = 16

    let graphs: [String: FlowGraph]
    var nodes: [FlowPlan.Node] = []
    private(set) var loops: [FlowPlan.Loop] = []

    init(graphs: [String: FlowGraph]) { self.graphs = graphs }

    /// The flat nodes that stand for one member.
    struct Member {
        /// Those that start it.
        var entries: [Int]
        /// The one whose end is its end.
        var exit: Int
        /// All of them.
        var all: Range<Int>
    }

    /// A name on the way to a node.
    struct Place {
        var name: String
        /// Which run of it; nil for what runs at one place only.
        var run: Int?

        init(_ name: String, run: Int? = nil) { (self.name, self.run) = (name, run) }

        var id: String { FlowPlan.escaped(name) + (run.map { "#\($0)" } ?? "") }
    }

    /// Adds the members of the super agent that `path` ends in, and its closing node.
    /// - Parameter path: the super agents around them, outermost first.
    @discardableResult
    mutating func flatten(_ graph: FlowGraph, at path: [Place]) -> (entries: [Int], exit: Int) {
        let first = nodes.count
        let ends: [Int]
        var choosers: [Int] = []
        switch graph.course {
        case .edges: ends = addMembers(of: graph, within: path)
        case .steps(let most, let exit): (ends, choosers) = addSteps(of: graph, most: most, exit: exit, within: path)
        case .trials: ends = addTrials(of: graph, within: path)
        }
        let closing = append(
            .closing(superAgent: path.last?.name ?? ""), id: path, within: path.dropLast().map(\.name))
        for end in ends { nodes[end].ways.append(.init(target: closing, guard: .always)) }
        for chooser in choosers { nodes[chooser].ways.append(.init(target: closing, guard: .otherwise)) }

        let entered = Set((first..<closing).flatMap { nodes[$0].ways.map(\.target) })
        let entries = (first..<closing).filter { !entered.contains($0) }
        return (entries.isEmpty ? [closing] : entries, closing)
    }

    /// Adds the members of a graph with edges.
    /// - Returns: their ends.
    private mutating func addMembers(of graph: FlowGraph, within path: [Place]) -> [Int] {
        var members: [String: Member] = [:]
        let order = Self.order(of: graph)
        for index in order {
            let member = graph.nodes[index]
            if members[member.name] != nil || !hasRoom(within: path) { continue }
            members[member.name] = add(Place(member.name), within: path)
        }
        let placed = order.map { graph.nodes[$0] }.filter { members[$0.name] != nil }
        for member in placed { connect(member, members) }
        if let loop = graph.loop { addLoop(loop, members) }
        return members.values.map(\.exit).sorted()
    }

    /// Adds an agent, or a super agent with its members, which starts when one of the ways from the ends of others is open.
    /// - Returns: its end; nil when the plan has no room for it.
    mutating func add(_ name: String, after ends: [Int], when guard: FlowGraph.Edge.Guard) -> Int? {
        guard FlowPlan.size(of: name, graphs: graphs) <= FlowPlan.maximumNodes - nodes.count else { return nil }
        let member = add(Place(name), within: [])
        for end in ends { nodes[end].ways += member.entries.map { .init(target: $0, guard: `guard`) } }
        return member.exit
    }

    mutating func add(_ place: Place, within path: [Place]) -> Member {
        let first = nodes.count
        if let graph = graphs[place.name], !path.contains(where: { $0.name == place.name }),
            path.count < Self.deepestNesting
        {
            let ends = flatten(graph, at: path + [place])
            return Member(entries: ends.entries, exit: ends.exit, all: first..<nodes.count)
        }
        let index = append(.agent(place.name), id: path + [place], within: path.map(\.name))
        return Member(entries: [index], exit: index, all: index..<index + 1)
    }

    /// - Parameter superAgents: those that run it, outermost first.
    mutating func append(_ kind: FlowPlan.Node.Kind, id: [Place], within superAgents: [String]) -> Int {
        var id = id.map(\.id).joined(separator: "/")
        if case .choosing(_, let step) = kind { id += "#\(step)" }
        nodes.append(.init(id: id, kind: kind, superAgents: superAgents.reversed(), order: nodes.count))
        return nodes.count - 1
    }

    /// Whether there is room for one more node beside the closing nodes that are to come.
    func hasRoom(within path: [Place]) -> Bool { nodes.count < FlowPlan.maximumNodes - path.count }

    /// Whether there is room for all that `name` runs.
    func hasRoom(for name: String, within path: [Place]) -> Bool {
        FlowPlan.size(of: name, graphs: graphs) <= FlowPlan.maximumNodes - path.count - nodes.count
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
