import FlowGraph
import TestSupport
import Testing

/// What the machine did, and what it broke on the way.
private struct Run {
    var starts: [String: Int] = [:]
    var skipped: Set<String> = []
    var order: [String] = []
    /// Whose answers each node got when it last started.
    var ancestors: [String: [String]] = [:]
    var completions = 0
    var violations: [String] = []
}

/// How the outside world answers.
private struct World {
    /// Seeds which conditions hold and who fails; the order of completions has a seed of its own.
    var seed: UInt64
    var failures = 0
    var loopsHold = 0

    func holds(_ id: String, _ condition: String, round: Int) -> Bool {
        if condition == "again" { return round <= loopsHold }
        return hash(id + condition) % 2 == 0
    }

    func fails(_ id: String) -> Bool { hash(id) % 100 < UInt64(failures) }

    private func hash(_ text: String) -> UInt64 {
        var random = Seeded(text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        return random.next()
    }
}

/// Runs a plan to its end, completing the running nodes in random order, and with nonsense events in between.
private func run(_ plan: FlowPlan, in world: World, order seed: UInt64, nonsense: Bool = false) -> Run {
    var machine = FlowMachine(plan: plan)
    var random = Seeded(seed)
    var result = Run()
    var running: [String] = []
    var toJudge: [(id: String, conditions: [String])] = []
    var settled: Set<String> = []
    /// Who gave an answer when it last ran.
    var answered: Set<String> = []

    func perform(_ actions: [FlowMachine.Action]) {
        let known = answered
        for action in actions {
            if result.completions > 0 { result.violations.append("\(action) after completion") }
            switch action {
            case .start(let id, let ancestors):
                if !known.isSuperset(of: ancestors) {
                    result.violations.append("\(id) got answers that are not there")
                }
                if Set(ancestors).count < ancestors.count { result.violations.append("\(id) got an answer twice") }
                if let node = plan.node(id) { result.violations += violations(of: ancestors, for: node, in: plan) }
                let all = plan.node(id)?.parents.map { plan.nodes[$0].id } ?? []
                if !settled.isSuperset(of: all) { result.violations.append("\(id) started before its parents settled") }
                result.starts[id, default: 0] += 1
                result.order.append(id)
                result.ancestors[id] = ancestors
                settled.remove(id)
                answered.remove(id)
                running.append(id)
            case .judge(let id, let conditions): toJudge.append((id, conditions))
            case .skipped(let id):
                result.skipped.insert(id)
                settled.insert(id)
                answered.remove(id)
            case .completed: result.completions += 1
            }
        }
    }

    perform(machine.begin())
    while !running.isEmpty || !toJudge.isEmpty {
        if nonsense {
            let before = machine
            perform(
                machine.finished("nobody") + machine.judged(plan.nodes[0].id + "?", holds: [true]) + machine.begin())
            for node in plan.nodes where !running.contains(node.id) {
                perform(machine.finished(node.id) + machine.failed(node.id))
                if !toJudge.contains(where: { $0.id == node.id }) {
                    perform(machine.judged(node.id, holds: [true, true]))
                }
            }
            if machine != before { result.violations.append("an event that fits nothing changed the machine") }
        }
        if let place = toJudge.indices.randomElement(using: &random), running.isEmpty || random.chance(50) {
            let (id, conditions) = toJudge.remove(at: place)
            settled.insert(id)
            answered.insert(id)
            let round = result.starts[id] ?? 0
            perform(machine.judged(id, holds: conditions.map { world.holds(id, $0, round: round) }))
        } else {
            let id = running.remove(at: Int.random(in: running.indices, using: &random))
            settled.insert(id)
            if !world.fails(id) { answered.insert(id) }
            perform(world.fails(id) ? machine.failed(id) : machine.finished(id))
        }
    }
    if !machine.isCompleted { result.violations.append("stuck") }
    return result
}

/// Who may be an ancestor of a node, and in which order: outside of loops everything before the node's parents, the parents,
/// and behind them the last round of the loops that begin with it, each part in the order of the graph.
private func violations(of ancestors: [String], for node: FlowPlan.Node, in plan: FlowPlan) -> [String] {
    let places = ancestors.compactMap { plan.node($0)?.order }
    let heads = plan.loops.filter { $0.body.contains(node.order) && !node.parents.contains(where: $0.body.contains) }
    let bodies = Set(heads.flatMap(\.body))
    let earlier = Array(places.prefix { !bodies.contains($0) })
    let round = Array(places.dropFirst(earlier.count))
    var found: [String] = []
    if !round.allSatisfy(bodies.contains) || round != round.sorted() || !earlier.allSatisfy({ $0 < node.order }) {
        found.append("\(node.id) got an answer from behind it")
    }
    // Two ascending runs at most, the second of parents.
    let fall = zip(earlier, earlier.dropFirst()).enumerated().first { $1.0 >= $1.1 }?.offset ?? earlier.count - 1
    let parents = Array(earlier.dropFirst(fall + 1))
    if !parents.allSatisfy(node.parents.contains) || parents != parents.sorted() {
        found.append("\(node.id): ancestors out of order")
    }
    if case .closing = node.kind, !earlier.allSatisfy(node.parents.contains) || !round.isEmpty {
        found.append("\(node.id) closes strangers")
    }
    return found
}

/// The same semantics, written down naively for one round without loops: which nodes run, and whose answers each gets.
private func reference(_ plan: FlowPlan, in world: World) -> [String: [String]] {
    enum Outcome { case answered, failed, skipped }
    var outcome: [Int: Outcome] = [:]
    func taken(_ node: FlowPlan.Node, to target: Int) -> Bool {
        let isTrue = { (text: String) in outcome[node.order] == .answered && world.holds(node.id, text, round: 1) }
        let firstTrue = node.conditions.first(where: isTrue)
        return node.ways.filter { $0.target == target }.contains { way in
            switch way.guard {
            case .always: true
            case .condition(let text): node.mode == .firstMatch ? text == firstTrue : isTrue(text)
            case .otherwise: firstTrue == nil
            }
        }
    }
    var runs: [String: [String]] = [:]
    // Everything that the flow went through on its way to a node, whether it answered or not.
    var behind: [Int: Set<Int>] = [:]
    for node in plan.nodes {
        let entering = node.parents.filter { outcome[$0] != .skipped && taken(plan.nodes[$0], to: node.order) }
        let answers = entering.filter { outcome[$0] == .answered }
        behind[node.order] = entering.reduce(into: Set(entering)) { $0.formUnion(behind[$1] ?? []) }
        var input =
            (behind[node.order] ?? []).filter { outcome[$0] == .answered }.subtracting(answers).sorted() + answers
        if case .closing = node.kind { input = answers }
        if case .closing = node.kind, answers.isEmpty {
            outcome[node.order] = entering.isEmpty ? .skipped : .failed
        } else if node.parents.isEmpty || !entering.isEmpty {
            runs[node.id] = input.map { plan.nodes[$0].id }
            outcome[node.order] = world.fails(node.id) ? .failed : .answered
        } else {
            outcome[node.order] = .skipped
        }
    }
    return runs
}

@Suite("Laws of the flow machine")
struct FlowMachineLaws {
    @Test("Without conditions everything runs exactly once, whatever the order of completions", arguments: 0..<60)
    func everythingRuns(seed: UInt64) {
        var random = Seeded(seed)
        let plan = FlowPlan(running: "S", graphs: randomGraphs(Shape(nesting: 2), using: &random))
        for order in 0..<4 as Range<UInt64> {
            let run = run(plan, in: World(seed: seed), order: order, nonsense: order == 0)
            #expect(run.violations == [])
            #expect(run.starts == Dictionary(uniqueKeysWithValues: plan.nodes.map { ($0.id, 1) }))
            #expect(run.skipped == [])
            #expect(run.completions == 1)
        }
    }

    @Test("With conditions and failures the reference runs the same nodes", arguments: 0..<120)
    func agreesWithReference(seed: UInt64) {
        var random = Seeded(seed)
        let plan = FlowPlan(running: "S", graphs: randomGraphs(Shape(conditions: true, nesting: 2), using: &random))
        let world = World(seed: seed, failures: seed % 2 == 0 ? 0 : 30)
        let expected = reference(plan, in: world)
        for order in 0..<4 as Range<UInt64> {
            let run = run(plan, in: world, order: order, nonsense: order == 0)
            #expect(run.violations == [])
            #expect(run.ancestors == expected)
            #expect(run.starts.values.allSatisfy { $0 == 1 })
            #expect(run.skipped == Set(plan.nodes.map(\.id)).subtracting(expected.keys))
            #expect(run.completions == 1)
        }
    }

    @Test("Loops end, keep to their bound, and the order of completions does not matter", arguments: 0..<120)
    func loopsEnd(seed: UInt64) {
        var random = Seeded(seed)
        let shape = Shape(conditions: seed % 3 == 0, nesting: 2, loops: true)
        let plan = FlowPlan(running: "S", graphs: randomGraphs(shape, using: &random))
        let world = World(seed: seed, failures: seed % 2 == 0 ? 0 : 20, loopsHold: Int(seed % 5))
        let first = run(plan, in: world, order: 0, nonsense: true)
        for order in 1..<4 as Range<UInt64> {
            let run = run(plan, in: world, order: order)
            #expect(run.violations == [])
            #expect(run.starts == first.starts)
            #expect(run.ancestors == first.ancestors)
            #expect(run.completions == 1)
        }
        for node in plan.nodes {
            let rounds = plan.loops.filter { $0.body.contains(node.order) }.reduce(1) { $0 * ($1.maxIterations + 1) }
            #expect(first.starts[node.id] ?? 0 <= rounds)
        }
        // What follows a loop from outside starts after the loop's last round. (Around an outer loop it starts again.)
        for loop in plan.loops where plan.loops.count == 1 {
            let lastRound = first.order.lastIndex { id in loop.body.contains { plan.nodes[$0].id == id } } ?? -1
            for member in loop.body {
                for way in plan.nodes[member].ways where !loop.body.contains(way.target) {
                    let start = first.order.firstIndex(of: plan.nodes[way.target].id) ?? .max
                    #expect(start > lastRound)
                }
            }
        }
    }

    @Test("Any graph makes a plan that completes, even one that validation refuses", arguments: 0..<100)
    func nonsenseGraphs(seed: UInt64) {
        var random = Seeded(seed)
        let names = ["a", "b", "c", "S", "T", "?"]
        func graph() -> FlowGraph {
            FlowGraph(
                nodes: (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    .init(
                        name: names.randomElement(using: &random) ?? "a",
                        edges: (0..<2).map { _ in .init(to: names.randomElement(using: &random) ?? "a") })
                },
                loop: .init(
                    tail: names.randomElement(using: &random) ?? "a", head: names.randomElement(using: &random) ?? "a",
                    condition: "again", maxIterations: Int.random(in: -1...3, using: &random)))
        }
        let plan = FlowPlan(running: "S", graphs: ["S": graph(), "T": graph()])
        #expect(plan.nodes.count <= FlowPlan.maximumNodes)
        #expect(plan.nodes.allSatisfy { node in node.ways.allSatisfy { $0.target > node.order } })
        #expect(Set(plan.nodes.map(\.id)).count == plan.nodes.count)
        let run = run(plan, in: World(seed: seed, loopsHold: 9), order: seed)
        #expect(run.violations == [])
        #expect(run.completions == 1)
    }
}
