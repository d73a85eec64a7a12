import Agents
import ProjectModel
import ProviderKit
import Testing

@testable import Session

/// Agents that look at drafts before anybody hears one: `self_reflection_config`.
@Suite struct SelfReflectionTests {
    private static let bad = #"{"good": false, "flaws": ["It is dull."]}"#

    private func project(_ rules: SelfReflection = SelfReflection(), bargeIn: Bool = true) -> Project {
        var project = TestProjects.single(bargeIn: bargeIn)
        project.agents[0].reflection = rules
        return project
    }

    private func script(_ drafts: [String], critiques: [String] = []) -> Script {
        var script = Script()
        script.writings = ["Stock": drafts.map { Script.Writing(text: $0) }]
        script.critiques = critiques
        return script
    }

    private func asked(_ project: Project, _ script: Script, until end: Duration = .seconds(60)) -> Simulation {
        var simulation = Simulation(project, script)
        simulation.client(.text("What is new?"), at: .seconds(1))
        simulation.run(until: end)
        return simulation
    }

    private func parts(_ simulation: Simulation) -> [Work.Part] {
        simulation.requests.compactMap { if case .write(let work, _, _) = $0.request { work.part } else { nil } }
    }

    private func tasks(_ simulation: Simulation) -> [String] {
        simulation.generations.map { request in
            switch request.brief.task {
            case .plan: "plan"
            case .critique: "critique"
            case .choose: "choose"
            case .merge: "merge"
            default: "other"
            }
        }
    }

    // MARK: - What is heard

    @Test func nothingIsHeardBeforeItIsSettled() throws {
        let simulation = asked(
            project(), script(["A dull draft is here.", "Gold is up today."], critiques: [Self.bad]))
        #expect(tasks(simulation) == ["plan", "critique", "plan", "critique"])
        #expect(simulation.texts.joined() == "Gold is up today. ")
        #expect(simulation.spoken == ["Gold is up today."])
        #expect(simulation.statuses == [.completed] && simulation.warnings.isEmpty)
        let last = try #require(simulation.requests.last { if case .write = $0.request { true } else { false } }?.at)
        #expect(simulation.first(\.isText).map { $0 > last } == true)
        // What the redraft is told.
        let redraft = simulation.generations[2]
        #expect(redraft.form == .text && simulation.generations[1].form == .critique)
        #expect(redraft.messages.suffix(2).map(\.role) == [.assistant, .user])
        #expect(redraft.messages.dropLast().last?.content == "A dull draft is here. ")
        #expect(redraft.messages.last?.content.contains("* It is dull.") == true)
    }

    /// The history holds the answer, and no draft.
    @Test func theHistoryHoldsTheAnswerOnly() {
        var simulation = Simulation(
            project(), script(["A dull draft.", "Gold is up.", "And silver, too."], critiques: [Self.bad]))
        simulation.client(.text("What is new?"), at: .seconds(1))
        simulation.client(.text("And else?"), at: .seconds(30))
        simulation.run(until: .seconds(60))
        #expect(simulation.remembered.map(\.content) == ["What is new?", "Gold is up. "])
    }

    @Test(arguments: [
        (SelfReflection.Selection.best, "2", "A second draft. "), (.best, "1", "A first draft. "),
        (.best, "none of them", "A second draft. "), (.aggregate, "", "The best of all drafts. "),
    ])
    func draftsAreChosenOrMerged(_ selection: SelfReflection.Selection, choice: String, answer: String) {
        var script = script(["A first draft.", "A second draft."], critiques: [Self.bad])
        script.choice = choice
        let simulation = asked(project(SelfReflection(selection: selection)), script)
        #expect(tasks(simulation) == ["plan", "critique", "plan", selection == .best ? "choose" : "merge"])
        #expect(simulation.texts.joined() == answer && simulation.statuses == [.completed])
    }

    @Test(arguments: [
        "no JSON", "", String(repeating: "{\"good\":", count: 50_000), #"{"good": "maybe"}"#, #"{"good": [false]}"#,
    ])
    func aCritiqueThatCannotBeReadLetsTheDraftStand(_ critique: String) {
        let simulation = asked(project(), script(["The first draft."], critiques: [critique]))
        #expect(tasks(simulation) == ["plan", "critique"])
        #expect(simulation.texts.joined() == "The first draft. " && simulation.statuses == [.completed])
    }

    @Test func whatFailsKeepsTheLastDraft() {
        var failing = script(["The first draft."])
        failing.failsParts = [.reflection(node: "Stock")]
        let lost = asked(project(), failing)
        #expect(lost.texts.joined() == "The first draft. " && lost.statuses == [.completed] && lost.warnings.isEmpty)

        for second in [Script.Writing(text: "Half a", fails: true), Script.Writing(text: "…")] {
            var script = script(["The first draft."], critiques: [Self.bad])
            script.writings["Stock"]?.append(second)
            let simulation = asked(project(), script)
            #expect(simulation.texts.joined() == "The first draft. ")
            #expect(simulation.statuses == [.completed] && simulation.warnings.isEmpty)
        }
    }

    @Test func aFirstDraftThatFailsIsAFailedAnswer() {
        var script = script([])
        script.writings["Stock"] = [Script.Writing(text: "Half a", fails: true)]
        let simulation = asked(project(), script)
        #expect(simulation.warnings.map(\.code) == ["agent_failed"] && simulation.statuses == [.failed])
        #expect(!simulation.texts.joined().contains("Half"))
    }

    @Test func noMoreDraftsThanAllowed() {
        let drafts = (1...9).map { "Draft number \($0)." }
        let rules = SelfReflection(maximumAttempts: 5)
        let simulation = asked(project(rules), script(drafts, critiques: Array(repeating: Self.bad, count: 9)))
        #expect(tasks(simulation).count { $0 == "plan" } == 5 && tasks(simulation).count { $0 == "critique" } == 5)
        #expect(simulation.texts.joined() == "Draft number 1. ")
    }

    @Test func aFillerBridgesTheSilence() {
        var project = project()
        project.agents[0].filler = Filler(text: "One moment.", after: .seconds(1))
        var script = script(["A dull draft.", "Gold is up."], critiques: [Self.bad])
        script.thinks = { _ in .seconds(2) }
        let simulation = asked(project, script)
        #expect(simulation.fillers.map(\.text) == ["One moment."])
        #expect(simulation.fillers.first.map { $0.at < .seconds(4) } == true)
        #expect(simulation.texts.joined() == "Gold is up. ")
    }

    // MARK: - What is shown

    @Test func draftsAndCritiquesAreShownOnDemandAndNeverSpoken() {
        func notes(_ simulation: Simulation) -> [String] {
            simulation.events.compactMap { event in
                switch event {
                case .agentDraft(_, let attempt, let text): "\(attempt) \(text)"
                case .agentCritique(_, let attempt, let flaws): "\(attempt) \(flaws?.joined() ?? "good")"
                default: nil
                }
            }
        }
        let told = script(["A dull draft.", "Gold is up."], critiques: [Self.bad])
        let shown = asked(project(SelfReflection(isShown: true)), told)
        #expect(notes(shown) == ["1 A dull draft. ", "1 It is dull.", "2 Gold is up. ", "2 good"])
        #expect(shown.spoken == ["Gold is up."])
        #expect(notes(asked(project(), told)).isEmpty)
    }

    // MARK: - Tools

    private func equipped(_ rules: SelfReflection = SelfReflection()) -> Project {
        var project = project(rules)
        project.tools = ["book", "find"].map {
            Tool(
                name: $0, description: "Does.", parameters: #"{"type":"object"}"#,
                source: .http(HTTPTool(method: "POST", url: "http://127.0.0.1/\($0)")))
        }
        project.agents[0].tools = ToolUse(tools: ["book", "find"])
        return project
    }

    private func call(_ name: String, _ arguments: String) -> Script.Writing {
        Script.Writing(calls: [ToolCall(id: "x", name: name, arguments: arguments)])
    }

    private func calls(_ simulation: Simulation) -> [String] {
        simulation.requests.compactMap {
            if case .call(_, let call, _, _) = $0.request { call.tool + call.arguments } else { nil }
        }
    }

    /// A redraft sees the results of what was called. It may call other things; the same again is not done.
    @Test func aRedraftRepeatsNoCall() throws {
        var script = script([], critiques: [Self.bad])
        script.writings["Stock"] = [
            call("book", #"{"day":1,"at":"ten"}"#), .init(text: "Booked."),
            call("book", #"{ "at": "ten", "day": 1 }"#), call("find", "{}"), .init(text: "It is booked for ten."),
        ]
        var simulation = Simulation(equipped(), script)
        simulation.client(.text("Book me in."), at: .seconds(1))
        simulation.client(.text("Thanks."), at: .seconds(30))
        simulation.run(until: .seconds(60))
        #expect(calls(simulation) == [#"book{"day":1,"at":"ten"}"#, "find{}"])
        #expect(simulation.texts.joined().hasPrefix("It is booked for ten. "))
        let redraft = simulation.generations[3]
        #expect(redraft.messages.filter { $0.role == .tool }.map(\.content) == ["did book"])
        #expect(redraft.messages.last?.content.contains("do not call the same again") == true)
        // The critic sees results and calls nothing.
        #expect(simulation.generations[2].tools.isEmpty)
        #expect(simulation.generations[2].messages.contains { $0.role == .tool })
        // What was told twice was done once, and so it stands in the history.
        #expect(simulation.remembered.filter { $0.role == .tool }.map(\.content) == ["did book", "did find"])
    }

    @Test func theBoundOnStepsIsThatOfTheWholeAnswer() {
        var project = equipped(SelfReflection(maximumAttempts: 3))
        project.agents[0].tools.maxSteps = 2
        var script = script([], critiques: [Self.bad, Self.bad])
        script.writings["Stock"] = [
            call("find", "{\"n\":1}"), .init(text: "One."), call("find", "{\"n\":2}"), .init(text: "Two."),
            .init(text: "Three.", calls: [ToolCall(id: "x", name: "find", arguments: "{\"n\":3}")]),
        ]
        let simulation = asked(project, script)
        #expect(calls(simulation) == ["find{\"n\":1}", "find{\"n\":2}"])
        #expect(simulation.texts.joined() == "Three. ")
    }

    // MARK: - Interruptions

    /// Whenever the caller goes on speaking or the client cancels, nothing more of that answer is written or heard.
    @Test(arguments: [false, true]) func nothingIsWrittenAfterItsEnd(_ isCancelled: Bool) {
        var seen: Set<Int> = []
        for tenth in 0..<80 {
            var script = script(["One dull draft.", "Another dull draft."], critiques: [Self.bad, Self.bad])
            script.reportsLate = true
            script.thinks = { _ in .seconds(1) }
            script.choice = "2"
            var simulation = Simulation(project(), script)
            simulation.client(.text("What is new?"), at: .seconds(1))
            let end = Duration.seconds(2) + .milliseconds(100 * tenth)
            simulation.client(isCancelled ? .cancelResponse : .text("Stop."), at: end)
            simulation.run(until: .seconds(60))
            let works = simulation.requests.compactMap { entry -> (at: Duration, Work)? in
                if case .write(let work, _, _) = entry.request { (entry.at, work) } else { nil }
            }
            let first = works.filter { $0.1.response == ResponseID(1) }
            seen.insert(first.count)
            let isOver = simulation.told.contains {
                if case .responseDone(ResponseID(1), .completed) = $0.event { $0.at < end } else { false }
            }
            if !isOver { #expect(first.allSatisfy { $0.at <= end }, "\(end)") }
            #expect(!simulation.texts.joined().contains("One dull"), "no draft is heard")
            #expect(simulation.statuses.count == (isCancelled ? 1 : 2))
        }
        #expect(seen == [1, 2, 3, 4, 5], "every step was cut once")
    }

    /// Members of a flow wait for the settled answer, and conditions are judged by it.
    @Test func othersGetTheSettledAnswer() {
        var project = TestProjects.advisor()
        project.agents[0].reflection = SelfReflection()
        let simulation = asked(project, script(["A dull draft.", "Gold is up."], critiques: [Self.bad]))
        let told = simulation.generations.filter { $0.brief.task == .plan && $0.brief.agentName != "Stock" }
        #expect(told.count == 2 && told.allSatisfy { $0.brief.parents.map(\.text) == ["Gold is up. "] })
        #expect(simulation.statuses == [.completed])
        #expect(simulation.speakers == ["Stock", "Currency", "Advisor"])
    }

    /// A silent agent shows its settled answer only; a summary is one of the settled answer.
    @Test func silentAgentsAndSummaries() {
        var silent = project()
        silent.agents[0].speech = TestProjects.silent()
        let shown = asked(silent, script(["A dull draft.", "Gold is up."], critiques: [Self.bad]))
        #expect(shown.texts == ["Gold is up. "] && shown.plays.isEmpty)
        var summing = project()
        summing.agents[0].speaksSummary = true
        let long = Array(repeating: "Gold is up again.", count: 12).joined(separator: " ")
        let summed = asked(summing, script(["A dull draft.", long], critiques: [Self.bad]))
        #expect(summed.texts.joined() == long + " " && summed.spoken.first?.hasPrefix("In short") == true)
    }

    /// Details that models do not see stay hidden in drafts and in what is said of them.
    @Test func draftsAreMasked() {
        var project = project(SelfReflection(selection: .best))
        project.piiMasking = PIIMasking(rules: PIIEntity.common.map { .init($0) })
        var script = script(["I write to [EMAIL_ADDRESS_1].", "A letter to [EMAIL_ADDRESS_1]."], critiques: [Self.bad])
        script.choice = "2"
        var simulation = Simulation(project, script)
        simulation.client(.text("my mail is ada@example.com"), at: .seconds(1))
        simulation.run(until: .seconds(30))
        #expect(!simulation.generations.contains { "\($0)".contains("ada@example.com") })
        #expect(simulation.texts.joined() == "A letter to ada@example.com. ")
    }
}
