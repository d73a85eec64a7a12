import Agents
import FlowGraph
import ProjectModel
import ProviderKit
import TestSupport
import Testing

@testable import Session

/// Who answers a turn, where there is a choice.
struct OrchestratorTests {
    static func desk() -> Project {
        var project = TestProjects.advisor()
        project.orchestrator.agentNames = ["Stock", "Currency", "Advisor"]
        return project
    }

    static func asked(_ project: Project, _ script: Script, until end: Duration = .seconds(90)) -> Simulation {
        var script = script
        if script.transcripts.isEmpty { script.transcripts = ["how are my shares and what is a franc"] }
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(60)
        simulation.run(until: end)
        return simulation
    }

    static func routed(_ text: String) -> Script {
        var script = Script()
        script.routing = text
        return script
    }

    private func started(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .agentStarted(let source, _) = $0 { source.agent } else { nil } }
    }

    /// What each agent was asked for its answer.
    private func questions(_ simulation: Simulation) -> [String: Brief] {
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        return Dictionary(plans.map { ($0.agentName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static let both = #"""
        {"tasks": [{"agent": "Stock", "task": "How are my shares?", "after": [], "if": ""},
         {"agent": "Currency", "task": "What is a franc?", "after": [], "if": ""}]}
        """#

    @Test func twoAgentsAnswerOneTurnInParallel() {
        let simulation = Self.asked(Self.desk(), Self.routed(Self.both))
        #expect(simulation.speakers.sorted() == ["Currency", "Stock"], "one after the other, as they become ready")
        #expect(simulation.statuses == [.completed])
        let questions = questions(simulation)
        #expect(questions["Stock"]?.callerWords == "How are my shares?")
        #expect(questions["Currency"]?.callerWords == "What is a franc?")
        let at = simulation.requests.compactMap { entry -> Duration? in
            guard case .write(_, _, let request) = entry.request, request.brief.task == .plan else { return nil }
            return entry.at
        }
        #expect(at.count == 2 && Set(at).count == 1, "neither waits for the other")
    }

    @Test func theHistoryHoldsBothAnswers() {
        var script = Self.routed(Self.both)
        script.transcripts = ["shares and francs", "and now"]
        var simulation = Simulation(Self.desk(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(30)
        simulation.speak(2)
        simulation.stayQuiet(30)
        simulation.run(until: .seconds(90))
        let said = simulation.remembered.map(\.content)
        #expect(
            said == [
                "shares and francs",
                "Stock: I am Stock. This is my plan. \n\nCurrency: I am Currency. This is my plan. ",
            ])
    }

    @Test func oneQuestionIsOneCall() {
        for text in [
            "Currency", #"{"tasks": ["Currency"]}"#, #"{"tasks": [{"agent": "Currency", "task": "Francs?"}]}"#,
        ] {
            let simulation = Self.asked(Self.desk(), Self.routed(text))
            #expect(started(simulation) == ["Currency"])
            #expect(simulation.generations.count == 2)
            #expect(
                questions(simulation)["Currency"]?.callerWords == "how are my shares and what is a franc",
                "one agent alone is asked all of it, as it was said")
        }
    }

    /// Sort, then Repair if so, then Learn, in one turn.
    @Test(arguments: [("yes", ["Stock", "Currency", "Risk"]), ("no", ["Stock", "Risk"])])
    func severalAnswerInOrder(judgement: String, agents: [String]) {
        var project = Self.desk()
        project.orchestrator.agentNames = ["Stock", "Currency", "Risk"]
        project.orchestrator.routingOrder = "Call Stock first. If it falls, call Currency. Always end with Risk."
        var script = Self.routed(
            #"""
            {"tasks": [{"agent": "Stock"}, {"agent": "Currency", "after": [0], "if": "it falls"},
             {"agent": "Risk", "after": [1]}]}
            """#)
        script.judgements = judgement
        let simulation = Self.asked(project, script)
        #expect(started(simulation) == agents)
        #expect(questions(simulation)["Risk"]?.parents.map(\.agent) == Array(agents.dropLast()))
        let order = simulation.generations.first?.messages.first?.content.contains("Always end with Risk.")
        #expect(order == true)
    }

    @Test func aSuperAgentAndAnAgentAnswerTogether() {
        let text = #"{"tasks": [{"agent": "Advisor", "task": "Advise."}, {"agent": "Stock", "task": "List."}]}"#
        var project = Self.desk()
        project.agents.append(Agent(name: "Desk", description: "Lists."))
        project.orchestrator.agentNames = ["Advisor", "Desk"]
        let simulation = Self.asked(project, Self.routed(text.replacing("Stock", with: "Desk")))
        #expect(Set(started(simulation)) == ["Stock", "Currency", "Risk", "Advisor", "Desk"])
        let questions = questions(simulation)
        #expect(questions["Risk"]?.callerWords == "Advise." && questions["Desk"]?.callerWords == "List.")
        let summary = simulation.generations.map(\.brief).first { $0.task == .summarize }
        #expect(summary?.callerWords == "Advise." && summary?.parents.count == 3)
    }

    @Test func withoutDecomposingOneAnswers() {
        var project = Self.desk()
        project.orchestrator.decomposes = false
        #expect(started(Self.asked(project, Self.routed("Currency"))) == ["Currency"])
        let both = Self.asked(project, Self.routed(Self.both))
        #expect(started(both) == ["Stock"], "two names are no choice: the first agent")
    }

    @Test func whatIsNoChoiceIsTheFirst() {
        for text in ["", "I am not sure.", #"{"tasks": ["Bond"]}"#, "{{{"] {
            #expect(started(Self.asked(Self.desk(), Self.routed(text))) == ["Stock"])
        }
        var script = Script()
        script.failingAgents = ["orchestrator"]
        #expect(started(Self.asked(Self.desk(), script)) == ["Stock"])
    }

    /// Whatever the order in which parallel agents think: the same texts of each, and the same history.
    @Test(arguments: 0..<40) func theSchedulingChangesNothing(seed: Int) {
        var random = Seeded(seed)
        var project = Self.desk()
        project.orchestrator.agentNames = ["Stock", "Currency", "Risk"]
        project.agents[2].speech = TestProjects.voice("en-GB-LibbyNeural")
        let delays = Dictionary(
            uniqueKeysWithValues: project.orchestrator.agentNames.map { name in
                (name, Duration.milliseconds(Int.random(in: 0...3000, using: &random)))
            })
        func outcome(_ thinks: @escaping (String) -> Duration) -> (texts: [String: String], history: [String]) {
            var script = Self.routed(#"{"tasks": ["Stock", "Currency", "Risk"]}"#)
            script.thinks = thinks
            script.transcripts = ["one", "two"]
            var simulation = Simulation(project, script)
            simulation.stayQuiet(1.5)
            simulation.speak(2)
            simulation.stayQuiet(40)
            simulation.speak(2)
            simulation.stayQuiet(40)
            simulation.run(until: .seconds(120))
            var texts: [String: String] = [:]
            for event in simulation.events {
                if case .agentText(let source, let text) = event { texts[source.agent, default: ""] += text }
            }
            return (texts, simulation.remembered.map(\.content))
        }
        let (even, shuffled) = (outcome { _ in .zero }, outcome { delays[$0] ?? .zero })
        #expect(even.texts == shuffled.texts && even.texts.count == 3)
        #expect(even.history == shuffled.history && even.history.count == 2)
    }
}

/// What the orchestrator says itself: it refuses, and it answers where no agent fits.
struct OrchestratorsWordsTests {
    private func ruled() -> Project {
        var project = OrchestratorTests.desk()
        project.orchestrator.rules = [ConductRule(name: "No bets", description: "Refuse bets.", failing: ["Bet on it"])]
        return project
    }

    private func started(_ simulation: Simulation) -> [String] {
        simulation.events.compactMap { if case .agentStarted(let source, _) = $0 { source.agent } else { nil } }
    }

    @Test func whatViolatesARuleIsRefused() {
        var script = OrchestratorTests.routed("Currency")
        (script.screening, script.transcripts) = ("no bets", ["bet on it", "why"])
        var simulation = Simulation(ruled(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(30)
        simulation.run(until: .seconds(30))
        #expect(simulation.speakers == ["orchestrator"] && simulation.statuses == [.completed])
        #expect(simulation.texts.joined().contains("No bets"))
        #expect(simulation.synthesized.allSatisfy { $0.speech.voice.names.contains("en-AU-WilliamNeural") })
        simulation.script.screening = "none"
        simulation.speak(2)
        simulation.stayQuiet(30)
        simulation.run(until: .seconds(70))
        #expect(simulation.speakers == ["orchestrator", "Currency"])
        let refusal = Refusal.standard(in: "en-AU", rule: "No bets")
        #expect(simulation.remembered.map(\.content) == ["bet on it", "orchestrator: " + refusal])
    }

    /// The check costs no time where somebody has to be chosen, and nothing is said before it is known.
    @Test(arguments: [("none", ["Currency"]), ("No bets", ["orchestrator"])])
    func bothAreAskedAtOnce(screening: String, agents: [String]) {
        var script = OrchestratorTests.routed("Currency")
        script.screening = screening
        let simulation = OrchestratorTests.asked(ruled(), script)
        let first = simulation.requests.compactMap { entry -> (at: Duration, task: Brief.Task)? in
            guard case .write(_, _, let request) = entry.request else { return nil }
            return (entry.at, request.brief.task)
        }
        #expect(first.count >= 2 && first[0].at == first[1].at)
        #expect(started(simulation) == agents)
    }

    @Test func aLateRefusalStillComesFirst() {
        var script = OrchestratorTests.routed("Currency")
        script.holdsGenerations = true
        script.transcripts = ["bet on it"]
        var simulation = Simulation(ruled(), script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(30)
        let (routing, screening) = (
            Work(response: ResponseID(1), part: .routing), Work(response: ResponseID(1), part: .screening)
        )
        simulation.engine(.text(routing, "Currency"), at: .seconds(8))
        simulation.engine(.textDone(routing), at: .seconds(8))
        simulation.engine(.text(screening, "No bets"), at: .seconds(12))
        simulation.run(until: .seconds(11))
        #expect(started(simulation).isEmpty && simulation.plays.isEmpty)
        simulation.engine(.textDone(screening), at: .seconds(12))
        simulation.run(until: .seconds(30))
        #expect(started(simulation) == ["orchestrator"])
    }

    @Test func whatCannotBeCheckedIsRefused() {
        for (text, parts) in [("none", Set([Work.Part.screening])), ("I am not sure.", []), ("", [])] {
            var script = OrchestratorTests.routed("Currency")
            script.screening = text
            script.failsParts = parts
            let simulation = OrchestratorTests.asked(ruled(), script)
            #expect(started(simulation) == ["orchestrator"])
            #expect(simulation.texts.joined() == Apology.standard(in: "en-AU"))
        }
    }

    @Test func oneAgentAloneWaitsForTheCheck() {
        var project = ruled()
        project.orchestrator.agentNames = ["Stock"]
        #expect(started(OrchestratorTests.asked(project, Script())) == ["Stock"])
        var script = Script()
        script.screening = "No bets"
        #expect(started(OrchestratorTests.asked(project, script)) == ["orchestrator"])
    }

    @Test(arguments: [true, false]) func whereNoAgentFitsTheOrchestratorAnswers(decomposes: Bool) {
        var project = OrchestratorTests.desk()
        project.orchestrator.decomposes = decomposes
        project.orchestrator.ownOrders = "tone: dry"
        let simulation = OrchestratorTests.asked(project, OrchestratorTests.routed("none"))
        #expect(started(simulation) == ["orchestrator"] && simulation.statuses == [.completed])
        let system = simulation.generations.last?.messages.first?.content ?? ""
        #expect(system.contains("tone: dry") && system.contains("- Stock: Plans for stocks."))
        #expect(system.contains("You answer for a team of agents."))
    }

    @Test func aRefusalNamesAnyRule() {
        #expect(Refusal.standard(in: "xx", rule: "{rule}").hasSuffix("does not allow it: {rule}."))
        #expect(Refusal.standard(in: "de-AT", rule: "Keine Wetten").contains("Keine Wetten"))
    }
}
