import FlowGraph

/// A project of many agents: super agents of 250 agents each, in layers of ten that feed each other, as files of people look:
/// a description of a line, and a condition on every fifth edge.
struct GeneratedProject {
    let agents: Int
    private static let members = 250
    private static let layer = 10

    private var teams: [[String]] {
        stride(from: 0, to: agents, by: Self.members).map { start in
            (start..<min(start + Self.members, agents)).map { "Agent \($0)" }
        }
    }

    /// The project file.
    var yaml: String {
        var lines = ["orchestrator:", "  agent_list:"]
        lines += teams.indices.map { "    - agent_name: Team \($0)" }
        lines += ["super_agents:"]
        for (number, team) in teams.enumerated() {
            lines += [
                "  - agent_class: FlowSuperAgent", "    agent_name: Team \(number)",
                "    agent_description: Answers questions of kind \(number).", "    config:",
                "      goal: Answer the caller.", "      agent_list:",
            ]
            for (index, name) in team.enumerated() {
                lines.append("        - agent_name: \(name)")
                let next = followers(of: index, in: team)
                if next.isEmpty { continue }
                lines.append("          next_step:")
                if index.isMultiple(of: 5) {
                    lines += [
                        "            - {condition: The answer names the topic \(index)., to: [\(next[0])]}",
                        "            - {default: true, to: [\(next[next.count - 1])]}",
                    ]
                } else {
                    lines += next.map { "            - \($0)" }
                }
            }
        }
        lines += ["utility_agents:"]
        for name in teams.joined() {
            lines += [
                "  - agent_class: PlanningAgent", "    agent_name: \(name)",
                "    agent_description: \(name) knows one topic well and answers in two short sentences.",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Two agents of the next layer.
    private func followers(of index: Int, in team: [String]) -> [String] {
        let next = (index / Self.layer + 1) * Self.layer
        let place = index % Self.layer
        return [next + place, next + (place + 1) % Self.layer].filter { $0 < team.count }.map { team[$0] }
    }
}

/// Graphs whose scheduling is measured, all without conditions.
enum Shape: String, CaseIterable {
    /// One after the other.
    case chain
    /// All at once, and a last one behind them.
    case fan
    /// Layers of ten, each agent behind two of the layer before.
    case layers

    func plan(agents: Int) -> FlowPlan {
        let nodes = (0..<agents).map { index in
            FlowGraph.Node(name: "a\(index)", edges: followers(of: index, agents).map { FlowGraph.Edge(to: "a\($0)") })
        }
        return FlowPlan(running: "team", graphs: ["team": FlowGraph(nodes: nodes)])
    }

    private func followers(of index: Int, _ agents: Int) -> [Int] {
        switch self {
        case .chain: index + 1 < agents ? [index + 1] : []
        case .fan: index + 1 < agents ? [agents - 1] : []
        case .layers:
            [index + 10, index / 10 * 10 + 10 + (index + 1) % 10].filter { $0 < agents }
        }
    }
}
