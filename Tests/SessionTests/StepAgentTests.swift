import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Super agents that choose their members one at a time, in whole conversations.
struct StepAgentTests {
    private func checker(
        speak: SpokenMembers = .all, most: Int = 4, exit: String? = "Judge", shows: Bool = false,
        members: [String] = ["Finder", "Judge"]
    ) -> Project {
        var project = TestProjects.advisor(closes: false)
        project.orchestrator.agentNames = ["Checker"]
        project.agents = ["Finder", "Judge"].map { Agent(name: $0, description: "Is \($0).") }
        let graph = FlowGraph(nodes: members.map { .init(name: $0) }, course: .steps(most: most, exit: exit))
        project.superAgents = [SuperAgent(name: "Checker", goal: "Tell whether it is a myth.", graph: graph)]
        project.superAgents[0].program = .steps(
            StepPlan(
                steps: ["Collect facts.", "Decide."], requirements: ["Greet."],
                memberRequirements: ["Judge": ["Facts are there."]]))
        (project.superAgents[0].speak, project.superAgents[0].showsDecisions) = (speak, shows)
        return project
    }

    private func asked(_ project: Project, _ choices: [String], _ change: (inout Script) -> Void = { _ in })
        -> Simulation
    {
        var script = Script()
        script.transcripts = ["do carrots help", "and peas"]
        script.answers = ["Finder": "Carrots hold vitamin A.", "Judge": "It is a myth."]
        script.choices = choices
        change(&script)
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(90))
        return simulation
    }

    /// What the model that answers the next question is told of this one.
    private func remembered(_ simulation: Simulation) -> [String] {
        var simulation = simulation
        simulation.speak(2)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(200))
        return simulation.remembered.map(\.content)
    }

    private func started(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .agentStarted(_, let node) = $0 { node } else { nil } }
    }

    private func choices(_ simulation: Simulation) -> [GenerationRequest] {
        simulation.generations.filter { if case .next = $0.brief.task { true } else { false } }
    }

    @Test func oneStepAfterTheOther() throws {
        let simulation = asked(checker(), ["Finder", "The Judge."])
        #expect(started(simulation) == ["Checker/Finder", "Checker/Judge"])
        #expect(simulation.speakers == ["Finder", "Judge"] && simulation.statuses == [.completed])
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        #expect(plans.map(\.agentName) == ["Finder", "Judge"])
        #expect(plans[1].parents.map(\.agent) == ["Finder"] && plans[1].callerWords == "do carrots help")
        let asked = choices(simulation)
        #expect(asked.count == 2 && asked[1].brief.parents.map(\.text) == ["Carrots hold vitamin A. "])
        #expect(asked[0].form == .step(of: ["Finder", "Judge", "none"]))
        let system = try #require(asked[1].messages.first?.content)
        for part in [
            "Tell whether it is a myth.", "* Greet.", "1. Collect facts.", "2. Decide.", "choice 2 of 4",
            "- Finder: Is Finder.", "- Judge: Is Judge. Before: Facts are there.", "When Judge has worked, it is over.",
        ] {
            #expect(system.contains(part), "\(part)")
        }
        #expect(asked[1].messages.last?.content.contains("do carrots help") == true)
        #expect(
            remembered(simulation) == [
                "do carrots help", "Finder: Carrots hold vitamin A. \n\nJudge: It is a myth. ",
            ])
    }

    /// The exit is the only one that is surely last.
    @Test func ofTheLastOnlyTheExitIsHeard() {
        let simulation = asked(checker(speak: .last), ["Finder", "none"])
        #expect(simulation.speakers == ["Judge"])
        #expect(simulation.texts.joined().contains("Carrots"))
    }

    @Test(arguments: ["I am not sure.", "", "Finder or Judge?", "none", #"{"agent": "Nobody"}"#])
    func whatCannotBeReadEndsTheSteps(text: String) {
        let simulation = asked(checker(), [text, "Finder", "Finder"])
        #expect(started(simulation) == ["Checker/Judge"] && simulation.statuses == [.completed])
        #expect(choices(simulation).count == 1)
    }

    @Test func aChoiceThatFailsEndsTheSteps() {
        let simulation = asked(checker(), ["Finder"]) { $0.failingAgents = ["Checker"] }
        #expect(started(simulation) == ["Checker/Judge"] && simulation.speakers == ["Judge"])
        #expect(simulation.warnings.isEmpty)
    }

    /// A member may run in every step; each of its answers is shown, spoken and kept.
    @Test func theStepsAreUsedUp() {
        let simulation = asked(checker(most: 3), Array(repeating: "Finder", count: 9))
        #expect(started(simulation) == Array(repeating: "Checker/Finder", count: 3) + ["Checker/Judge"])
        #expect(simulation.spoken.count { $0.contains("Carrots") } == 3)
        let done = simulation.events.compactMap {
            if case .agentTextDone(let source, _) = $0 { source.item } else { nil }
        }
        #expect(Set(done).count == 4)
        let said = remembered(simulation).last ?? ""
        #expect(said.split(separator: "\n\n").count == 4)
        #expect(choices(simulation).last?.brief.parents.count == 2)
    }

    @Test func aMemberThatFailsIsNotTheEnd() {
        let simulation = asked(checker(), ["Finder", "Finder", "Judge"]) { $0.failingAgents = ["Finder"] }
        #expect(started(simulation).count == 3 && simulation.speakers == ["Judge"])
    }

    /// Without one who closes, whoever is last is known when nobody follows.
    @Test(arguments: [
        (["Finder", "Judge", "none"], "Judge"), (["Judge", "Finder", "hm"], "Finder"), (["Judge"], "Judge"),
    ])
    func whoIsLastIsHeard(choices: [String], heard: String) {
        let simulation = asked(checker(speak: .last, exit: nil), choices)
        #expect(simulation.speakers == [heard])
        #expect(simulation.statuses == [.completed])
    }

    @Test func whoIsLastBecauseNoStepIsLeft() {
        #expect(asked(checker(speak: .last, most: 2, exit: nil), ["Judge", "Finder"]).speakers == ["Finder"])
        #expect(asked(checker(speak: .last, most: 1, exit: nil), ["Judge", "Finder"]).speakers == ["Judge"])
    }

    @Test func whereNobodyAnsweredTheCallerHearsSo() {
        let simulation = asked(checker(exit: nil), ["none"])
        #expect(started(simulation).isEmpty && simulation.statuses == [.failed])
        #expect(simulation.fillers.map(\.text) == [Apology.standard(in: "en")])
        #expect(choices(simulation).first?.form == .step(of: ["Finder", "Judge"]), "somebody has to do something")
    }

    @Test func aMemberIsAskedItsTask() {
        let task = #"{"agent": "Finder", "task": "F\u00fcnf Fakten, \"Karotten\"."}"#
        let simulation = asked(checker(most: 2), [task, #"{"agent": "Finder", "task": ""}"#])
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        #expect(plans.map(\.callerWords) == ["Fünf Fakten, \"Karotten\".", "do carrots help", "do carrots help"])
    }

    /// A member may be a super agent, whose members know what was said before; the task is for all of them.
    @Test func aSuperAgentIsAMember() {
        var project = checker(members: ["Team", "Judge"])
        project.agents += ["Ada", "Bob"].map { Agent(name: $0) }
        project.superAgents.append(
            SuperAgent(
                name: "Team",
                graph: FlowGraph(nodes: [.init(name: "Ada", edges: [.init(to: "Bob")]), .init(name: "Bob")])))
        let simulation = asked(project, [#"{"agent": "Team", "task": "Dig."}"#, "Team", "Judge"])
        #expect(
            started(simulation) == [
                "Checker/Team/Ada", "Checker/Team/Bob", "Checker/Team/Ada", "Checker/Team/Bob", "Checker/Judge",
            ])
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        #expect(plans.map(\.callerWords).prefix(3) == ["Dig.", "Dig.", "do carrots help"])
        #expect(plans.last?.parents.map(\.agent) == ["Ada", "Bob", "Ada", "Bob"])
    }

    @Test func membersSpeakInTheOrderOfTheGraph() {
        var project = checker()
        project.superAgents[0].floor = .graphOrder
        #expect(asked(project, ["Finder", "Judge"]).speakers == ["Finder", "Judge"])
    }

    /// What holds in every conversation holds whoever is chosen, interruptions and failures included.
    @Test(arguments: 0..<60) func theLawsHold(seed: Int) {
        var conversation = RandomConversation(
            seed: seed,
            rules: { project, random in
                for index in project.superAgents.indices {
                    let names = project.superAgents[index].graph.nodes.map(\.name)
                    let exit = Bool.random(using: &random) ? names.randomElement(using: &random) : nil
                    project.superAgents[index].graph = FlowGraph(
                        nodes: names.map { .init(name: $0) },
                        course: .steps(most: Int.random(in: 1...5, using: &random), exit: exit))
                    project.superAgents[index].program = .steps(StepPlan())
                    project.superAgents[index].showsDecisions = Bool.random(using: &random)
                    project.superAgents[index].speak = [.all, .last].randomElement(using: &random) ?? .all
                }
            })
        conversation.run()
        var laws = Laws(seed: seed)
        for (at, output) in conversation.simulation.log { laws.check(output, at: at) }
        laws.checkEnd(voicesWork: conversation.voicesWork, isSettled: conversation.simulation.isSettled)
    }

    // MARK: What is shown of decisions

    @Test func whoComesNextIsShownAndNotSaid() {
        let simulation = asked(checker(shows: true), ["Finder", "none"])
        #expect(simulation.fillers.map(\.text) == ["Next: Finder.", "Next: Judge."])
        #expect(simulation.fillers.allSatisfy { $0.source.agent == "Checker" })
        #expect(!simulation.spoken.joined().contains("Next") && !simulation.texts.joined().contains("Next"))
        #expect(asked(checker(), ["Finder", "none"]).fillers.isEmpty)
    }

    @Test func aTriageIsShownInTheProjectsLanguage() {
        var project = checker(shows: true)
        project.audio.language = "de-DE"
        project.superAgents[0].program = .flow
        project.superAgents[0].graph = FlowGraph(nodes: [
            .init(
                name: "Finder",
                edges: [.init(to: "Judge", when: .condition("it is one")), .init(to: "Team", when: .otherwise)]),
            .init(name: "Judge"), .init(name: "Team"),
        ])
        project.agents.append(Agent(name: "Ada"))
        project.superAgents.append(SuperAgent(name: "Team", graph: FlowGraph(nodes: [.init(name: "Ada")])))
        #expect(asked(project, []).fillers.map(\.text) == ["Als Nächstes: Judge."])
        #expect(asked(project, []) { $0.judgements = "no" }.fillers.map(\.text) == ["Als Nächstes: Team."])
    }

    @Test func aLineNamesAnybody() {
        #expect(NextLine(agent: "x", language: "xx").text(["{names}", "B"]) == "Next: {names}, B.")
        #expect(NextLine(agent: "x", language: "fr-CA").text(["A"]) == "Ensuite : A.")
    }
}
