import FlowGraph
import Testing

/// Plans that are made for one turn.
struct TaskPlanTests {
    private let team = ["Team": FlowGraph(nodes: [.init(name: "a", edges: [.init(to: "b")]), .init(name: "b")])]

    @Test func tasksThatFollowNothingStartAtOnce() {
        var machine = FlowMachine(plan: FlowPlan(tasks: [.init(name: "x"), .init(name: "Team")], graphs: team))
        #expect(machine.begin() == [.start("x", ancestors: []), .start("Team/a", ancestors: [])])
    }

    @Test func aTaskGetsTheAnswersOfThoseThatItFollows() {
        let tasks: [FlowPlan.Task] = [.init(name: "Team"), .init(name: "x", after: [0])]
        var machine = FlowMachine(plan: FlowPlan(tasks: tasks, graphs: team))
        _ = machine.begin()
        _ = machine.finished("Team/a")
        #expect(machine.finished("Team/b") == [.start("Team", ancestors: ["Team/a", "Team/b"])])
        #expect(machine.finished("Team") == [.start("x", ancestors: ["Team/a", "Team/b", "Team"])])
        #expect(machine.finished("x") == [.completed])
    }

    /// Sort, then Repair if so, then Learn.
    @Test(arguments: [true, false]) func whatFollowsAConditionRunsInAnyCase(holds: Bool) {
        let tasks: [FlowPlan.Task] = [
            .init(name: "Sort"), .init(name: "Repair", after: [0], condition: "broken"),
            .init(name: "Learn", after: [1]),
        ]
        var machine = FlowMachine(plan: FlowPlan(tasks: tasks, graphs: [:]))
        _ = machine.begin()
        #expect(machine.finished("Sort") == [.judge("Sort", conditions: ["broken"])])
        let next = machine.judged("Sort", holds: [holds])
        if holds {
            #expect(next == [.start("Repair", ancestors: ["Sort"])])
            #expect(machine.finished("Repair") == [.start("Learn", ancestors: ["Sort", "Repair"])])
        } else {
            #expect(next == [.skipped("Repair"), .start("Learn", ancestors: ["Sort"])])
        }
        #expect(machine.finished("Learn") == [.completed])
    }

    /// Every task runs exactly once, none before those that it follows, whatever the order of the answers; the plan has a
    /// bound.
    @Test(arguments: UInt64(0)..<300) func everyTaskRunsOnce(seed: UInt64) {
        var random = Seeded(seed)
        let graphs = randomGraphs(Shape(members: 1...4, nesting: 1), using: &random)
        let supers = graphs.keys.sorted()
        let tasks = (0..<Int.random(in: 1...8, using: &random)).map { number in
            FlowPlan.Task(
                name: random.chance(25) ? supers.randomElement(using: &random) ?? "" : "t\(number)",
                after: (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: -1...9, using: &random) },
                condition: random.chance(30) ? "c\(number)" : nil)
        }
        let plan = FlowPlan(tasks: tasks, graphs: graphs)
        #expect(plan.nodes.count <= FlowPlan.maximumNodes)
        #expect(Set(plan.nodes.map(\.id)).count == plan.nodes.count)
        var machine = FlowMachine(plan: plan)
        var open = machine.begin()
        var ended: [String] = []
        while !open.isEmpty {
            let action = open.remove(at: Int.random(in: 0..<open.count, using: &random))
            switch action {
            case .start(let id, let ancestors):
                #expect(!ended.contains(id) && ancestors.allSatisfy(ended.contains))
                ended.append(id)
                open += machine.finished(id)
            case .judge(let id, let conditions):
                open += machine.judged(id, holds: conditions.map { _ in true })
            case .skipped, .completed: break
            }
        }
        #expect(
            machine.isCompleted && Set(ended) == Set(plan.nodes.map(\.id)), "all conditions hold: nobody is skipped")
        var first: [String: Int] = [:]
        for (index, task) in tasks.enumerated() where first[task.name] == nil {
            first[task.name] = index
            for before in task.after where (0..<index).contains(before) && first[tasks[before].name] == before {
                let (early, late) = (ended.firstIndex(of: tasks[before].name), ended.firstIndex(of: task.name))
                #expect(early ?? .max < late ?? -1)
            }
        }
    }

    @Test func whatHasNoRoomIsLeftOut() {
        let wide = FlowGraph(nodes: (0..<300).map { .init(name: "m\($0)") })
        let plan = FlowPlan(
            tasks: [.init(name: "W"), .init(name: "V"), .init(name: "x", after: [1])], graphs: ["W": wide, "V": wide])
        #expect(plan.nodes.count == 302 && plan.node("x") != nil && plan.node("V") == nil)
        let endless = ["E": FlowGraph(nodes: [.init(name: "E")])]
        #expect(FlowPlan(tasks: [.init(name: "x"), .init(name: "E")], graphs: endless).nodes.count == 1)
    }
}
