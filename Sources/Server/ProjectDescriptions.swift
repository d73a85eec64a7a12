import AudioCore
import FlowGraph
import JSONText
import Persistence
import ProjectModel
import Projects

/// Projects as the page and other programs read them.
enum ProjectDescriptions {
    /// `GET /api/projects`
    /// - Parameter only: the one project that the reader may know; nil for all.
    static func list(
        _ registry: ProjectRegistry, preferred: String?, of tenant: String = Tenant.standard, only: String? = nil
    ) -> JSON {
        let standard = registry.defaultName(preferred: preferred, of: tenant)
        let isShown = { (name: String) in only == nil || only == name }
        let listing = registry.listing(of: tenant).filter { isShown($0.name) }
        let projects = listing.map { name, version in
            JSON.object([
                ("name", .string(name)), ("version", .int(version)), ("default", .bool(name == standard)),
                ("source", source(isFile: registry.isFile(name, of: tenant))),
            ])
        }
        let broken = registry.brokenNames(of: tenant).filter(isShown).map { name in
            JSON.object([
                ("name", .string(name)),
                ("version", listing.first { $0.name == name }.map { .int($0.version) } ?? .null),
                ("errors", .array(registry.errors(of: name, of: tenant).map(error))),
            ])
        }
        return .object([("projects", .array(projects)), ("broken", .array(broken))])
    }

    private static func source(isFile: Bool) -> JSON { .string(isFile ? "file" : "http") }

    static func error(_ diagnostic: Diagnostic) -> JSON {
        .object([
            ("line", .int(diagnostic.line)), ("column", .int(diagnostic.column)), ("path", .string(diagnostic.path)),
            ("message", .string(diagnostic.message)), ("hint", diagnostic.hint.map(JSON.string) ?? .null),
        ])
    }

    /// `project 'x' has errors: line 8: …`, with at most three of them.
    static func problems(_ errors: [Diagnostic], of name: String) -> String {
        let most = 3
        let lines = errors.prefix(most).map { "line \($0.line): \($0.message)\($0.hint.map { " (\($0))" } ?? "")" }
        let more = errors.count > most ? ["and \(errors.count - most) more; 'parley validate' lists all"] : []
        return "project '\(name)' has errors: " + (lines + more).joined(separator: "; ")
    }

    /// `GET /api/projects/{name}`
    static func summary(of project: Project, isFile: Bool) -> JSON {
        .object([
            ("name", .string(project.name)), ("version", .int(project.version)), ("source", source(isFile: isFile)),
            ("vad_enabled", .bool(project.audio.vad != nil)), ("language", .string(project.audio.language)),
            ("silence_duration_ms", .int(Int(project.audio.silence.milliseconds.rounded()))),
            ("examples", .array(project.examples.map(JSON.string))),
            ("agents", .array((project.agents.map(\.name) + project.superAgents.map(\.name)).map(JSON.string))),
        ])
    }

    /// `GET /api/projects/{name}/graph`: the flattened graph of every agent that the orchestrator may ask. A super agent
    /// without a summary has no node: what leads to its end leads on from there. What may run several times has one node.
    static func graph(of project: Project) -> JSON {
        let graphs = Dictionary(
            project.superAgents.map { ($0.name, $0.graph) }, uniquingKeysWith: { first, _ in first })
        var nodes: [JSON] = []
        var edges: [JSON] = []
        for name in project.orchestrator.agentNames {
            let plan = FlowPlan(running: name, graphs: graphs)
            var drawn: Set<String> = []
            var ways: Set<DrawnWay> = []
            for node in plan.nodes where works(node, in: project) {
                if drawn.insert(node.place).inserted { nodes.append(describe(node, of: project)) }
                for way in visibleWays(from: node, of: plan, in: project) where ways.insert(way).inserted {
                    edges.append(
                        .object([
                            ("from", .string(way.from)), ("to", .string(way.to)),
                            ("label", way.label.map(JSON.string) ?? .null),
                        ]))
                }
            }
        }
        return .object([
            ("name", .string(project.name)),
            ("orchestrator", .object([("agents", .array(project.orchestrator.agentNames.map(JSON.string)))])),
            ("nodes", .array(nodes)), ("edges", .array(edges)),
        ])
    }

    /// An edge, between the places of nodes.
    private struct DrawnWay: Hashable {
        var from: String
        var to: String
        var label: String?
    }

    /// Whether a node does anything of its own: the end of a super agent that closes with no summary only collects, and a
    /// chooser only says who does.
    private static func works(_ node: FlowPlan.Node, in project: Project) -> Bool {
        switch node.kind {
        case .agent: return true
        case .choosing: return false
        case .closing(let name):
            let superAgent = project.superAgent(named: name)
            if case .evaluation? = superAgent?.program { return true }
            return superAgent?.summarizes == true
        }
    }

    /// The ways from a node to the next that work. Ways of a plan lead to later nodes only, so this ends.
    private static func visibleWays(
        from node: FlowPlan.Node, of plan: FlowPlan, in project: Project
    ) -> [DrawnWay] {
        node.ways.flatMap { way -> [DrawnWay] in
            let next = plan.nodes[way.target]
            if isBack(from: node, to: next, in: project) { return [] }
            let label = node.isChooser ? nil : way.guard.label
            if works(next, in: project) { return [DrawnWay(from: node.place, to: next.place, label: label)] }
            return visibleWays(from: next, of: plan, in: project).map {
                DrawnWay(from: node.place, to: $0.to, label: label ?? $0.label)
            }
        }
    }

    /// Whether a way leads to another run of the members: what follows there is drawn already.
    private static func isBack(from node: FlowPlan.Node, to next: FlowPlan.Node, in project: Project) -> Bool {
        if case .choosing(_, let step) = next.kind, step > 1 { return true }
        guard let superAgent = node.superAgents.first.flatMap(project.superAgent(named:)),
            case .trials = superAgent.graph.course
        else { return false }
        return next.superAgents.contains(superAgent.name)
    }

    private static func describe(_ node: FlowPlan.Node, of project: Project) -> JSON {
        let speaks: Bool
        let kind: String
        switch node.kind {
        case .agent:
            speaks =
                project.voice(of: node.name, within: node.superAgents) != nil
                && project.audibility(of: node.name, within: node.superAgents) != .never
            kind = "agent"
        case .closing(let name):
            speaks = project.voice(of: name, within: node.superAgents) != nil
            kind = "closing"
        case .choosing:
            (speaks, kind) = (false, "choosing")
        }
        let voice = speaks ? project.voiceName(of: node.name, within: node.superAgents) : nil
        let description =
            project.agent(named: node.name)?.description ?? project.superAgent(named: node.name)?.description
        return .object([
            ("id", .string(node.place)), ("name", .string(node.name)), ("kind", .string(kind)),
            ("super_agent", node.superAgents.first.map(JSON.string) ?? .null), ("speaks", .bool(speaks)),
            ("voice", voice.map(JSON.string) ?? .null), ("description", .string(description ?? "")),
        ])
    }
}

extension FlowGraph.Edge.Guard {
    /// What stands beside the edge.
    fileprivate var label: String? {
        switch self {
        case .always: nil
        case .condition(let text): text
        case .otherwise: "otherwise"
        }
    }
}
