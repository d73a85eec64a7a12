import FlowGraph
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Super agents that try their members and judge the answers, in whole conversations.
struct EvaluationAgentTests {
    private static let warmth = Evaluation.Metric(name: "warmth", rubric: "Is it kind?")

    private func jury(_ evaluations: [Evaluation], members: [String] = ["Ada", "Bob"]) -> Project {
        var project = TestProjects.advisor(closes: false)
        project.orchestrator.agentNames = ["Jury"]
        project.agents = ["Ada", "Bob"].map { Agent(name: $0, description: "Is \($0).") }
        let runs = evaluations.map(\.runs)
        project.superAgents = [
            SuperAgent(
                name: "Jury", goal: "Find the kindest.",
                graph: FlowGraph(nodes: members.map { .init(name: $0) }, course: .trials(runs)))
        ]
        project.superAgents[0].program = .evaluation(evaluations)
        return project
    }

    private var two: [Evaluation] {
        [
            Evaluation(
                metrics: [Self.warmth, .init(name: "length", scale: 0...10)],
                samples: [.init(words: "Who are you?"), .init(words: "Why?", truth: "Because.")]),
            Evaluation(metrics: [Self.warmth]),
        ]
    }

    private func asked(_ project: Project, _ scores: [String], _ change: (inout Script) -> Void = { _ in })
        -> Simulation
    {
        var script = Script()
        script.transcripts = ["how are they", "and now"]
        script.scores = scores
        change(&script)
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(60)
        simulation.run(until: .seconds(90))
        return simulation
    }

    private func judged(_ simulation: Simulation) -> [Brief] {
        simulation.generations.map(\.brief).filter { if case .score = $0.task { true } else { false } }
    }

    @Test func everyAnswerIsJudgedByEveryMetric() throws {
        let simulation = asked(
            jury(two),
            [
                #"{"score": 4, "reason": "Kind."}"#, #"{"score": 10, "reason": ""}"#,
                #"{"score": 1, "reason": "Cold."}"#, "3", #"Sure: {"score": 5, "reason": "Warm."}"#,
            ])
        let report = try #require(simulation.texts.first)
        #expect(
            report == """
                Ada: answered 2 of 2 samples.
                - warmth: 2.5 of 5 on average.
                - length: 6.5 of 10 on average.
                - Weakest answer, to "Why?": warmth 1 (Cold.); length 3.

                Bob: answered 1 of 1 samples.
                - warmth: 5 of 5 on average.
                """)
        #expect(simulation.speakers == ["Jury"] && simulation.statuses == [.completed])
        #expect(simulation.spoken.joined() == "In short, one answers.", "a long report is summed up")
        #expect(simulation.texts.count == 1, "nothing of the members is shown")
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        #expect(plans.map(\.callerWords) == ["Who are you?", "Why?", "how are they"])
        #expect(plans.allSatisfy { $0.parents.isEmpty })
        let judged = judged(simulation)
        #expect(judged.map { $0.parents.map(\.agent) } == [["Ada"], ["Ada"], ["Ada"], ["Ada"], ["Bob"]])
        #expect(judged[2].callerWords == "Why?")
        #expect(judged[2].task == .score(.init(metric: "warmth", rubric: "Is it kind?", truth: "Because.")))
        #expect(judged[3].form == .score(from: 0, through: 10))
    }

    @Test(arguments: [
        "", "very good", "6", "0", #"{"score": 9}"#, #"{"score": true}"#, #"{"score": "high"}"#, "4 or 5",
    ])
    func whatCannotBeReadIsNotScored(text: String) {
        let simulation = asked(jury([two[1]], members: ["Bob"]), [text])
        #expect(simulation.texts == ["Bob: answered 1 of 1 samples.\n- warmth: not scored."])
        #expect(simulation.speakers == ["Jury"])
    }

    @Test func judgementsThatFailAreNotScored() {
        let simulation = asked(jury(two), []) { $0.failingAgents = ["Jury"] }
        let report = simulation.texts.first ?? ""
        #expect(report.contains("- warmth: not scored.") && simulation.statuses == [.completed])
        #expect(simulation.speakers == ["Jury"], "the report is spoken where its summary fails")
    }

    @Test func anAgentThatFailsIsReported() {
        let simulation = asked(jury(two), ["2"]) { $0.failingAgents = ["Ada"] }
        #expect(
            simulation.texts.first?.hasPrefix("Ada: answered 0 of 2 samples.\n- warmth: not scored.") == true)
        #expect(simulation.texts.first?.hasSuffix("- warmth: 2 of 5 on average.") == true)
        #expect(judged(simulation).count == 1)
    }

    @Test func whereNobodyAnswersThatIsTheReport() {
        let simulation = asked(jury([two[1]], members: ["Bob"]), []) { $0.failingAgents = ["Bob"] }
        #expect(simulation.texts == ["Bob: answered 0 of 1 samples.\n- warmth: not scored."])
        #expect(simulation.statuses == [.completed] && simulation.speakers == ["Jury"])
        #expect(judged(simulation).isEmpty)
    }

    /// Samples that the file does not have are invented, once for each member, and only so many.
    @Test func samplesAreInvented() throws {
        let evaluations = [Evaluation(metrics: [Self.warmth]), Evaluation(metrics: [Self.warmth])]
        let simulation = asked(jury(evaluations), ["1", "2", "3", "4"]) {
            $0.samples = #"<think>["No"]</think> {"samples": ["How are you?", "", "How are you?", 7, "Why\n?"]}"#
        }
        let inventing = simulation.generations.map(\.brief).filter {
            if case .invent = $0.task { true } else { false }
        }
        #expect(
            inventing.map(\.task) == [
                .invent(.init(agent: "Ada", text: "Is Ada."), count: 5),
                .invent(.init(agent: "Bob", text: "Is Bob."), count: 5),
            ])
        #expect(inventing.allSatisfy { $0.agentName == "Jury" && $0.goal == "Find the kindest." })
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        #expect(
            Set(plans.map { "\($0.agentName): \($0.callerWords)" }) == [
                "Ada: How are you?", "Ada: Why ?", "Bob: How are you?", "Bob: Why ?",
            ])
        #expect(plans.count == 4 && judged(simulation).count == 4)
        let report = try #require(simulation.texts.first)
        #expect(report.hasPrefix("Ada: answered 2 of 2 samples.") && report.contains("Bob: answered 2 of 2 samples."))
        #expect(simulation.speakers == ["Jury"] && simulation.statuses == [.completed])
    }

    @Test func noMoreSamplesAreInventedThanWanted() {
        let list = (0..<50).map { "\"Question \($0)?\"" }.joined(separator: ", ")
        let simulation = asked(jury([two[1]], members: ["Bob"]), Array(repeating: "3", count: 9)) {
            $0.samples = "{\"samples\": [\(list)]}"
        }
        #expect(simulation.generations.count { $0.brief.task == .plan } == Evaluation.inventedSamples)
        #expect(simulation.texts.first?.hasPrefix("Bob: answered 5 of 5 samples.") == true)
    }

    /// A nested super agent is tried as one: all of its members belong to the sample.
    @Test func aTeamIsTriedByInventedSamples() {
        var project = jury([Evaluation(metrics: [Self.warmth])], members: ["Team"])
        project.superAgents.append(
            SuperAgent(
                name: "Team", description: "Both.",
                graph: FlowGraph(nodes: [.init(name: "Ada", edges: [.init(to: "Bob")]), .init(name: "Bob")])))
        let simulation = asked(project, ["3"]) { $0.samples = #"["Who?"]"# }
        let plans = simulation.generations.map(\.brief).filter { $0.task == .plan }
        #expect(plans.map(\.agentName) == ["Ada", "Bob"] && plans.allSatisfy { $0.callerWords == "Who?" })
        #expect(simulation.texts.first?.hasPrefix("Team: answered 1 of 1 samples.") == true)
    }

    /// A super agent with a language model of its own invents, judges and sums up with it.
    @Test func aSuperAgentHasALanguageModelOfItsOwn() throws {
        let model = ModelChain(ModelReference(provider: "OpenAI", model: "gpt-4.1-mini"))
        var project = jury([two[1]], members: ["Bob"])
        (project.superAgents[0].languageModel, project.superAgents[0].sampling) = (model, Sampling(temperature: 0.1))
        project.sampling = Sampling(temperature: 0.9, maxTokens: 70)
        let simulation = asked(project, ["3"])
        var used: [String: ModelChain] = [:]
        var sampled: [String: SamplingRequest] = [:]
        for entry in simulation.journal.entries {
            for case .request(.write(_, let models, let request)) in entry.outputs {
                (used[request.brief.agentName], sampled[request.brief.agentName]) = (models, request.sampling)
            }
        }
        #expect(used == ["Jury": model, "Bob": project.languageModel])
        #expect(sampled["Jury"] == SamplingRequest(temperature: 0.1, maxTokens: 70))
    }

    /// What decides where a flow goes on is the super agent's model, too; members write with theirs.
    @Test func conditionsAreJudgedByTheModelOfTheSuperAgent() {
        let model = ModelChain(ModelReference(provider: "OpenAI", model: "gpt-4.1-mini"))
        var project = jury([two[1]], members: ["Bob"])
        project.orchestrator.agentNames = ["Flow"]
        project.superAgents = [
            SuperAgent(
                name: "Flow",
                graph: FlowGraph(nodes: [
                    .init(name: "Ada", edges: [.init(to: "Bob", when: .condition("It is good."))]), .init(name: "Bob"),
                ]))
        ]
        project.superAgents[0].languageModel = model
        let simulation = asked(project, [])
        let used = simulation.journal.entries.flatMap { entry in
            entry.outputs.compactMap { output -> (judges: Bool, models: ModelChain)? in
                guard case .request(.write(_, let models, let request)) = output else { return nil }
                return (request.brief.task == .judge(condition: "It is good."), models)
            }
        }
        #expect(used.map(\.judges).filter(\.self).count == 1 && used.count == 3)
        #expect(used.allSatisfy { $0.models == ($0.judges ? model : project.languageModel) })
    }

    /// Many samples and metrics: never more than eight requests at once, and all of them in the end.
    @Test func theWorkIsBounded() {
        let metrics = (0..<10).map { Evaluation.Metric(name: "m\($0)") }
        let samples = (0..<20).map { Evaluation.Sample(words: "Question \($0)?") }
        let simulation = asked(
            jury([Evaluation(metrics: metrics, samples: samples)], members: ["Ada"]),
            Array(repeating: "3", count: 200))
        var open: Set<Work> = []
        var most = 0
        for entry in simulation.journal.entries {
            if case .engine(let report) = entry.input {
                switch report {
                case .textDone(let work), .textFailed(let work, _): open.remove(work)
                default: break
                }
            }
            for case .request(.write(let work, _, _)) in entry.outputs { open.insert(work) }
            most = max(most, open.count)
        }
        #expect(most == 8)
        #expect(judged(simulation).count == 200)
        #expect(simulation.texts.first?.contains("- m9: 3 of 5 on average.") == true)
    }

    /// A trial is told nothing of the conversation, and what follows an evaluation is told its report only.
    @Test func trialsStandAlone() {
        var project = jury(two)
        project.superAgents.append(
            SuperAgent(
                name: "Day",
                graph: FlowGraph(nodes: [.init(name: "Jury", edges: [.init(to: "Cleo")]), .init(name: "Cleo")])))
        project.agents.append(Agent(name: "Cleo"))
        project.orchestrator.agentNames = ["Day"]
        var script = Script()
        script.transcripts = ["how are they", "and now"]
        var simulation = Simulation(project, script)
        simulation.stayQuiet(1.5)
        simulation.speak(2)
        simulation.stayQuiet(40)
        simulation.speak(2)
        simulation.stayQuiet(40)
        simulation.run(until: .seconds(120))
        let plans = simulation.generations.filter { $0.brief.task == .plan }
        #expect(plans.count == 8)
        #expect(plans.filter { $0.brief.agentName == "Cleo" }.allSatisfy { $0.brief.parents.map(\.agent) == ["Jury"] })
        let told = plans.last?.messages.map(\.content) ?? []
        #expect(told.count == 4 && told[1] == "how are they")
        #expect(told[2].hasPrefix("Jury: Ada: answered 2 of 2 samples.") && !told[2].contains("I am Ada"))
        let trials = plans.filter { $0.brief.agentName != "Cleo" }
        #expect(trials.allSatisfy { $0.messages.count == 2 && !$0.messages[1].content.contains("Cleo") })
    }
}
