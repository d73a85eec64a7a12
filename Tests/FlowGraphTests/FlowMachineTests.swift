import FlowGraph
import Testing

@Suite("Flow machine, by example")
struct FlowMachineTests {
    private let advisor = FlowGraph(nodes: [
        .init(name: "Stock", edges: [.init(to: "Currency"), .init(to: "Risk")]),
        .init(name: "Currency"), .init(name: "Risk"),
    ])

    @Test func tutorialGraph() {
        var machine = FlowMachine(plan: FlowPlan(running: "Advisor", graphs: ["Advisor": advisor]))
        #expect(machine.begin() == [.start("Advisor/Stock", ancestors: [])])
        #expect(
            machine.finished("Advisor/Stock") == [
                .start("Advisor/Currency", ancestors: ["Advisor/Stock"]),
                .start("Advisor/Risk", ancestors: ["Advisor/Stock"]),
            ])
        #expect(machine.finished("Advisor/Risk") == [])
        #expect(
            machine.finished("Advisor/Currency") == [
                .start("Advisor", ancestors: ["Advisor/Stock", "Advisor/Currency", "Advisor/Risk"])
            ])
        #expect(machine.finished("Advisor") == [.completed])
        #expect(machine.finished("Advisor") == [])
    }

    @Test func oneAgent() {
        var machine = FlowMachine(plan: FlowPlan(running: "Solo", graphs: [:]))
        #expect(machine.begin() == [.start("Solo", ancestors: [])])
        #expect(machine.begin() == [])
        #expect(machine.failed("Solo") == [.completed])
    }

    private func triage(_ mode: FlowGraph.TriageMode) -> FlowMachine {
        let graph = FlowGraph(nodes: [
            .init(
                name: "A",
                edges: [
                    .init(to: "B", when: .condition("b")), .init(to: "C", when: .condition("c")),
                    .init(to: "D", when: .otherwise), .init(to: "E"),
                ], mode: mode),
            .init(name: "B", edges: [.init(to: "J")]), .init(name: "C", edges: [.init(to: "J")]),
            .init(name: "D", edges: [.init(to: "J")]), .init(name: "E"), .init(name: "J"),
        ])
        var machine = FlowMachine(plan: FlowPlan(running: "S", graphs: ["S": graph]))
        _ = machine.begin()
        return machine
    }

    @Test func allMatchFollowsEveryTrueCondition() {
        var machine = triage(.allMatch)
        #expect(machine.finished("S/A") == [.judge("S/A", conditions: ["b", "c"])])
        #expect(
            machine.judged("S/A", holds: [true, true]) == [
                .start("S/B", ancestors: ["S/A"]), .start("S/C", ancestors: ["S/A"]), .skipped("S/D"),
                .start("S/E", ancestors: ["S/A"]),
            ])
        #expect(machine.judged("S/A", holds: [false, false]) == [])
    }

    @Test func firstMatchFollowsTheFirstAndTheJoinDoesNotWaitForTheRest() {
        var machine = triage(.firstMatch)
        _ = machine.finished("S/A")
        #expect(
            machine.judged("S/A", holds: [true, true]) == [
                .start("S/B", ancestors: ["S/A"]), .skipped("S/C"), .skipped("S/D"), .start("S/E", ancestors: ["S/A"]),
            ])
        #expect(machine.finished("S/B") == [.start("S/J", ancestors: ["S/A", "S/B"])])
    }

    @Test func defaultIsForWhenNothingMatched() {
        var machine = triage(.allMatch)
        _ = machine.finished("S/A")
        #expect(
            machine.judged("S/A", holds: []) == [
                .skipped("S/B"), .skipped("S/C"), .start("S/D", ancestors: ["S/A"]), .start("S/E", ancestors: ["S/A"]),
            ])
    }

    @Test func failureGivesNoAnswerAndDoesNotBlock() {
        var machine = triage(.allMatch)
        #expect(
            machine.failed("S/A") == [
                .skipped("S/B"), .skipped("S/C"), .start("S/D", ancestors: []), .start("S/E", ancestors: []),
            ])
        _ = machine.failed("S/D")
        #expect(machine.failed("S/E") == [])
        #expect(machine.finished("S/J") == [.start("S", ancestors: ["S/J"])])
    }

    @Test func nothingIsClosedWhenEveryoneFailed() {
        var machine = FlowMachine(plan: FlowPlan(running: "Advisor", graphs: ["Advisor": advisor]))
        _ = machine.begin()
        _ = machine.failed("Advisor/Stock")
        _ = machine.failed("Advisor/Currency")
        #expect(machine.failed("Advisor/Risk") == [.skipped("Advisor"), .completed])
    }

    @Test func loopRunsItsBodyAgainAndWhatFollowsWaits() {
        let graph = FlowGraph(
            nodes: [
                .init(name: "Draft", edges: [.init(to: "Critic"), .init(to: "Log")]),
                .init(name: "Log"),
                .init(name: "Critic", edges: [.init(to: "Editor")]),
                .init(name: "Editor"),
            ],
            loop: .init(tail: "Critic", head: "Draft", condition: "not good enough", maxIterations: 2))
        var machine = FlowMachine(plan: FlowPlan(running: "S", graphs: ["S": graph]))
        _ = machine.begin()
        for _ in 0..<2 {
            #expect(machine.finished("S/Draft") == [.start("S/Critic", ancestors: ["S/Draft"])])
            #expect(machine.finished("S/Critic") == [.judge("S/Critic", conditions: ["not good enough"])])
            #expect(
                machine.judged("S/Critic", holds: [true]) == [.start("S/Draft", ancestors: ["S/Draft", "S/Critic"])])
        }
        _ = machine.finished("S/Draft")
        #expect(
            machine.finished("S/Critic") == [
                .start("S/Log", ancestors: ["S/Draft"]), .start("S/Editor", ancestors: ["S/Draft", "S/Critic"]),
            ])
    }

    @Test func theThirdOfAChainKnowsTheFirstAndAFailureBetweenHidesNobody() {
        let graph = FlowGraph(nodes: [
            .init(name: "A", edges: [.init(to: "B"), .init(to: "D")]), .init(name: "B", edges: [.init(to: "C")]),
            .init(name: "C", edges: [.init(to: "D")]), .init(name: "D"), .init(name: "Aside"),
        ])
        var machine = FlowMachine(plan: FlowPlan(running: "S", graphs: ["S": graph]))
        _ = machine.begin()
        _ = machine.finished("S/Aside")
        _ = machine.finished("S/A")
        #expect(machine.failed("S/B") == [.start("S/C", ancestors: ["S/A"])])
        #expect(machine.finished("S/C") == [.start("S/D", ancestors: ["S/A", "S/C"])])
        #expect(machine.finished("S/D") == [.start("S", ancestors: ["S/A", "S/C", "S/D", "S/Aside"])])
    }

    @Test func parentsStandLast() {
        let graph = FlowGraph(nodes: [
            .init(name: "A", edges: [.init(to: "D")]), .init(name: "B", edges: [.init(to: "C")]),
            .init(name: "C", edges: [.init(to: "D")]), .init(name: "D"),
        ])
        var machine = FlowMachine(plan: FlowPlan(running: "S", graphs: ["S": graph]))
        _ = machine.begin()
        for name in ["A", "B"] { _ = machine.finished("S/" + name) }
        #expect(machine.finished("S/C") == [.start("S/D", ancestors: ["S/B", "S/A", "S/C"])])
    }

    @Test func whatFollowsANestedSuperAgentKnowsItsMembersAndItsClosingKnowsThemOnly() {
        let graphs = [
            "Outer": FlowGraph(nodes: [
                .init(name: "First", edges: [.init(to: "Inner")]), .init(name: "Inner", edges: [.init(to: "Last")]),
                .init(name: "Last"),
            ]),
            "Inner": FlowGraph(nodes: [.init(name: "R1"), .init(name: "R2")]),
        ]
        var machine = FlowMachine(plan: FlowPlan(running: "Outer", graphs: graphs))
        _ = machine.begin()
        _ = machine.finished("Outer/First")
        _ = machine.finished("Outer/Inner/R1")
        #expect(
            machine.finished("Outer/Inner/R2") == [
                .start("Outer/Inner", ancestors: ["Outer/Inner/R1", "Outer/Inner/R2"])
            ])
        #expect(
            machine.finished("Outer/Inner") == [
                .start(
                    "Outer/Last", ancestors: ["Outer/First", "Outer/Inner/R1", "Outer/Inner/R2", "Outer/Inner"])
            ])
    }
}

@Suite("Flow plan")
struct FlowPlanTests {
    @Test func nestedSuperAgentsAreFlattened() {
        let graphs = [
            "Outer": FlowGraph(nodes: [
                .init(name: "First", edges: [.init(to: "Inner")]), .init(name: "Inner", edges: [.init(to: "Last")]),
                .init(name: "Last"),
            ]),
            "Inner": FlowGraph(nodes: [.init(name: "R1"), .init(name: "R2")]),
        ]
        let plan = FlowPlan(running: "Outer", graphs: graphs)
        #expect(
            plan.nodes.map(\.id) == [
                "Outer/First", "Outer/Inner/R1", "Outer/Inner/R2", "Outer/Inner", "Outer/Last", "Outer",
            ])
        #expect(plan.nodes.map(\.parents) == [[], [0], [0], [1, 2], [3], [0, 3, 4]])
        #expect(plan.nodes.map(\.order) == Array(0..<6))
        #expect(plan.node("Outer/Inner/R1")?.superAgents == ["Inner", "Outer"])
        #expect(plan.node("Outer/Inner")?.superAgents == ["Outer"])
        #expect(plan.node("Outer/Inner")?.kind == .closing(superAgent: "Inner"))
        #expect(FlowPlan.size(of: "Outer", graphs: graphs) == plan.nodes.count)
    }

    @Test func fileOrderYieldsToParents() {
        let graph = FlowGraph(nodes: [.init(name: "B"), .init(name: "C"), .init(name: "A", edges: [.init(to: "B")])])
        #expect(FlowPlan(running: "S", graphs: ["S": graph]).nodes.map(\.name) == ["C", "A", "B", "S"])
    }

    @Test func idsStayUniqueWhateverTheNames() {
        let graphs = [
            "A": FlowGraph(nodes: [.init(name: "B/C"), .init(name: "B"), .init(name: "B%2FC")]),
            "B": FlowGraph(nodes: [.init(name: "C")]),
        ]
        #expect(
            FlowPlan(running: "A", graphs: graphs).nodes.map(\.id) == ["A/B%2FC", "A/B/C", "A/B", "A/B%252FC", "A"])
    }

    @Test func nestingThatDoublesIsBounded() {
        var graphs: [String: FlowGraph] = [:]
        for level in 0..<30 {
            graphs["s\(level)"] = FlowGraph(nodes: [.init(name: "s\(level + 1)"), .init(name: "t\(level + 1)")])
            graphs["t\(level)"] = graphs["s\(level)"]
        }
        #expect(FlowPlan.size(of: "s0", graphs: graphs) > FlowPlan.maximumNodes)
        #expect(FlowPlan(running: "s0", graphs: graphs).nodes.count <= FlowPlan.maximumNodes)
        #expect(FlowPlan.size(of: "x", graphs: ["x": FlowGraph(nodes: [.init(name: "x")])]) == .max)
    }
}

@Suite("Flow graph validation")
struct FlowGraphValidationTests {
    private func problems(_ nodes: [FlowGraph.Node], loop: FlowGraph.Loop? = nil) -> [FlowGraph.Problem] {
        FlowGraph(nodes: nodes, loop: loop).problems(known: ["Alpha", "Beta", "Gamma", "Delta"])
    }

    @Test func goodGraphHasNone() {
        #expect(
            problems([
                .init(name: "Alpha", edges: [.init(to: "Beta"), .init(to: "Gamma")]), .init(name: "Beta"),
                .init(name: "Gamma"),
            ]) == [])
    }

    @Test func names() {
        let found = problems([
            .init(name: "Alpha", edges: [.init(to: "Alpha"), .init(to: "Bets")]), .init(name: "Beta"),
            .init(name: "Gama"), .init(name: "Alpha"),
        ])
        #expect(found.map(\.kind) == [.selfReference, .unknownTarget, .unknownMember, .duplicateMember])
        #expect(found.map(\.place) == [.edge(node: 0, edge: 0), .edge(node: 0, edge: 1), .node(2), .node(3)])
        #expect(found[1].hint == "did you mean 'Beta'?")
        #expect(found[2].hint == "did you mean 'Gamma'?")
        #expect(problems([]).map(\.kind) == [.noMembers])
    }

    @Test func cycles() {
        let found = problems([
            .init(name: "Alpha", edges: [.init(to: "Beta")]), .init(name: "Beta", edges: [.init(to: "Gamma")]),
            .init(name: "Gamma", edges: [.init(to: "Beta"), .init(to: "Delta")]), .init(name: "Delta"),
        ])
        #expect(found.map(\.kind) == [.cycle])
        #expect(found[0].place == .edge(node: 2, edge: 0))
        #expect(found[0].message == "this edge closes a cycle: 'Beta' → 'Gamma' → 'Beta'")
    }

    @Test func unreachable() {
        let found = problems([
            .init(name: "Alpha", edges: [.init(to: "Beta")]),
            .init(name: "Beta", edges: [.init(to: "Alpha"), .init(to: "Delta")]), .init(name: "Delta"),
            .init(name: "Gamma"),
        ])
        #expect(found.map(\.kind) == [.cycle, .unreachable])
        #expect(found[1].place == .node(2))
    }

    @Test func loops() {
        let nodes: [FlowGraph.Node] = [.init(name: "Alpha", edges: [.init(to: "Beta")]), .init(name: "Beta")]
        func places(_ tail: String, _ head: String, _ count: Int = 1) -> [FlowGraph.Problem.Place] {
            problems(nodes, loop: .init(tail: tail, head: head, condition: "c", maxIterations: count)).map(\.place)
        }
        #expect(places("Beta", "Alpha") == [])
        #expect(places("Beta", "Beta") == [])
        #expect(places("Alpha", "Beta") == [.loopHead])
        #expect(places("Alpha", "Nobody") == [.loopHead])
        #expect(places("Nobody", "Alpha", 0) == [.loopTail, .loop])
    }

    @Test func harmless() {
        let found = problems([
            .init(name: "Alpha", edges: [.init(to: "Beta", when: .otherwise), .init(to: "Gamma"), .init(to: "Gamma")]),
            .init(name: "Beta"), .init(name: "Gamma"),
        ])
        #expect(found.map(\.kind) == [.defaultWithoutCondition, .duplicateEdge])
        #expect(found.allSatisfy { $0.kind.isHarmless })
    }

    @Test(arguments: [
        ("voise", "voice"), ("Stock Planer", "Stock Planner"), ("tresholds", "threshold"), ("vioce", "voice"),
        ("speeed", "speed"), ("VOICE", "voice"),
    ])
    func nearestNames(name: String, meant: String) {
        #expect(nearestName(to: name, among: ["speed", "voice", "threshold", "Stock Planner"]) == meant)
    }

    @Test(arguments: ["", "xyz", "banana", "v"])
    func farNames(name: String) {
        #expect(nearestName(to: name, among: ["speed", "voice", "threshold"]) == nil)
    }
}
