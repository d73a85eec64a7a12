import FlowGraph
import ProjectModel

/// The words of one diagram language.
protocol DiagramSyntax {
    var opening: String { get }
    var closing: String? { get }
    /// Nodes may be drawn only once the groups they stand in are.
    func node(_ id: String, label: String, isRound: Bool) -> String
    func beginGroup(_ id: String, label: String) -> String
    var endGroup: String { get }
    func edge(_ from: String, _ to: String, label: String?, isBack: Bool) -> String
}

/// Draws a project as a diagram: the orchestrator, a group for every super agent, the agents, and all edges.
struct DiagramRenderer<Syntax: DiagramSyntax> {
    let project: Project
    let syntax: Syntax

    func render() -> String {
        var drawing = Drawing()
        drawing.lines = [syntax.opening, "  " + syntax.node("orchestrator", label: project.name, isRound: true)]
        for name in project.roots {
            let ends = add(name, within: [], indent: "  ", to: &drawing)
            drawing.edges += ends.entries.map { syntax.edge("orchestrator", $0, label: nil, isBack: false) }
        }
        drawing.lines += drawing.edges.map { "  " + $0 }
        if let closing = syntax.closing { drawing.lines.append(closing) }
        return drawing.lines.joined(separator: "\n") + "\n"
    }

    private struct Drawing {
        var lines: [String] = []
        var edges: [String] = []
        var count = 0

        mutating func id(_ prefix: String) -> String {
            count += 1
            return "\(prefix)\(count)"
        }
    }

    /// Draws one agent or super agent; tells which of its nodes are entered and which are left.
    private func add(
        _ name: String, within path: [String], indent: String, to drawing: inout Drawing
    ) -> (entries: [String], exits: [String]) {
        guard let graph = project.superAgent(named: name)?.graph, !path.contains(name), !graph.nodes.isEmpty,
            drawing.count < FlowPlan.maximumNodes
        else {
            let id = drawing.id("agent")
            drawing.lines.append(indent + syntax.node(id, label: name, isRound: false))
            return ([id], [id])
        }
        let label = graph.course.note.map { "\(name): \($0)" } ?? name
        drawing.lines.append(indent + syntax.beginGroup(drawing.id("group"), label: label))
        var members: [String: (entries: [String], exits: [String])] = [:]
        var seen: Set<String> = []
        // In a file with errors a member may stand twice.
        let nodes = graph.nodes.filter { seen.insert($0.name).inserted }
        for node in nodes {
            members[node.name] = add(node.name, within: path + [name], indent: indent + "  ", to: &drawing)
        }
        drawing.lines.append(indent + syntax.endGroup)
        for node in graph.nodes {
            for edge in node.edges { connect(members[node.name], members[edge.target], edge.guard.label, to: &drawing) }
        }
        if case .steps(_, let exit?) = graph.course, members[exit] != nil {
            let others = nodes.filter { $0.name != exit }
            for node in others { connect(members[node.name], members[exit], nil, to: &drawing) }
            let first = others.isEmpty ? nodes : others
            return (first.flatMap { members[$0.name]?.entries ?? [] }, members[exit]?.exits ?? [])
        }
        if let loop = graph.loop {
            let label = "\(loop.condition) (at most \(loop.maxIterations) times)"
            connect(members[loop.tail], members[loop.head], label, isBack: true, to: &drawing)
        }
        let entered = Set(graph.nodes.flatMap { $0.edges.map(\.target) })
        return (
            nodes.filter { !entered.contains($0.name) }.flatMap { members[$0.name]?.entries ?? [] },
            nodes.filter { $0.edges.isEmpty }.flatMap { members[$0.name]?.exits ?? [] }
        )
    }

    private func connect(
        _ from: (entries: [String], exits: [String])?, _ to: (entries: [String], exits: [String])?, _ label: String?,
        isBack: Bool = false, to drawing: inout Drawing
    ) {
        for exit in from?.exits ?? [] {
            for entry in to?.entries ?? [] {
                drawing.edges.append(syntax.edge(exit, entry, label: label, isBack: isBack))
            }
        }
    }
}

/// https://mermaid.js.org, `flowchart`.
struct MermaidSyntax: DiagramSyntax {
    let opening = "flowchart TD"
    let closing: String? = nil
    let endGroup = "end"

    func node(_ id: String, label: String, isRound: Bool) -> String {
        isRound ? "\(id)([\(quoted(label))])" : "\(id)[\(quoted(label))]"
    }

    func beginGroup(_ id: String, label: String) -> String { "subgraph \(id)[\(quoted(label))]" }

    func edge(_ from: String, _ to: String, label: String?, isBack: Bool) -> String {
        let arrow = isBack ? "-.->" : "-->"
        return "\(from) \(arrow)" + (label.map { "|\(quoted($0))|" } ?? "") + " \(to)"
    }

    /// Mermaid has entities instead of escapes, and reads Markdown and HTML in labels.
    private func quoted(_ text: String) -> String {
        let safe = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "#", "<", ">", "&", "`", "\\", "\n", "\r": "#\(scalar.value);"
            default: String(scalar)
            }
        }
        return "\"\(safe.joined())\""
    }
}

/// https://graphviz.org
struct DotSyntax: DiagramSyntax {
    let opening = "digraph project {\n  node [shape=box, style=rounded];"
    let closing: String? = "}"
    let endGroup = "}"

    func node(_ id: String, label: String, isRound: Bool) -> String {
        "\(id) [label=\(quoted(label))\(isRound ? ", shape=oval" : "")];"
    }

    func beginGroup(_ id: String, label: String) -> String { "subgraph cluster_\(id) { label=\(quoted(label));" }

    func edge(_ from: String, _ to: String, label: String?, isBack: Bool) -> String {
        var attributes = label.map { ["label=\(quoted($0))"] } ?? []
        if isBack { attributes += ["style=dashed", "constraint=false"] }
        return "\(from) -> \(to)" + (attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]") + ";"
    }

    private func quoted(_ text: String) -> String {
        let safe = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n", "\r": "\\n"
            default: String(scalar)
            }
        }
        return "\"\(safe.joined())\""
    }
}
