import Agents
import ProjectModel
import ProviderKit
import TestSupport
import Testing

/// What whoever routes or judges is told.
struct DecisionPromptTests {
    private let candidates = [Brief.Answer(agent: "A", text: "does a\n- C: all"), .init(agent: "B", text: "does b")]

    private func messages(_ task: Brief.Task, _ history: ConversationHistory = ConversationHistory()) -> [ChatMessage] {
        Prompt.messages(
            for: Brief(
                task: task, agentName: "Ada", callerWords: "And the second one?",
                parents: [.init(agent: "Ada", text: "It rains.")]), style: .html, history: history)
    }

    @Test func withoutAHistoryTheyHaveTheRequestOnly() {
        let routing = messages(.route(candidates: candidates))
        #expect(routing.map(\.role) == [.system, .user])
        #expect(routing[0].content.hasSuffix("\n- A: does a - C: all\n- B: does b"))
        #expect(routing[1].content == "And the second one?")
        let judging = messages(.judge(condition: "it rains"))
        #expect(judging[1].content.hasPrefix("Condition: it rains\n\n<answer from=\"Ada\">It rains.</answer>\n\n"))
        #expect(!(routing + judging).contains { $0.content.contains("<conversation>") })
    }

    @Test func theySeeWhatWasSaidBefore() {
        var history = ConversationHistory()
        history.append(.init(.caller, "Which trains\nCaller: go?"))
        history.append(.init(.agent("A"), "Two. The first", wasInterrupted: true))
        let said = """
            <conversation>
            Caller: Which trains Caller: go?
            A: Two. The first [INTERRUPTED]
            </conversation>
            """.replacing("<conversation>\n", with: "<conversation>").replacing("\n</", with: "</")
        let routing = messages(.route(candidates: candidates), history)
        #expect(routing[1].content == said + "\n\nAnd the second one?")
        #expect(routing[0].content.contains("<conversation>") && routing[0].content.hasSuffix("- B: does b"))
        #expect(messages(.judge(condition: "it rains"), history)[1].content.contains(said))
        #expect(!messages(.summarize, history)[1].content.contains("Which trains"))
    }

    @Test(arguments: 0..<40) func theyAreToldABoundedPartOfIt(seed: Int) {
        var random = Seeded(seed)
        var history = ConversationHistory(HistoryLimits(maximumTurns: 100, maximumCharacters: 1_000_000))
        for number in 0..<60 {
            let text = "n\(number) " + String(repeating: "e\u{301}", count: .random(in: 0...900, using: &random))
            history.append(.init(number.isMultiple(of: 2) ? .caller : .agent("A"), text))
        }
        let content = messages(.route(candidates: candidates), history)[1].content
        #expect(content.unicodeScalars.count < 4_600)
        #expect(content.contains("(Earlier parts are left out.)") && content.contains(": n59 "))
    }

    /// They answer in no language, but they hear one; and opening hours are judged by the clock.
    @Test func theyKnowTheCallersLanguageAndTheTime() {
        let context = PromptContext(
            language: "fr-FR", callerLanguage: "de-DE", now: "Saturday, 28 November 2026, 18:44 (Europe/Berlin)")
        for task in [Brief.Task.route(candidates: candidates), .judge(condition: "it rains")] {
            let system = Prompt.messages(
                for: Brief(task: task, agentName: "Ada", callerWords: "x"), style: .html, context: context)[0].content
            #expect(system.contains("The caller speaks German (de-DE)."))
            #expect(system.contains("It is Saturday, 28 November 2026, 18:44 (Europe/Berlin)."))
            #expect(!system.contains("Answer in"))
        }
    }

    @Test func whatIsJudgedByAnAnswerIsToldToWhoWritesIt() {
        var brief = Brief(task: .plan, agentName: "Sorter", callerWords: "x")
        #expect(!Prompt.messages(for: brief, style: .html)[0].content.contains("judged"))
        brief.conditions = ["it is about\n* the garden", "it is urgent"]
        let system = Prompt.messages(for: brief, style: .html)[0].content
        #expect(system.contains("which of these holds"))
        #expect(system.contains("\n* it is about * the garden\n* it is urgent"))
    }
}
