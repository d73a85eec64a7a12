import FlowGraph
import ProjectModel

extension ProjectReader {
    /// Where the parts of a graph stand in the file.
    struct GraphMarks {
        var graph: Located<Void>
        var nodes: [Located<Void>] = []
        var edges: [[Located<Void>]] = []
        var loop: Located<Void>?
        var loopTail: Located<Void>?
        var loopHead: Located<Void>?
        var exit: Located<Void>?

        func place(of place: FlowGraph.Problem.Place) -> Located<Void> {
            switch place {
            case .graph: graph
            case .node(let node): nodes[node]
            case .edge(let node, let edge): edges[node][edge]
            case .loop: loop ?? graph
            case .loopTail: loopTail ?? graph
            case .loopHead: loopHead ?? graph
            case .exit: exit ?? graph
            }
        }
    }

    private static let nextStepHint =
        "write next_step: [\"agent name\"], or next_step: [{condition: \"…\", to: [\"agent name\"]}]"

    /// Under which keys files name a member in the place of `to`.
    private static let otherTargets = [
        "step_name", "agent_name", "next_step", "name", "agent", "step", "target", "goto",
    ]

    private typealias MarkedEdge = (edge: FlowGraph.Edge, place: Located<Void>)

    /// `agent_list` and `loop` of a super agent's `config`.
    func graph(_ config: inout NodeReader) -> (FlowGraph, GraphMarks) {
        var marks = GraphMarks(
            graph: Located(value: (), mark: config.keyMark("agent_list"), path: config.path(of: "agent_list")))
        var nodes: [FlowGraph.Node] = []
        _ = config.blocks("agent_list", required: true, hint: "write - agent_name: \"…\"") { member in
            let name = self.agentName(&member)
            let mode = member.choice("mode", default: FlowGraph.TriageMode.allMatch)
            let edges = self.edges(&member)
            guard let name else { return }
            nodes.append(.init(name: name.value, edges: edges.map(\.edge), mode: mode))
            marks.nodes.append(Located(value: (), mark: name.mark, path: name.path))
            marks.edges.append(edges.map(\.place))
        }
        let loop = config.block("loop") { loop -> FlowGraph.Loop? in
            let tail = loop.text("from", required: true)
            let head = loop.text("to", required: true)
            let condition = loop.text("condition", required: true)
            let count = loop.int("max_iterations", in: 1...100, default: 2).value
            marks.loop = Located(value: (), mark: loop.mark, path: loop.path)
            marks.loopTail = tail.map { Located(value: (), mark: $0.mark, path: $0.path) }
            marks.loopHead = head.map { Located(value: (), mark: $0.mark, path: $0.path) }
            guard let tail, let head, let condition else { return nil }
            return .init(
                tail: tail.value, head: head.value, condition: condition.value, maxIterations: count)
        }
        return (FlowGraph(nodes: nodes, loop: loop ?? nil), marks)
    }

    /// The `next_step` list of one member: names and triage entries, mixed.
    private func edges(_ member: inout NodeReader) -> [MarkedEdge] {
        let pattern = member.pattern(of: "next_step") + "[]"
        var edges: [MarkedEdge] = []
        var defaultLine: Int?
        for step in member.list("next_step", hint: Self.nextStepHint) ?? [] {
            if let name = step.value.text {
                edges.append((.init(to: name), Located(value: (), mark: step.mark, path: step.path)))
                continue
            }
            let hint = "a name, or {condition: \"…\", to: [names]}, or {default: true, to: [names]}"
            let triage = NodeReader.open(step, pattern: pattern, in: context, hint: hint) { entry in
                self.triage(&entry, defaultLine: &defaultLine)
            }
            edges += triage ?? []
        }
        return edges
    }

    private func triage(_ entry: inout NodeReader, defaultLine: inout Int?) -> [MarkedEdge] {
        let condition = entry.text("condition")
        let isDefault = entry.bool("default")
        let hint = "write to: [\"\(entry.node(at: "to")?.text ?? "agent name")\"]"
        let targets = (entry.list("to", inPlaceOf: Self.otherTargets, hint: hint) ?? []).compactMap {
            target -> Located<String>? in
            if let name = target.value.text { return Located(value: name, mark: target.mark, path: target.path) }
            context.report(
                .error, at: target.mark, path: target.path, "must be an agent's name, not \(target.value.kind)")
            return nil
        }
        let edgeGuard: FlowGraph.Edge.Guard
        switch (condition, isDefault) {
        case (let condition?, nil):
            edgeGuard = .condition(condition.value)
            if condition.value.isEmpty {
                context.report(.error, at: condition.mark, path: condition.path, "a condition is a sentence")
            }
        case (nil, let isDefault?) where isDefault.value:
            edgeGuard = .otherwise
            if let first = defaultLine {
                context.report(
                    .error, at: isDefault.mark, path: isDefault.path, "a second default in the same list",
                    hint: "put all names into the 'to' of the first, in line \(first)")
            }
            defaultLine = defaultLine ?? isDefault.mark.line
        default:
            context.report(
                .error, at: entry.mark, path: entry.path, "a triage entry has either a condition or default: true",
                hint: "plain names need no block")
            return []
        }
        return targets.map { (.init(to: $0.value, when: edgeGuard), Located(value: (), mark: $0.mark, path: $0.path)) }
    }
}
