extension FlowGraph {
    /// Something in a graph that keeps it from running, or that does nothing. A value; who read the file adds the line.
    public struct Problem: Equatable, Sendable {
        /// What is wrong.
        public enum Kind: Equatable, Sendable, CaseIterable {
            case noMembers, duplicateMember, unknownMember, unknownTarget, selfReference, cycle, unreachable
            case badLoop, badExit, duplicateEdge, defaultWithoutCondition

            /// Whether the graph can run in spite of it.
            public var isHarmless: Bool { self == .duplicateEdge || self == .defaultWithoutCondition }
        }

        /// Where in the graph.
        public enum Place: Equatable, Sendable {
            case graph
            /// Index into `nodes`.
            case node(Int)
            /// Index into `nodes` and into the `edges` of that node.
            case edge(node: Int, edge: Int)
            case loop
            case loopTail
            case loopHead
            case exit
        }

        /// What is wrong.
        public var kind: Kind
        /// Where.
        public var place: Place
        /// The problem in a sentence without a full stop.
        public var message: String
        /// What to do about it, or a name that may have been meant.
        public var hint: String?
    }

    /// Everything that is wrong with the graph, in the order of the file. Empty when it can run.
    ///
    /// - Parameter known: every name that a member may have: agents and super agents of the project.
    public func problems(known: [String]) -> [Problem] {
        let places = Dictionary(nodes.indices.map { (nodes[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [Problem] = []
        if nodes.isEmpty {
            found.append(.init(kind: .noMembers, place: .graph, message: "a super agent needs at least one member"))
        }
        let knownNames = Set(known)
        for index in nodes.indices {
            // A search for similar names takes time. A file with this many mistakes gets no more suggestions.
            let advises = found.count < 50
            found += memberProblems(at: index, places: places, known: advises ? known : [], knownNames: knownNames)
            found += edgeProblems(at: index, places: places, advises: advises)
        }
        found += cycleProblems(places: places)
        found += loopProblems(places: places)
        if case .steps(_, let exit?) = course, places[exit] == nil {
            found.append(
                .init(
                    kind: .badExit, place: .exit, message: "'\(exit)' is not a member of this super agent",
                    hint: didYouMean(exit, nodes.map(\.name)) ?? "add it to agent_list"))
        }
        return found
    }

    private func memberProblems(
        at index: Int, places: [String: Int], known: [String], knownNames: Set<String>
    ) -> [Problem] {
        let name = nodes[index].name
        if let first = places[name], first != index {
            return [
                Problem(
                    kind: .duplicateMember, place: .node(index), message: "'\(name)' is a member twice",
                    hint: "put all of its next steps under the first one")
            ]
        }
        if knownNames.contains(name) { return [] }
        return [
            Problem(
                kind: .unknownMember, place: .node(index), message: "unknown agent '\(name)'",
                hint: didYouMean(name, known))
        ]
    }

    private func edgeProblems(at index: Int, places: [String: Int], advises: Bool) -> [Problem] {
        let node = nodes[index]
        var found: [Problem] = []
        var hasDefault = false
        var seen: Set<Edge> = []
        let hasCondition = node.edges.contains { if case .condition = $0.guard { true } else { false } }
        for (number, edge) in node.edges.enumerated() {
            let place = Problem.Place.edge(node: index, edge: number)
            if edge.target == node.name {
                found.append(
                    .init(
                        kind: .selfReference, place: place, message: "'\(node.name)' leads to itself",
                        hint: "to run an agent again, declare a loop: {from, to, condition, max_iterations}"))
            } else if places[edge.target] == nil {
                found.append(
                    .init(
                        kind: .unknownTarget, place: place,
                        message: "next step '\(edge.target)' is not a member of this super agent",
                        hint: didYouMean(edge.target, advises && found.count < 50 ? nodes.map(\.name) : [])
                            ?? "add it to agent_list"))
            }
            if !seen.insert(edge).inserted {
                found.append(
                    .init(kind: .duplicateEdge, place: place, message: "'\(edge.target)' is a next step twice"))
            }
            if case .otherwise = edge.guard, !hasDefault {
                hasDefault = true
                if !hasCondition {
                    found.append(
                        .init(
                            kind: .defaultWithoutCondition, place: place,
                            message: "a default without any condition is always taken", hint: "write the plain name"))
                }
            }
        }
        return found
    }

    /// One problem for every edge that closes a cycle, and one for every member that only a cycle leads to.
    private func cycleProblems(places: [String: Int]) -> [Problem] {
        let next = nodes.map { node in
            node.edges.enumerated().compactMap { number, edge -> (edge: Int, node: Int)? in
                guard let target = places[edge.target], edge.target != node.name else { return nil }
                return (number, target)
            }
        }
        var found: [Problem] = []
        var onCycle: Set<Int> = []
        var trail: [Int] = []
        var seen: Set<Int> = []
        // An explicit stack of (member, next edge): a long chain must not cost the thread's stack.
        for start in nodes.indices where !seen.contains(start) {
            var stack = [(node: start, step: 0)]
            seen.insert(start)
            trail = [start]
            while let top = stack.last {
                guard top.step < next[top.node].count else {
                    stack.removeLast()
                    trail.removeLast()
                    continue
                }
                stack[stack.count - 1].step += 1
                let way = next[top.node][top.step]
                if let begin = trail.firstIndex(of: way.node) {
                    let names = (trail[begin...] + [way.node]).map { "'\(nodes[$0].name)'" }
                    onCycle.formUnion(trail[begin...])
                    found.append(
                        .init(
                            kind: .cycle, place: .edge(node: top.node, edge: way.edge),
                            message: "this edge closes a cycle: \(names.joined(separator: " → "))",
                            hint: "to run agents again, declare a loop: {from, to, condition, max_iterations}"))
                } else if seen.insert(way.node).inserted {
                    stack.append((way.node, 0))
                    trail.append(way.node)
                }
            }
        }
        if onCycle.isEmpty { return found }
        return found + unreachable(next: next.map { $0.map(\.node) }, onCycle: onCycle)
    }

    private func unreachable(next: [[Int]], onCycle: Set<Int>) -> [Problem] {
        let entered = Set(next.joined())
        var reached = Set(nodes.indices).subtracting(entered)
        var open = Array(reached)
        while let node = open.popLast() {
            for target in next[node] where reached.insert(target).inserted { open.append(target) }
        }
        return nodes.indices.filter { !reached.contains($0) && !onCycle.contains($0) }.map {
            .init(
                kind: .unreachable, place: .node($0),
                message: "'\(nodes[$0].name)' is never reached: only a cycle leads to it")
        }
    }

    private func loopProblems(places: [String: Int]) -> [Problem] {
        guard let loop else { return [] }
        var found: [Problem] = []
        for (name, place) in [(loop.tail, Problem.Place.loopTail), (loop.head, .loopHead)] where places[name] == nil {
            found.append(
                .init(
                    kind: .badLoop, place: place, message: "'\(name)' is not a member of this super agent",
                    hint: didYouMean(name, nodes.map(\.name))))
        }
        if !(1...100).contains(loop.maxIterations) {
            found.append(.init(kind: .badLoop, place: .loop, message: "max_iterations must lie within 1…100"))
        }
        guard let tail = places[loop.tail], let head = places[loop.head] else { return found }
        var reached: Set<Int> = [head]
        var open = [head]
        while let node = open.popLast() {
            for target in nodes[node].edges.compactMap({ places[$0.target] }) where reached.insert(target).inserted {
                open.append(target)
            }
        }
        if !reached.contains(tail) {
            found.append(
                .init(
                    kind: .badLoop, place: .loopHead,
                    message: "a loop must lead back: '\(loop.head)' does not come before '\(loop.tail)'",
                    hint: "from is the last agent of the loop, to the first"))
        }
        return found
    }

    private func didYouMean(_ name: String, _ names: [String]) -> String? {
        nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
    }
}
