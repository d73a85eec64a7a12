/// What runs when one agent or super agent is asked: nested super agents flattened into one graph without cycles.
///
/// Every super agent contributes its members and one closing node, which follows all of them. Edges to a nested super
/// agent lead to those of its members that start it; edges out of it leave from its closing node. A plan can be made
/// from any graph: of a graph that `FlowGraph.problems` refuses, edges that lead nowhere or back are left out.
public struct FlowPlan: Equatable, Sendable {
    /// One thing to run.
    public struct Node: Equatable, Sendable {
        /// What a node does.
        public enum Kind: Equatable, Sendable {
            /// Asks the agent of that name.
            case agent(String)
            /// Ends the round of the super agent of that name, after all its members.
            case closing(superAgent: String)
            /// Chooses which member of the super agent of that name runs next. Its ways have the members' names as
            /// conditions; it gives no answer of its own.
            case choosing(superAgent: String, step: Int)
        }

        /// Unique in the plan: the names on the way to it, joined by `/`. A closing node has its super agent's path. What may
        /// run several times has the number of the run, from 1, behind a `#`.
        public var id: String
        /// What it does.
        public var kind: Kind
        /// The super agents that run it, innermost first; a closing node's own super agent is not among them.
        public var superAgents: [String]
        /// Its place in the order of the graph: that of the file, depth first, but never before a parent.
        /// Equal to its index in `nodes`.
        public var order: Int
        /// The nodes that it waits for, by index, ascending.
        public internal(set) var parents: [Int] = []
        /// The ways on.
        public internal(set) var ways: [Way] = []
        /// How many true conditions are followed.
        public internal(set) var mode = FlowGraph.TriageMode.allMatch

        /// The agent's name, or the super agent's for a closing node.
        public var name: String {
            switch kind {
            case .agent(let name), .closing(let name), .choosing(let name, _): name
            }
        }

        /// Whether it only chooses who runs next.
        public var isChooser: Bool { if case .choosing = kind { true } else { false } }

        /// Its `id` without the numbers of runs: one name for whatever runs several times.
        public var place: String {
            id.split(separator: "/", omittingEmptySubsequences: false).map { $0.prefix { $0 != "#" } }
                .joined(separator: "/")
        }

        /// The conditions on its ways, each once, in the order of the file.
        public var conditions: [String] {
            var found: [String] = []
            for way in ways {
                if case .condition(let text) = way.guard, !found.contains(text) { found.append(text) }
            }
            return found
        }
    }

    /// One way on from a node.
    public struct Way: Equatable, Sendable {
        /// The node that it leads to, by index; always a later one.
        public var target: Int
        /// When it is taken.
        public var `guard`: FlowGraph.Edge.Guard
    }

    /// A way back, with what runs again.
    public struct Loop: Equatable, Sendable {
        /// The node after which the condition is judged, by index.
        public var tail: Int
        /// The condition for another round.
        public var condition: String
        /// How often the flow goes back at most.
        public var maxIterations: Int
        /// Everything that runs again, by index, ascending; the last is `tail`.
        public var body: [Int]
    }

    /// The largest number of nodes of a plan. Further nodes are left out. Use `FlowPlan.size` to check beforehand.
    public static let maximumNodes = 500

    /// In the order of the graph.
    public internal(set) var nodes: [Node] = []
    /// The ways back, inner ones before those around them.
    public internal(set) var loops: [Loop] = []

    /// A plan with one agent in it, and no closing node.
    public init(agent name: String) {
        nodes = [Node(id: Self.escaped(name), kind: .agent(name), superAgents: [], order: 0)]
    }

    /// The plan of `name`: of a super agent when `graphs` has a graph of that name, else of a single agent.
    ///
    /// - Parameter graphs: the graph of every super agent of the project, by name.
    public init(running name: String, graphs: [String: FlowGraph]) {
        guard let graph = graphs[name] else {
            self.init(agent: name)
            return
        }
        var builder = FlowPlanBuilder(graphs: graphs)
        builder.flatten(graph, at: [.init(name)])
        self.init(nodes: builder.nodes, loops: builder.loops)
    }

    init(nodes: [Node], loops: [Loop]) {
        self.nodes = nodes
        self.loops = loops
        for node in nodes {
            for target in Set(node.ways.map(\.target)) { self.nodes[target].parents.append(node.order) }
        }
    }

    /// The node with that id.
    public func node(_ id: String) -> Node? { nodes.first { $0.id == id } }

    /// How many nodes the plan of `name` would have, without making it; `Int.max` stands for any unreasonable number
    /// and for super agents nested in each other without end.
    public static func size(of name: String, graphs: [String: FlowGraph]) -> Int {
        var known: [String: Int] = [:]
        return size(of: name, graphs: graphs, known: &known, within: [])
    }

    private static func size(
        of name: String, graphs: [String: FlowGraph], known: inout [String: Int], within: [String]
    ) -> Int {
        guard let graph = graphs[name] else { return 1 }
        if let size = known[name] { return size }
        if within.contains(name) || within.count >= FlowPlanBuilder.deepestNesting { return .max }
        var total = 1 + graph.choosers
        for (index, node) in graph.nodes.enumerated() {
            let (runs, isTooLarge) = size(of: node.name, graphs: graphs, known: &known, within: within + [name])
                .multipliedReportingOverflow(by: graph.runs(of: index))
            let (sum, overflow) = total.addingReportingOverflow(runs)
            total = overflow || isTooLarge ? .max : sum
            if total == .max { break }
        }
        known[name] = total
        return total
    }

    /// A name as part of an id: marks of an id are written as in a URL.
    static func escaped(_ name: String) -> String {
        if !name.unicodeScalars.contains(where: { $0 == "/" || $0 == "%" || $0 == "#" }) { return name }
        return name.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "/": text += "%2F"
            case "%": text += "%25"
            case "#": text += "%23"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
