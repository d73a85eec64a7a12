// How long a project of many agents takes to load, and how long the scheduler takes for each step of an agent.
//
// usage: bench-graph [ROUNDS]
//
// Lines of words separated by tabs. The first is `load`, with the agents and bytes of the file. Then one for each thing that
// is measured: its unit, its name, and the median and the least of all rounds.
import FlowGraph
import Foundation
import JSONText
import Projects

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
let clock = ContinuousClock()

/// Measures `things` one after the other in each round, so that what else the machine does hits all alike.
func report(_ unit: String, scale: Double, _ things: [(name: String, run: () throws -> Void)]) throws {
    var times = [[Double]](repeating: [], count: things.count)
    for _ in 0..<rounds {
        for (index, thing) in things.enumerated() {
            let time = try clock.measure { try thing.run() }
            times[index].append(time / .nanoseconds(1) / 1e9 * scale)
        }
    }
    for (thing, times) in zip(things, times) {
        let sorted = times.sorted()
        print(unit, thing.name, sorted[sorted.count / 2], sorted[0], separator: "\t")
    }
}

/// Runs every agent of a plan, and returns how many steps that were.
func run(_ plan: FlowPlan) -> Int {
    var machine = FlowMachine(plan: plan)
    var ready = machine.begin()[...]
    var steps = 0
    while let action = ready.popFirst() {
        guard case .start(let id, _) = action else { continue }
        steps += 1
        ready += machine.finished(id)
    }
    precondition(machine.isCompleted)
    return steps
}

/// The least that any scheduler must do: counts down how many parents each node waits for.
func countDown(_ plan: FlowPlan) -> Int {
    var waiting = plan.nodes.map(\.parents.count)
    var ready = waiting.indices.filter { waiting[$0] == 0 }[...]
    var steps = 0
    while let index = ready.popFirst() {
        steps += 1
        for way in plan.nodes[index].ways {
            waiting[way.target] -= 1
            if waiting[way.target] == 0 { ready.append(way.target) }
        }
    }
    return steps
}

let text = GeneratedProject(agents: 1000).yaml
let bytes = Array(text.utf8)
let result = ProjectLoader.load(bytes: bytes, name: "generated", vendors: [])
guard result.project != nil, result.diagnostics.isEmpty else {
    print(result.rendered)
    exit(1)
}
let json = Array(try YAMLValue.read(text: text, file: "generated").jsonData())
print("load", 1000, bytes.count, json.count, separator: "\t")
try report(
    "ms", scale: 1e3,
    [
        ("load and validate", { _ = ProjectLoader.load(bytes: bytes, name: "generated", vendors: []) }),
        ("of it, the YAML tree", { _ = try YAMLValue.read(text: text, file: "generated") }),
        ("the same values as JSON, parsed", { _ = try JSONReader.foundationValue(from: json) }),
    ])
for agents in [20, FlowPlan.maximumNodes] {
    for shape in Shape.allCases {
        // With the closing node of the super agent.
        let plan = shape.plan(agents: agents - 1)
        let steps = run(plan)
        // A small plan is over too soon to be measured once.
        let repeats = max(1, 2000 / steps)
        try report(
            "µs", scale: 1e6 / Double(steps * repeats),
            [
                ("\(shape.rawValue) of \(agents)", { for _ in 0..<repeats { _ = run(plan) } }),
                ("\(shape.rawValue) of \(agents), counted down", { for _ in 0..<repeats { _ = countDown(plan) } }),
            ])
    }
}
