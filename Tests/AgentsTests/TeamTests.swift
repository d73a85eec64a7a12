import Agents
import ProviderKit
import Testing

@testable import LocalPlanner

/// What a model says when it is asked who works next, or how good an answer is.
struct TeamTests {
    @Test(arguments: [
        ("Finder", NextStep.member("Finder", words: nil)), ("**Judge**", .member("Judge", words: nil)),
        ("none", .nobody), ("None.", .nobody), (#"{"agent": "none", "task": ""}"#, .nobody),
        (#"{"agent": "Finder", "task": "Look it up."}"#, .member("Finder", words: "Look it up.")),
        (#"<think>Judge?</think>{"agent": "Finder", "task": "Ask Judge."}"#, .member("Finder", words: "Ask Judge.")),
        ("```json\n{\"agent\": \"Finder\", \"task\": \"  Zähle\"}\n```", .member("Finder", words: "Zähle")),
        (#"{"agent": "Finder", "task": 3}"#, .member("Finder", words: nil)),
    ])
    func choicesAreRead(text: String, step: NextStep) {
        #expect(NextStep.read(text, among: ["Finder", "Judge"]) == step)
    }

    @Test(arguments: ["", "I am not sure.", #"{"agent": "Nobody else"}"#, "[[[[{{{{"])
    func whatIsNoChoiceIsNone(text: String) {
        #expect(NextStep.read(text, among: ["Finder", "Judge"]) == nil)
    }

    @Test func wordsAreBounded() {
        let words = String(repeating: "ä", count: 5000)
        let text = "{\"agent\": \"Finder\", \"task\": \"\(words)\"}"
        guard case .member("Finder", let task?) = NextStep.read(text, among: ["Finder"]) else {
            Issue.record("no choice")
            return
        }
        #expect(task.unicodeScalars.count == Assignment.longestText)
    }

    @Test func aMemberMayBeCalledNone() {
        #expect(NextStep.read("none", among: ["none", "Judge"]) == .member("none", words: nil))
    }

    @Test(arguments: [
        (#"{"score": 4, "reason": "Clear.\nShort."}"#, Score(value: 4, reason: "Clear. Short.")),
        (" 5 ", Score(value: 5)),
        (#"{"score": "2"}"#, Score(value: 2)), (#"{"score": 3.5}"#, Score(value: 3.5)),
        (#"<think>1</think> I say {"score": 1, "reason": "Bad."}."#, Score(value: 1, reason: "Bad.")),
    ])
    func scoresAreRead(text: String, score: Score) {
        #expect(Score.read(text, in: 1...5) == score)
    }

    @Test(arguments: [
        "", "good", "4/5", "6", "-1", "nan", "inf", #"{"score": 6}"#, #"{"score": null}"#, #"{"score": true}"#,
        #"{"reason": "4"}"#, "{{{{", #"{"score": 1e999}"#,
    ])
    func whatIsNoScoreIsNone(text: String) {
        #expect(Score.read(text, in: 1...5) == nil)
    }

    @Test func reasonsAreBounded() {
        let text = "{\"score\": 1, \"reason\": \"\(String(repeating: "x", count: 5000))\"}"
        #expect(Score.read(text, in: 1...5)?.reason.count == Score.longestReason)
    }

    @Test func aReportCountsWhatWasScored() {
        func row(_ sample: String, _ value: Double?) -> EvaluationReport.Row {
            let mark = EvaluationReport.Mark(
                criterion: .init(metric: "tone"), score: value.map { Score(value: $0, reason: "") })
            return .init(agent: "Ada", sample: sample, answer: "x", marks: [mark])
        }
        let long = String(repeating: "y", count: 200)
        let text = EvaluationReport.text(of: [row("a", 4), row("b", nil), row(long, 1)])
        #expect(
            text == """
                Ada: answered 3 of 3 samples.
                - tone: 2.5 of 5 on average, 1 of 3 not scored.
                - Weakest answer, to "\(long.prefix(120))…": tone 1.
                """)
        #expect(EvaluationReport.text(of: []) == "")
    }

    // MARK: The offline planner

    private func led(_ agenda: Brief.Agenda) -> [String] {
        var agenda = agenda
        return (1...agenda.most).map { number in
            agenda.number = number
            return LocalPlanner.answer(to: Brief(task: .next(agenda), agentName: "Lead", callerWords: "Go"))
        }
    }

    private static let team = ["Judge", "Fact Finder", "Writer"].map { Brief.Answer(agent: $0, text: "") }

    @Test func theStepsGoInTheirOrder() {
        let agenda = Brief.Agenda(
            candidates: Self.team, steps: ["Let Fact Finder look.", "Let Writer write, then fact finder check."],
            requirements: ["Writer greets."], exit: "Judge", most: 6)
        #expect(led(agenda) == ["Writer", "Fact Finder", "Writer", "Fact Finder", "Judge", "Judge"])
    }

    @Test func withoutStepsTheMembersGoInTheirOrder() {
        #expect(led(.init(candidates: Self.team, most: 4)) == ["Judge", "Fact Finder", "Writer", "none"])
        #expect(led(.init(candidates: Self.team, exit: "Judge", most: 3)) == ["Fact Finder", "Writer", "Judge"])
        #expect(
            led(.init(candidates: Self.team, steps: ["Do it well."], most: 4)) == [
                "Judge", "Fact Finder", "Writer", "none",
            ])
    }

    @Test func thePlannerJudgesNothing() {
        let brief = Brief(task: .score(.init(metric: "tone")), agentName: "Jury", callerWords: "Hello")
        #expect(Score.read(LocalPlanner.answer(to: brief), in: 1...5) == nil)
    }
}
