import Agents
import ProjectModel
import ProviderKit
import Testing

@testable import Doubles

/// What Parley asks for is understood by the stand-ins as it was meant.
struct BriefReadingTests {
    @Test(arguments: [
        Brief(
            task: .plan, agentName: "Ada", agentDescription: "You plan: money.", goal: "Wealth: for all",
            callerWords: "What now?",
            parents: [
                Brief.Answer(agent: "Bob", text: "Buy <b>bonds</b>."),
                Brief.Answer(agent: "Cy D.", text: "Two\n\nlines"),
            ]),
        Brief(task: .plan, agentName: "Ada", agentDescription: "You help.", callerWords: "Hello"),
        Brief(
            task: .summarize, agentName: "Sum", agentDescription: "You close.", callerWords: "What now?",
            parents: [Brief.Answer(agent: "Bob", text: "Buy bonds.")]),
        Brief(
            task: .judge(condition: "The answer is positive"), agentName: "", callerWords: "What now?",
            parents: [Brief.Answer(agent: "Bob", text: "Yes.")]),
        Brief(
            task: .route(candidates: [
                Brief.Answer(agent: "Ada", text: "Plans: all."), Brief.Answer(agent: "Bob", text: "Sums."),
            ]), agentName: "", callerWords: "What now?"),
        Brief(
            task: .assign(
                candidates: [Brief.Answer(agent: "Ada", text: "Plans."), .init(agent: "Bob", text: "")], order: nil),
            agentName: "", callerWords: "What now?"),
        Brief(
            task: .ask([Question(name: "", text: "Does it suit you?"), Question(name: "", text: "Why?")]),
            agentName: "Ada", agentDescription: "Asks.", callerWords: "What now?"),
        Brief(
            task: .fill([
                Question(name: "suits", kind: .truth, text: "Does it?"), Question(name: "n", kind: .integer, text: "n"),
            ]),
            agentName: "", callerWords: "Yes, two", parents: [Brief.Answer(agent: "Ada", text: "Does it?")]),
        Brief(
            task: .screen(rules: [
                Brief.Rule(name: "No bets", text: "Never: bet.", passing: ["Hi"], failing: ["Bet", "Bet: all"]),
                Brief.Rule(name: "B", text: "Be kind."),
            ]), agentName: "", callerWords: "What now?"),
        Brief(
            task: .next(
                .init(
                    candidates: [.init(agent: "Ada", text: "Plans: all."), .init(agent: "Bob", text: "Sums.")],
                    steps: ["Let Ada plan.", "Let Bob sum up: all."], requirements: ["Greet."], exit: "Bob", number: 2,
                    most: 4)), agentName: "", goal: "Wealth: for all", callerWords: "What now?",
            parents: [Brief.Answer(agent: "Ada", text: "Save.")]),
        Brief(
            task: .next(.init(candidates: [.init(agent: "Ada", text: "Plans.")], most: 3)), agentName: "",
            callerWords: "What now?"),
        Brief(
            task: .invent(.init(agent: "Ada", text: "Plans: all."), count: 5), agentName: "", goal: "Wealth: for all",
            callerWords: "What now?"),
        Brief(
            task: .score(.init(metric: "Tone", rubric: "Kind: yes.", lowest: 0, highest: 10, truth: "Hello.")),
            agentName: "", callerWords: "What now?", parents: [Brief.Answer(agent: "Ada", text: "Hi.")]),
    ])
    func promptsAreReadBack(brief: Brief) {
        #expect(readBrief(Prompt.messages(for: brief, style: .conversational)) == brief)
    }

    @Test(arguments: [
        Brief.Task.judge(condition: "The answer is positive"),
        .route(candidates: [Brief.Answer(agent: "Ada", text: "Plans."), Brief.Answer(agent: "Bob", text: "Sums.")]),
    ])
    func whatWasSaidBeforeIsNotTheQuestion(task: Brief.Task) {
        var history = ConversationHistory()
        history.append(.init(.caller, "Which trains go?"))
        history.append(.init(.agent("Ada"), "Two.", wasInterrupted: true))
        var brief = Brief(task: task, agentName: "", callerWords: "And the second one?")
        if case .judge = task { brief.parents = [Brief.Answer(agent: "Ada", text: "At ten", isCut: true)] }
        #expect(readBrief(Prompt.messages(for: brief, style: .html, history: history)) == brief)
    }

    @Test func anyOtherChatIsAPlan() {
        let brief = readBrief([ChatMessage(role: .user, content: "Why?")])
        #expect(brief.task == .plan && brief.callerWords == "Why?")
        #expect(readBrief([]).callerWords.isEmpty)
    }
}
