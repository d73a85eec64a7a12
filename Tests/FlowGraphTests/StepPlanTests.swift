import FlowGraph
import TestSupport
import Testing

/// Plans of super agents whose members run several times: one at a time as it is chosen, or each for several trials.
struct StepPlanTests {
    private static let team = ["Team": FlowGraph(nodes: [.init(name: "x", edges: [.init(to: "y")]), .init(name: "y")])]

    private static func plan(
        _ names: [String], most: Int, exit: String? = nil, more: [String: FlowGraph] = team
    ) -> FlowPlan {
        let graph = FlowGraph(nodes: names.map { .init(name: $0) }, course: .steps(most: most, exit: exit))
        return FlowPlan(running: "S", graphs: more.merging(["S": graph]) { first, _ in first })
    }

    /// Lets the chooser choose that member, or nobody.
    private func choose(_ name: String?, at id: String, _ machine: inout FlowMachine) -> [FlowMachine.Action] {
        guard case .judge(_, let names)? = machine.finished(id).first else { return [] }
        return machine.judged(id, holds: names.map { $0 == name })
    }

    @Test func oneStepAfterTheOtherAndTheExitCloses() {
        let plan = Self.plan(["A", "B", "E"], most: 2, exit: "E")
        #expect(
            plan.nodes.map(\.id) == ["S#1", "S/A#1", "S/B#1", "S#2", "S/A#2", "S/B#2", "S/E", "S"])
        #expect(plan.nodes.map(\.place) == ["S", "S/A", "S/B", "S", "S/A", "S/B", "S/E", "S"])
        var machine = FlowMachine(plan: plan)
        #expect(machine.begin() == [.start("S#1", ancestors: [])])
        #expect(choose("B", at: "S#1", &machine) == [.skipped("S/A#1"), .start("S/B#1", ancestors: [])])
        #expect(machine.followers(of: "S#1") == ["B"])
        #expect(machine.finished("S/B#1") == [.start("S#2", ancestors: ["S/B#1"])])
        #expect(choose("B", at: "S#2", &machine) == [.skipped("S/A#2"), .start("S/B#2", ancestors: ["S/B#1"])])
        #expect(machine.finished("S/B#2") == [.start("S/E", ancestors: ["S/B#1", "S/B#2"])])
        #expect(machine.finished("S/E") == [.start("S", ancestors: ["S/B#1", "S/B#2", "S/E"])])
        #expect(machine.finished("S") == [.completed])
    }

    @Test(arguments: [nil, "E"]) func nobodyAndTheExitEndTheSteps(name: String?) {
        var machine = FlowMachine(plan: Self.plan(["A", "E"], most: 3, exit: "E"))
        _ = machine.begin()
        let actions = choose(name, at: "S#1", &machine)
        #expect(actions.last == .start("S/E", ancestors: []) && actions.count == 6)
        #expect(machine.followers(of: "S#1") == ["E"])
    }

    /// Nobody has answered, but whatever comes after the super agent runs.
    @Test func withoutAnExitNobodyIsTheEnd() {
        let graphs = [
            "O": FlowGraph(nodes: [.init(name: "S", edges: [.init(to: "Z")]), .init(name: "Z")]),
            "S": FlowGraph(nodes: [.init(name: "A")], course: .steps(most: 2, exit: nil)),
        ]
        var machine = FlowMachine(plan: FlowPlan(running: "O", graphs: graphs))
        #expect(machine.begin() == [.start("O/S#1", ancestors: [])])
        #expect(choose(nil, at: "O/S#1", &machine).last == .start("O/Z", ancestors: []))
    }

    @Test func whoIsLastIsKnownWhenItIsChosenWhoFollows() {
        var machine = FlowMachine(plan: Self.plan(["A", "B"], most: 2))
        _ = machine.begin()
        _ = choose("A", at: "S#1", &machine)
        _ = machine.finished("S/A#1")
        #expect(machine.isLast("S/A#1") == nil)
        var ended = machine
        _ = choose(nil, at: "S#2", &ended)
        #expect(ended.isLast("S/A#1") == true)
        _ = choose("B", at: "S#2", &machine)
        #expect(machine.isLast("S/A#1") == false)
        _ = machine.finished("S/B#2")
        #expect(machine.isLast("S/B#2") == true)
    }

    @Test func aFailedChoiceEndsTheSteps() {
        var machine = FlowMachine(plan: Self.plan(["A", "E"], most: 3, exit: "E"))
        _ = machine.begin()
        #expect(machine.failed("S#1").last == .start("S/E", ancestors: []))
    }

    @Test func allOfAChosenSuperAgentIsFound() {
        let plan = Self.plan(["A", "Team", "#"], most: 2, exit: "Team")
        let choosers = plan.nodes.filter(\.isChooser)
        #expect(plan.nodes(of: "A", chosenAt: choosers[1]).map(\.id) == ["S/A#2"])
        #expect(plan.nodes(of: "#", chosenAt: choosers[0]).map(\.id) == ["S/%23#1"])
        #expect(plan.nodes(of: "Team", chosenAt: choosers[0]).map(\.id) == ["S/Team/x", "S/Team/y", "S/Team"])
        let inner = Self.plan(["A", "Team"], most: 2)
        #expect(
            inner.nodes(of: "Team", chosenAt: inner.nodes.filter(\.isChooser)[1]).map(\.id) == [
                "S/Team#2/x", "S/Team#2/y", "S/Team#2",
            ])
    }

    /// Whatever is chosen and whoever fails: the run ends, one member works at a time, at most `most` of them, and the exit
    /// runs once, as the last.
    @Test(arguments: UInt64(0)..<300) func everyRunEnds(seed: UInt64) {
        var random = Seeded(seed)
        var graphs = randomGraphs(Shape(members: 1...3, conditions: true, nesting: 1), using: &random)
        graphs["Inner"] = FlowGraph(
            nodes: [.init(name: "i"), .init(name: "S")], course: .steps(most: 2, exit: random.chance(50) ? "i" : nil))
        var names = (0..<Int.random(in: 1...4, using: &random)).map { "m\($0)" }
        if random.chance(40) { names.append("S") }
        if random.chance(40) { names.append("Inner") }
        let exit = random.chance(60) ? names.randomElement(using: &random) : nil
        let most = Int.random(in: 1...20, using: &random)
        graphs["Top"] = FlowGraph(nodes: names.map { .init(name: $0) }, course: .steps(most: most, exit: exit))
        let plan = FlowPlan(running: "Top", graphs: graphs)
        guard FlowPlan.size(of: "Top", graphs: graphs) <= FlowPlan.maximumNodes else { return }
        #expect(plan.nodes.count == FlowPlan.size(of: "Top", graphs: graphs))
        #expect(Set(plan.nodes.map(\.id)).count == plan.nodes.count)
        #expect(plan.nodes.allSatisfy { node in node.ways.allSatisfy { $0.target > node.order } })

        var machine = FlowMachine(plan: plan)
        var running: [String] = []
        /// The members of the outermost super agent that have run, by the first node of each run.
        var runs: [String] = []
        var isOver = false
        func member(_ id: String) -> String {
            // The number of a choice is not that of a run.
            var path = Substring(id)
            if case .choosing(_, let step)? = plan.node(id)?.kind { path = path.dropLast("#\(step)".count) }
            return String(path.split(separator: "/").dropFirst().first ?? "")
        }
        func perform(_ actions: [FlowMachine.Action]) {
            for action in actions {
                switch action {
                case .start(let id, let ancestors):
                    #expect(!isOver && !ancestors.contains { plan.node($0)?.isChooser == true })
                    running.append(id)
                    let run = member(id)
                    if !run.isEmpty, !runs.contains(run) {
                        #expect(running.allSatisfy { member($0) == run }, "one at a time")
                        runs.append(run)
                    }
                case .completed: isOver = true
                case .skipped, .judge: break
                }
            }
        }
        perform(machine.begin())
        while let id = running.randomElement(using: &random) {
            running.removeAll { $0 == id }
            if random.chance(15) {
                perform(machine.failed(id))
                continue
            }
            let actions = machine.finished(id)
            guard case .judge(_, let conditions)? = actions.first else {
                perform(actions)
                continue
            }
            let chosen = random.chance(15) ? nil : conditions.randomElement(using: &random)
            let isChooser = plan.node(id)?.isChooser == true
            perform(
                machine.judged(id, holds: conditions.map { isChooser ? $0 == chosen : random.chance(50) }))
        }
        #expect(isOver && machine.isCompleted)
        let others = runs.filter { $0 != exit }
        #expect(others.count <= most)
        if let exit { #expect(runs.last == exit && runs.count { $0 == exit } == 1) }
    }

    @Test func trialsRunSideBySideWithinABound() {
        let graph = FlowGraph(
            nodes: ["A", "Team", "B"].map { .init(name: $0) }, course: .trials([10, 3, 0]))
        let plan = FlowPlan(running: "S", graphs: Self.team.merging(["S": graph]) { first, _ in first })
        #expect(plan.nodes.count == FlowPlan.size(of: "S", graphs: Self.team.merging(["S": graph]) { $1 }))
        var machine = FlowMachine(plan: plan)
        var open: [String] = []
        var started: [String] = []
        func perform(_ actions: [FlowMachine.Action]) {
            for case .start(let id, _) in actions {
                open.append(id)
                started.append(id)
            }
            #expect(open.count <= 8)
        }
        perform(machine.begin())
        #expect(open == (1...8).map { "S/A#\($0)" })
        var random = Seeded(5)
        while let id = open.randomElement(using: &random) {
            open.removeAll { $0 == id }
            perform(random.chance(30) ? machine.failed(id) : machine.finished(id))
        }
        #expect(machine.isCompleted)
        #expect(started.count == plan.nodes.count && Set(started).count == started.count)
        #expect(started.last == "S")
    }

    @Test func theBoundsHold() {
        let names = (0..<30).map { "m\($0)" }
        #expect(Self.plan(names, most: 20).nodes.count <= FlowPlan.maximumNodes)
        let graph = FlowGraph(nodes: names.map { .init(name: $0) }, course: .steps(most: 20, exit: nil))
        #expect(FlowPlan.size(of: "S", graphs: ["S": graph]) > FlowPlan.maximumNodes)
        #expect(Self.plan(["a"], most: 99).nodes.count { $0.isChooser } == FlowGraph.mostSteps)
        #expect(Self.plan(["a"], most: -1).nodes.count { $0.isChooser } == 1)
        let endless = FlowGraph(nodes: [.init(name: "S")], course: .steps(most: 2, exit: nil))
        #expect(FlowPlan.size(of: "S", graphs: ["S": endless]) == .max)
        #expect(FlowPlan(running: "S", graphs: ["S": endless]).nodes.count <= FlowPlan.maximumNodes)
        let tried = FlowGraph(nodes: names.map { .init(name: $0) }, course: .trials(Array(repeating: 20, count: 30)))
        #expect(FlowPlan.size(of: "S", graphs: ["S": tried]) > FlowPlan.maximumNodes)
        #expect(FlowPlan(running: "S", graphs: ["S": tried]).nodes.count <= FlowPlan.maximumNodes)
    }

    @Test func anUnknownExitIsAProblem() {
        let graph = FlowGraph(nodes: [.init(name: "Judge")], course: .steps(most: 2, exit: "Jugde"))
        let found = graph.problems(known: ["Judge"])
        #expect(found.map(\.kind) == [.badExit] && found[0].place == .exit)
        #expect(found[0].hint == "did you mean 'Judge'?")
    }
}
