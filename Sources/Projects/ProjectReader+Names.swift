import FlowGraph
import ProjectModel

extension ProjectReader {
    /// Checks that need the whole file: names are unique and known, and graphs can run.
    func checkNames(agents: [AgentBlock], superAgents: [SuperAgentBlock], orchestrator: OrchestratorBlock?) {
        let declared = agents.compactMap(\.name) + superAgents.compactMap(\.name)
        checkUnique(declared)
        // Without agents every reference is broken, and there is one thing to say, which has been said.
        if agents.isEmpty { return }
        let names = declared.map(\.value)
        let known = Set(names)
        var used: Set<String> = []

        var routed: Set<String> = []
        for name in orchestrator?.names ?? [] {
            if !routed.insert(name.value).inserted {
                context.report(.warning, at: name.mark, path: name.path, "'\(name.value)' is listed twice")
            }
            if !known.contains(name.value) {
                context.report(
                    .error, at: name.mark, path: name.path, "unknown agent '\(name.value)'",
                    hint: didYouMean(name.value, names))
            }
        }
        used.formUnion(routed)
        for block in superAgents where !context.isFull {
            used.formUnion(block.agent.graph.nodes.map(\.name))
            for problem in block.agent.graph.problems(known: names) {
                // `required` has already said so.
                if problem.kind == .noMembers { continue }
                let place = block.marks.place(of: problem.place)
                context.report(
                    problem.kind.isHarmless ? .warning : .error, at: place.mark, path: place.path, problem.message,
                    hint: problem.hint)
            }
        }
        checkNesting(superAgents)
        // A misspelt reference also leaves the agent that was meant unused; saying so would only add noise.
        if context.hasErrors { return }
        for name in declared where !used.contains(name.value) {
            context.report(
                .warning, at: name.mark, path: name.path, "no other agent uses '\(name.value)'",
                hint: "list it under orchestrator.agent_list or in a super agent")
        }
    }

    private func checkUnique(_ declared: [Located<String>]) {
        var first: [String: Mark] = [:]
        for name in declared {
            if let mark = first[name.value] {
                context.report(
                    .error, at: name.mark, path: name.path, "a second agent named '\(name.value)'",
                    hint: "the first one is in line \(mark.line)")
            } else {
                first[name.value] = name.mark
            }
        }
    }

    /// Super agents within each other without end, or more of them than a plan holds.
    private func checkNesting(_ blocks: [SuperAgentBlock]) {
        let graphs = Dictionary(blocks.map { ($0.agent.name, $0.agent.graph) }, uniquingKeysWith: { first, _ in first })
        for block in blocks {
            for (index, node) in block.agent.graph.nodes.enumerated()
            where contains(node.name, block.agent.name, graphs) {
                let place = block.marks.nodes[index]
                context.report(
                    .error, at: place.mark, path: place.path,
                    node.name == block.agent.name
                        ? "'\(node.name)' is a member of itself"
                        : "'\(node.name)' runs '\(block.agent.name)' again: this would never end")
            }
        }
        if context.hasErrors { return }
        for block in blocks where FlowPlan.size(of: block.agent.name, graphs: graphs) > FlowPlan.maximumNodes {
            let place = block.name.map { Located(value: (), mark: $0.mark, path: $0.path) } ?? block.marks.graph
            context.report(
                .error, at: place.mark, path: place.path,
                "'\(block.agent.name)' runs more than \(FlowPlan.maximumNodes) agents, nested ones included, "
                    + "or nests them too deep", hint: block.agent.graph.course.sizeHint)
        }
    }

    /// Whether running `name` runs `wanted`.
    private func contains(_ name: String, _ wanted: String, _ graphs: [String: FlowGraph]) -> Bool {
        var seen: Set = [name]
        var open = [name]
        while let name = open.popLast() {
            if name == wanted { return true }
            for node in graphs[name]?.nodes ?? [] where seen.insert(node.name).inserted { open.append(node.name) }
        }
        return false
    }
}

extension FlowGraph.Course {
    /// What makes a plan of it smaller.
    fileprivate var sizeHint: String? {
        switch self {
        case .edges: nil
        case .steps: "each step may run any of its members: lower max_steps, or name fewer members"
        case .trials: "each sample runs its agent once: write fewer samples"
        }
    }
}
