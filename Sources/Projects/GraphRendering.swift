import FlowGraph
import ProjectModel

/// How a project's agents and edges are drawn as text.
public enum GraphFormat: String, Sendable, CaseIterable {
    /// A tree for a terminal.
    case text
    /// A Mermaid flowchart.
    case mermaid
    /// Graphviz.
    case dot
}

extension Project {
    /// Whether there is nothing to draw.
    public var isBlank: Bool { roots.isEmpty }

    /// The project's graph, with a newline at the end.
    public func graph(_ format: GraphFormat) -> String {
        switch format {
        case .text: TextGraph(project: self).render()
        case .mermaid: DiagramRenderer(project: self, syntax: MermaidSyntax()).render()
        case .dot: DiagramRenderer(project: self, syntax: DotSyntax()).render()
        }
    }
}

extension Project {
    /// What a drawing begins with: whom the orchestrator may ask; where no one can be asked, whoever no super agent runs.
    var roots: [String] {
        if !orchestrator.agentNames.isEmpty { return orchestrator.agentNames }
        let run = Set(superAgents.flatMap { $0.graph.nodes.map(\.name) })
        let names = superAgents.map(\.name) + agents.map(\.name)
        return names.filter { !$0.isEmpty && !run.contains($0) }
    }
}

extension FlowGraph.Course {
    /// How the members run, where no edges say it.
    var note: String? {
        switch self {
        case .edges: nil
        case .steps(let most, _): "one at a time, \(most) step\(most == 1 ? "" : "s") at most"
        case .trials: "tries its members and reports"
        }
    }
}

extension FlowGraph.Edge.Guard {
    /// The label of the edge.
    var label: String? {
        switch self {
        case .always: nil
        case .condition(let text): text
        case .otherwise: "otherwise"
        }
    }
}

/// The tree: who runs whom, and under each member where it leads.
private struct TextGraph {
    let project: Project

    private struct Item {
        var text: String
        var children: [Item] = []
    }

    func render() -> String {
        let orchestrator = project.orchestrator
        var root = Item(text: "\(project.name)\(orchestrator.routes ? "" : "  (everything goes to the first)")")
        var left = FlowPlan.maximumNodes
        root.children = project.roots.map { item(for: $0, within: [], notes: [], left: &left) }
        var lines = [root.text]
        draw(root.children, indent: "", into: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Parameter left: how many more members are drawn: a file with errors may nest super agents without end.
    private func item(for name: String, within path: [String], notes: [String], left: inout Int) -> Item {
        left -= 1
        guard let superAgent = project.superAgent(named: name), !path.contains(name), left > 0 else {
            return Item(text: line(name, notes: notes + voiceNotes(of: name, within: path)))
        }
        let graph = superAgent.graph
        var all = notes + voiceNotes(of: name, within: path)
        all += graph.course.note.map { [$0] } ?? []
        if superAgent.summarizes { all.append("closes with a summary") }
        if superAgent.floor == .graphOrder { all.append("speaks in the order of the graph") }
        var item = Item(text: line(name, notes: all))
        let entered = Set(graph.nodes.flatMap { $0.edges.map(\.target) })
        for (index, node) in graph.nodes.enumerated() {
            let notes: [String]
            switch graph.course {
            case .edges:
                notes =
                    (entered.contains(node.name) ? [] : ["starts"]) + (node.mode == .firstMatch ? ["first match"] : [])
            case .steps(_, let exit): notes = node.name == exit ? ["closes"] : []
            case .trials(let runs):
                notes = runs.indices.contains(index) ? ["\(runs[index]) sample\(runs[index] == 1 ? "" : "s")"] : []
            }
            var member = self.item(for: node.name, within: [name] + path, notes: notes, left: &left)
            member.children =
                node.edges.map { edge in
                    Item(text: "→ \(edge.target)" + (edge.guard.label.map { "  [\($0)]" } ?? ""))
                } + member.children
            if let loop = graph.loop, loop.tail == node.name {
                member.children.append(
                    Item(text: "↺ \(loop.head)  [\(loop.condition); at most \(loop.maxIterations) times]"))
            }
            item.children.append(member)
        }
        return item
    }

    private func line(_ name: String, notes: [String]) -> String {
        notes.isEmpty ? name : "\(name)  (\(notes.joined(separator: ", ")))"
    }

    private func voiceNotes(of name: String, within path: [String]) -> [String] {
        let standIn = project.agent(named: name)?.program.standIn.map { ["stands in for \($0.agentClass)"] } ?? []
        guard let voice = project.voice(of: name, within: path), project.audibility(of: name, within: path) != .never
        else { return standIn + ["text only"] }
        let own = project.agent(named: name).flatMap { $0.speaksItself ? $0.languageModel : nil }
        return standIn + [project.voiceName(of: name, within: path) ?? "\((own ?? voice.model).first)"]
    }

    private func draw(_ items: [Item], indent: String, into lines: inout [String]) {
        for (index, item) in items.enumerated() {
            let isLast = index == items.count - 1
            lines.append(indent + (isLast ? "└─ " : "├─ ") + item.text)
            draw(item.children, indent: indent + (isLast ? "   " : "│  "), into: &lines)
        }
    }
}
