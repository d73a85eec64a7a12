import FlowGraph
import ProjectModel
import Testing

@testable import Session

/// Which members of a super agent are heard: `speak`.
@Suite struct SpokenMembersTests {
    /// Map → Guide → Driver when it rains; the condition is judged by the scripted model.
    private func tour(_ speak: SpokenMembers, edge: FlowGraph.Edge.Guard = .always, loops: Bool = false) -> Project {
        var project = TestProjects.advisor(closes: false)
        project.orchestrator.agentNames = ["Tour"]
        project.agents = ["Map", "Guide", "Driver"].map { Agent(name: $0, description: "Helps.") }
        let loop = FlowGraph.Loop(tail: "Driver", head: "Driver", condition: "again", maxIterations: 2)
        project.superAgents = [
            SuperAgent(
                name: "Tour",
                graph: FlowGraph(
                    nodes: [
                        .init(name: "Map", edges: [.init(to: "Guide")]),
                        .init(name: "Guide", edges: [.init(to: "Driver", when: edge)]), .init(name: "Driver"),
                    ], loop: loops ? loop : nil))
        ]
        project.superAgents[0].speak = speak
        return project
    }

    private func asked(_ project: Project, judgement: String = "no") -> Simulation {
        var script = Script()
        script.transcripts = ["show me the town"]
        script.answers = [
            "Map": "The map is here.", "Driver": "The bus is late.", "Tour": "In short: go.",
            "Guide": String(repeating: "There is much to see. ", count: 12),
        ]
        script.judgements = judgement
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(90))
        return simulation
    }

    private func shown(_ simulation: Simulation) -> [String] {
        var names: [String] = []
        for case .agentText(let source, _) in simulation.events where !names.contains(source.agent) {
            names.append(source.agent)
        }
        return names
    }

    @Test(arguments: [
        (SpokenMembers.all, ["Map", "Guide", "Driver"]), (.last, ["Driver"]), (.summary, ["Tour"]),
    ])
    func whoIsHeard(speak: SpokenMembers, heard: [String]) {
        let simulation = asked(tour(speak))
        #expect(simulation.speakers == heard)
        #expect(shown(simulation).prefix(3) == ["Map", "Guide", "Driver"], "all are shown")
        #expect(simulation.statuses == [.completed])
    }

    /// Where the flow ends early, whoever came last is heard, whole.
    @Test(arguments: [("no", "Guide"), ("yes", "Driver")])
    func whoIsLastIsKnownWhenConditionsAreJudged(judgement: String, heard: String) {
        let simulation = asked(tour(.last, edge: .condition("it rains")), judgement: judgement)
        #expect(simulation.speakers == [heard])
        #expect(shown(simulation).contains("Guide"))
        let spoken = simulation.synthesized.map(\.speech.text).joined(separator: " ")
        #expect(spoken.contains("There is much to see.") == (heard == "Guide"))
        #expect(simulation.statuses == [.completed])
    }

    @Test func aDefaultAlwaysLeadsOn() {
        #expect(asked(tour(.last, edge: .otherwise)).speakers == ["Driver"])
    }

    /// Of a loop only the last round is heard.
    @Test func aLoopIsHeardOnce() {
        let simulation = asked(tour(.last, loops: true), judgement: "yes")
        let rounds = simulation.events.count { event in
            if case .agentStarted(let source, _) = event { source.agent == "Driver" } else { false }
        }
        #expect(rounds == 3)
        #expect(simulation.synthesized.count { $0.speech.text.contains("The bus is late") } == 1)
    }

    @Test func insideANestedOneTheOuterDecidesToo() {
        var project = tour(.last)
        var outer = project.superAgents[0]
        outer.name = "Day"
        outer.graph = FlowGraph(nodes: [.init(name: "Tour", edges: [.init(to: "Night")]), .init(name: "Night")])
        project.superAgents.append(outer)
        project.agents.append(Agent(name: "Night"))
        #expect(project.audibility(of: "Driver", within: ["Tour", "Day"]) == .never)
        #expect(project.audibility(of: "Driver", within: ["Tour"]) == .always)
        #expect(project.audibility(of: "Night", within: ["Day"]) == .always)
        project.superAgents[1].graph.nodes[0].edges = [.init(to: "Night", when: .condition("late"))]
        #expect(project.audibility(of: "Driver", within: ["Tour", "Day"]) == .always, "it may be the last")
        #expect(project.audibility(of: "Guide", within: ["Tour", "Day"]) == .never)
    }
}
