import FlowGraph
import TestSupport

/// SplitMix64: the same seed gives the same graphs on every machine.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// What a random graph may contain.
struct Shape {
    var members = 1...9
    var conditions = false
    var nesting = 0
    var loops = false
}

/// The super agents of one random project; the one to run is called `S`.
func randomGraphs(_ shape: Shape, using random: inout Seeded) -> [String: FlowGraph] {
    var graphs: [String: FlowGraph] = [:]
    addGraph("S", shape, to: &graphs, using: &random)
    return graphs
}

private func addGraph(_ name: String, _ shape: Shape, to graphs: inout [String: FlowGraph], using random: inout Seeded)
{
    let count = Int.random(in: shape.members, using: &random)
    let names = (0..<count).map { number -> String in
        guard shape.nesting > 0, random.chance(25) else { return "a\(number)" }
        var inner = shape
        inner.nesting -= 1
        addGraph("\(name).\(number)", inner, to: &graphs, using: &random)
        return "\(name).\(number)"
    }
    var nodes = names.map { FlowGraph.Node(name: $0, mode: random.chance(50) ? .allMatch : .firstMatch) }
    for from in names.indices {
        for to in names.indices where to > from && random.chance(30) {
            let choice = shape.conditions ? Int.random(in: 0..<4, using: &random) : 0
            let edgeGuard: FlowGraph.Edge.Guard =
                switch choice {
                case 1: .condition("c\(Int.random(in: 0..<3, using: &random))")
                case 2: .otherwise
                default: .always
                }
            nodes[from].edges.append(.init(to: names[to], when: edgeGuard))
        }
    }
    var graph = FlowGraph(nodes: nodes)
    if shape.loops, let loop = randomLoop(in: nodes, using: &random) { graph.loop = loop }
    graph.nodes.shuffle(using: &random)
    graphs[name] = graph
}

private func randomLoop(in nodes: [FlowGraph.Node], using random: inout Seeded) -> FlowGraph.Loop? {
    let head = Int.random(in: nodes.indices, using: &random)
    var reached = [nodes[head].name]
    for node in nodes[head...] where reached.contains(node.name) { reached += node.edges.map(\.target) }
    guard let tail = reached.randomElement(using: &random) else { return nil }
    return .init(
        tail: tail, head: nodes[head].name, condition: "again",
        maxIterations: Int.random(in: 1...3, using: &random))
}
